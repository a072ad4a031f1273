import { DimensionError, ParseError } from "@slam/errors";
import { readTum, writeTum } from "@slam/eval";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("reads poses between comments, blank lines, tabs and carriage returns", () => {
  const text = "# t x y z qx qy qz qw\r\n\r\n 1305031098.6659\t1 -2 .5 0 0 0 1 \r\n  # end\n2e0 3 4 5 0.6 0 0 -0.8";

  expect(readTum(bytes(text))).toEqual({
    timestamps: Float64Array.of(1305031098.6659, 2),
    poses: Float64Array.of(1, -2, 0.5, 0, 0, 0, 1, 3, 4, 5, -0.6, -0, -0, 0.8),
  });
});

test("normalises quaternions of few decimals", () => {
  const { poses } = readTum(bytes("0 0 0 0 0.71 0 0 0.71\n"));

  expectClose(poses.subarray(3), [Math.SQRT1_2, 0, 0, Math.SQRT1_2], 2 ** -52);
});

test("reads back what it writes, bit for bit", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
  const pose = fc.tuple(number, number, number, number).map(([t, x, y, z]) => ({ t, pose: [x, y, z, 0.6, 0, 0, 0.8] }));
  fc.assert(
    fc.property(fc.array(pose, { minLength: 1 }), (drawn) => {
      const trajectory = {
        timestamps: Float64Array.from(drawn, ({ t }) => t),
        poses: Float64Array.from(drawn.flatMap((d) => d.pose)),
      };
      const text = [...writeTum(trajectory)].join("");
      expect(readTum(bytes(text))).toEqual(trajectory);
    }),
  );
});

test("writes in chunks of a thousand lines", () => {
  const n = 2500;
  const poses = Float64Array.from({ length: 7 * n }, (_, i) => (i % 7 === 6 ? 1 : 0));
  const chunks = [...writeTum({ timestamps: new Float64Array(n), poses })];

  expect(chunks.map((chunk) => chunk.split("\n").length - 1)).toEqual([1000, 1000, 500]);
  expect(chunks[0].startsWith("0 0 0 0 0 0 0 1\n")).toBe(true);
});

test("refuses to write poses without times", () => {
  expect(() => [...writeTum({ timestamps: new Float64Array(2), poses: new Float64Array(7) })]).toThrow(DimensionError);
});

describe("names the line of", () => {
  test.each([
    ["a truncated line", "0 0 0 0 0 0 0 1\n1 2 3", "run.tum:2: expected t x y z qx qy qz qw, found 3 numbers"],
    ["a number too many", "\n0 0 0 0 0 0 0 1 9", "run.tum:2:17: expected the end of the line, found 9"],
    ["a NaN", "0 0 nan 0 0 0 0 1", "run.tum:1:5: expected a finite number, found nan"],
    ["an infinity", "0 0 1e999 0 0 0 0 1", "run.tum:1:5: expected a finite number, found 1e999"],
    ["a decimal comma", "0 0,5 0 0 0 0 0 1", "run.tum:1:3: expected a finite number, found 0,5"],
    ["a zero quaternion", "0 0 0 0 0 0 0 0", "run.tum:1: expected a unit quaternion qx qy qz qw, found 0 0 0 0"],
    ["a file of comments", "# nothing\n", "run.tum:2: expected a pose, found the end of the file"],
    ["an empty file", "", "run.tum:1: expected a pose, found the end of the file"],
  ])("%s", (_, text, message) => {
    const read = (): unknown => readTum(bytes(text), "run.tum");

    expect(read).toThrow(ParseError);
    expect(read).toThrow(message);
  });

  test("a token without end, which it does not copy", () => {
    expect(() => readTum(new Uint8Array(5_000_000).fill(49), "run.tum")).toThrow(
      /^run.tum:1:1: expected a finite number, found 1{77}\.\.\.$/,
    );
  });
});
