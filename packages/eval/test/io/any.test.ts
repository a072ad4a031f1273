import { readTrajectory, trajectoryFormat } from "@slam/eval";
import { expect, test } from "vitest";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["tum", "# t x\n\n0 1 2 3 0 0 0 1\n"],
  ["tum", "\uFEFF0\t1 2 3 0 0 0 1\r\n"],
  ["kitti", "1 0 0 0 0 1 0 0 0 0 1 0\n"],
  ["euroc", "#timestamp,x\n1,2,3,4,1,0,0,0,9\n"],
  [undefined, "VERTEX_SE2 0 1 2 3 4 5 6\n"],
  [undefined, "16 22106 83718\n0 0 1 2\n"],
  [undefined, "1,5 2 3\n"],
  [undefined, "# nothing\n"],
])("is %s by the first line of numbers", (format, text) => {
  expect(trajectoryFormat(bytes(text))).toBe(format);
});

test("reads each format, KITTI's without times", () => {
  const pose = Float64Array.of(2, 3, 4, 0, 0, 0, 1);

  expect(readTrajectory(bytes("\uFEFF1 2 3 4 0 0 0 1"))).toEqual({ format: "tum", timestamps: Float64Array.of(1), poses: pose });
  expect(readTrajectory(bytes("1000000000,2,3,4,1,0,0,0"))).toEqual({ format: "euroc", timestamps: Float64Array.of(1), poses: pose });
  expect(readTrajectory(bytes("1 0 0 2 0 1 0 3 0 0 1 4"))).toEqual({ format: "kitti", timestamps: undefined, poses: pose });
});

test("says of anything else what a line of TUM's lacks", () => {
  expect(() => readTrajectory(bytes("0.1\n"), "times.txt")).toThrow("times.txt:1: expected t x y z qx qy qz qw, found 1 number");
});
