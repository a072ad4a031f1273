import { describe, expect, test } from "vitest";
import { type ValueType, v128 } from "../src/index.ts";
import { checkInstructions } from "./check-instructions.ts";
import { evaluator } from "./evaluate.ts";
import { integers, onIntegers, onVectors, signed, unsigned } from "./instruction-models.ts";

const TWO_VECTORS: readonly ValueType[] = ["v128", "v128"];

checkInstructions("v128", v128, {
  and: onIntegers(TWO_VECTORS, unsigned, 8, (a, b) => a & b),
  andnot: onIntegers(TWO_VECTORS, unsigned, 8, (a, b) => a & ~b),
  or: onIntegers(TWO_VECTORS, unsigned, 8, (a, b) => a | b),
  xor: onIntegers(TWO_VECTORS, unsigned, 8, (a, b) => a ^ b),
  not: onIntegers(["v128"], unsigned, 8, (a) => ~a),
  any_true: onVectors("bits", ["v128"], (v) => integers(4, [v.some((byte) => byte !== 0) ? 1 : 0])),
  bitselect: onIntegers(["v128", "v128", "v128"], unsigned, 8, (a, b, mask) => (a & mask) | (b & ~mask)),
});

describe("loads", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => 17 * i);
  // What is at address 1 + offset 2 and behind it.
  const there = Uint8Array.from({ length: 16 }, (_, i) => bytes[i + 3] ?? 0);
  const first = (width: number, read = unsigned): bigint => read(there, width)[0];

  test.each([
    ["load", there],
    ["load8x8_s", integers(2, signed(there, 1).slice(0, 8))],
    ["load8x8_u", integers(2, unsigned(there, 1).slice(0, 8))],
    ["load16x4_s", integers(4, signed(there, 2).slice(0, 4))],
    ["load16x4_u", integers(4, unsigned(there, 2).slice(0, 4))],
    ["load32x2_s", integers(8, signed(there, 4).slice(0, 2))],
    ["load32x2_u", integers(8, unsigned(there, 4).slice(0, 2))],
    ["load8_splat", integers(1, Array(16).fill(first(1)))],
    ["load16_splat", integers(2, Array(8).fill(first(2)))],
    ["load32_splat", integers(4, Array(4).fill(first(4)))],
    ["load64_splat", integers(8, Array(2).fill(first(8)))],
    ["load32_zero", integers(4, [first(4)])],
    ["load64_zero", integers(8, [first(8)])],
  ] as const)("%s reads at address + offset", (name, expected) => {
    expect(evaluator(["v128"], () => v128[name](1, 2))(bytes)).toEqual(expected);
  });

  test.each([
    ["load8_lane", 1, 15],
    ["load16_lane", 2, 6],
    ["load32_lane", 4, 3],
    ["load64_lane", 8, 1],
  ] as const)("%s replaces one lane", (name, width, lane) => {
    const expected = bytes.slice();
    expected.set(there.subarray(0, width), lane * width);

    expect(evaluator(["v128"], (v) => v128[name](1, v as never, lane, 2))(bytes)).toEqual(expected);
  });

  test("refuse a lane that is none", () => {
    expect(() => v128.load64_lane(0, v128.load(0), 2)).toThrow("load64_lane: lane is 2, expected an integer in 0 ... 1");
  });

  test("refuse an offset below 0", () => {
    expect(() => v128.load(0, -16)).toThrow("offset is -16, expected an integer in 0 ... 4294967295");
  });
});
