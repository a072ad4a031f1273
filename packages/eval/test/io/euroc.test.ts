import { DimensionError, ParseError } from "@slam/errors";
import { readEuroc, writeEuroc } from "@slam/eval";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("reads nanoseconds and w first, and leaves out velocity and biases", () => {
  const text = "#timestamp, p_x [m]\r\n1403715524907143168,1,2,3,0.8,0.6,0,0,9,9,9,0,0,0,0,0,0\r\n 5e8 , 4,\t5,6, 0.8,0,0.6,0\n";

  expect(readEuroc(bytes(text))).toEqual({
    timestamps: Float64Array.of(Number("1403715524907143168") / 1e9, 0.5),
    poses: Float64Array.of(1, 2, 3, 0.6, 0, 0, 0.8, 4, 5, 6, 0, 0.6, 0, 0.8),
  });
});

test("reads back what it writes: poses bit for bit, times to the nanosecond", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
  const row = fc.tuple(fc.integer({ min: 0, max: 2 ** 50 }), number, number, number);
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), (drawn) => {
      const trajectory = {
        timestamps: Float64Array.from(drawn, ([t]) => t / 1e9),
        poses: Float64Array.from(drawn.flatMap(([, x, y, z]) => [x, y, z, 0.6, 0, 0, 0.8])),
      };
      expect(readEuroc(bytes([...writeEuroc(trajectory)].join("")))).toEqual(trajectory);
    }),
  );
});

test("refuses to write poses without times", () => {
  expect(() => [...writeEuroc({ timestamps: new Float64Array(2), poses: new Float64Array(7) })]).toThrow(DimensionError);
});

describe("names the line of", () => {
  test.each([
    ["a truncated line", "#\n1,2,3", "run.csv:2: expected timestamp, x, y, z, qw, qx, qy, qz, ..., found 3 numbers"],
    ["an empty field", "1,0,0,,1,0,0,0", "run.csv:1:7: expected a finite number, found nothing"],
    ["a field too few behind a comma", "1,0,0,0,1,0,0,", "run.csv:1:15: expected a finite number, found nothing"],
    ["a word behind the pose", "1,0,0,0,1,0,0,0,fast", "run.csv:1:17: expected a finite number, found fast"],
    ["a zero quaternion", "1,0,0,0,0,0,0,0", "run.csv:1: expected a unit quaternion qw, qx, qy, qz, found 0 0 0 0"],
    ["a file of comments", "#timestamp\n", "run.csv:2: expected a pose, found the end of the file"],
  ])("%s", (_, text, message) => {
    const read = (): unknown => readEuroc(bytes(text), "run.csv");

    expect(read).toThrow(ParseError);
    expect(read).toThrow(message);
  });
});
