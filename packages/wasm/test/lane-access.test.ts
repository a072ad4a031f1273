import { describe, expect, test } from "vitest";
import { f32x4, f64x2, i8x16, i16x8, i32, i32x4, i64x2 } from "../src/index.ts";
import { evaluator } from "./evaluate.ts";
import { fromFloats, integers } from "./instruction-models.ts";

const bytes = Uint8Array.from({ length: 16 }, (_, i) => 255 - 3 * i);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i - 2);

describe.each([
  { name: "i8x16", count: 16, lanes: i8x16, scalar: "i32", of: (x: number[]) => integers(1, x) },
  { name: "i16x8", count: 8, lanes: i16x8, scalar: "i32", of: (x: number[]) => integers(2, x) },
  { name: "i32x4", count: 4, lanes: i32x4, scalar: "i32", of: (x: number[]) => integers(4, x) },
  { name: "i64x2", count: 2, lanes: i64x2, scalar: "i64", of: (x: number[]) => integers(8, x) },
  { name: "f32x4", count: 4, lanes: f32x4, scalar: "f32", of: (x: number[]) => fromFloats(4, x) },
  { name: "f64x2", count: 2, lanes: f64x2, scalar: "f64", of: (x: number[]) => fromFloats(8, x) },
] as const)("$name", ({ name, count, lanes, scalar, of }) => {
  const width = 16 / count;
  const literal = (x: number): never => (scalar === "i64" ? BigInt(x) : x) as never;

  test("const has a number for each lane", () => {
    expect(evaluator([], () => lanes.const(...numbers(count).map(literal)))()).toEqual(of(numbers(count)));
    expect(() => lanes.const(literal(1))).toThrow(`${name}.const has length 1, expected ${count}`);
  });

  test("splat repeats a number, and a value", () => {
    const first = bytes.subarray(0, width);

    expect(evaluator([], () => lanes.splat(literal(-3)))()).toEqual(of(Array(count).fill(-3)));
    expect(evaluator([scalar], (x) => lanes.splat(x as never))(bytes)).toEqual(Uint8Array.from(bytes, (_, i) => first[i % width]));
  });

  test("replace_lane changes one", () => {
    const lane = count - 1;
    const expected = bytes.slice();
    expected.set(bytes.subarray(0, width), lane * width);

    expect(evaluator(["v128", scalar], (v, x) => lanes.replace_lane(v as never, lane, x as never))(bytes, bytes)).toEqual(expected);
    expect(() => lanes.replace_lane(i32x4.splat(0), count, literal(1))).toThrow(`lane is ${count}, expected an integer in 0 ... ${lane}`);
  });

  test("shuffle chooses from two vectors", () => {
    const other = bytes.map((byte) => byte ^ 0x55);
    const chosen = Array.from({ length: count }, (_, i) => (i * 7 + 1) % (2 * count));
    const both = [...bytes, ...other];
    const expected = chosen.flatMap((lane) => both.slice(lane * width, (lane + 1) * width));

    const run = evaluator(["v128", "v128"], (a, b) => lanes.shuffle(a as never, b as never, chosen));

    expect([...run(bytes, other)]).toEqual(expected);
    expect(() => lanes.shuffle(i32x4.splat(0), i32x4.splat(0), [0])).toThrow(`${name}.shuffle: lanes has length 1, expected ${count}`);
    expect(() => lanes.shuffle(i32x4.splat(0), i32x4.splat(0), Array(count).fill(32))).toThrow("lane is 32");
  });
});

test.each([
  ["i8x16.extract_lane_s", () => i8x16.extract_lane_s(i8x16.const(...numbers(16)), 1), integers(4, [-1])],
  ["i8x16.extract_lane_u", () => i8x16.extract_lane_u(i8x16.const(...numbers(16)), 1), integers(4, [255])],
  ["i16x8.extract_lane_s", () => i16x8.extract_lane_s(i16x8.const(...numbers(8)), 1), integers(4, [-1])],
  ["i16x8.extract_lane_u", () => i16x8.extract_lane_u(i16x8.const(...numbers(8)), 1), integers(4, [65535])],
  ["i32x4.extract_lane", () => i32x4.extract_lane(i32x4.const(5, 6, 7, 8), 3), integers(4, [8])],
  ["i64x2.extract_lane", () => i64x2.extract_lane(i64x2.const(5n, -6n), 1), integers(8, [-6])],
  ["f32x4.extract_lane", () => f32x4.extract_lane(f32x4.const(5, 6, 7, 0.1), 3), fromFloats(4, [0.1])],
  ["f64x2.extract_lane", () => f64x2.extract_lane(f64x2.const(5, 0.1), 1), fromFloats(8, [0.1])],
])("%s gives one lane", (_, make, expected) => {
  const width = expected.findLastIndex((byte) => byte !== 0) < 4 ? 4 : 8;

  expect(evaluator([], make)().subarray(0, width)).toEqual(expected.subarray(0, width));
});

test("a lane of another type is refused", () => {
  expect(() => f64x2.splat(i32.const(1) as never)).toThrow("f64x2.splat takes a value of type f64, found i32.const, of type i32");
});
