import { describe, expect, test } from "vitest";
import { f32, f64, i32, i64, select } from "../src/index.ts";
import { checkInstruction, checkInstructions } from "./check-instructions.ts";
import { evaluator } from "./evaluate.ts";
import {
  floatArithmetic,
  floatComparisons,
  floats,
  fromFloats,
  integerComparisons,
  integers,
  type Model,
  type Models,
  onIntegers,
  onVectors,
  signed,
  unsigned,
} from "./instruction-models.ts";

function integerModels(type: "i32" | "i64", width: 4 | 8): Models {
  const bits = BigInt(8 * width);
  const two = (compute: (a: bigint, b: bigint) => bigint): Model => onIntegers([type, type], unsigned, width, compute);
  return {
    ...integerComparisons(type, width, 1n, 4),
    eqz: onIntegers([type], unsigned, width, (a) => a === 0n, 4),
    add: two((a, b) => a + b),
    sub: two((a, b) => a - b),
    mul: two((a, b) => a * b),
    and: two((a, b) => a & b),
    or: two((a, b) => a | b),
    xor: two((a, b) => a ^ b),
    shl: two((a, b) => a << (b % bits)),
    shr_s: two((a, b) => BigInt.asIntN(8 * width, a) >> (b % bits)),
    shr_u: two((a, b) => a >> (b % bits)),
  };
}

function floatModels(type: "f32" | "f64", width: 4 | 8): Models {
  const sign = 1n << BigInt(8 * width - 1);
  return {
    ...floatComparisons(type, width, 1, 4),
    ...floatArithmetic(type, width),
    copysign: onIntegers([type, type], unsigned, width, (x, y) => (x & (sign - 1n)) | (y & sign)),
  };
}

const [first, firstUnsigned] = [signed, unsigned].map((read) => (bytes: Uint8Array) => Number(read(bytes, 4)[0]));

checkInstructions("i32", i32, {
  ...integerModels("i32", 4),
  wrap_i64: onVectors("bits", ["i64"], (a) => integers(8, [unsigned(a, 4)[0]])),
  reinterpret_f32: onVectors("bits", ["f32"], (a) => integers(4, [unsigned(a, 4)[0]])),
});

checkInstructions("i64", i64, {
  ...integerModels("i64", 8),
  extend_i32_s: onVectors("bits", ["i32"], (a) => integers(8, [signed(a, 4)[0]])),
  extend_i32_u: onVectors("bits", ["i32"], (a) => integers(8, [unsigned(a, 4)[0]])),
  reinterpret_f64: onVectors("bits", ["f64"], (a) => integers(8, [unsigned(a, 8)[0]])),
});

checkInstructions("f32", f32, {
  ...floatModels("f32", 4),
  convert_i32_s: onVectors("f32", ["i32"], (a) => fromFloats(4, [first(a)])),
  convert_i32_u: onVectors("f32", ["i32"], (a) => fromFloats(4, [firstUnsigned(a)])),
  demote_f64: onVectors("f32", ["f64"], (a) => fromFloats(4, [floats(a, 8)[0]])),
  reinterpret_i32: onVectors("f32", ["i32"], (a) => integers(4, [unsigned(a, 4)[0]])),
});

checkInstructions("f64", f64, {
  ...floatModels("f64", 8),
  convert_i32_s: onVectors("f64", ["i32"], (a) => fromFloats(8, [first(a)])),
  convert_i32_u: onVectors("f64", ["i32"], (a) => fromFloats(8, [firstUnsigned(a)])),
  promote_f32: onVectors("f64", ["f32"], (a) => fromFloats(8, [floats(a, 4)[0]])),
  reinterpret_i64: onVectors("f64", ["i64"], (a) => integers(8, [unsigned(a, 8)[0]])),
});

test("select takes the first value where the condition is not 0, otherwise the second", () => {
  checkInstruction(
    (a, b, c) => select(a, b, c as never),
    onVectors("bits", ["f64", "f64", "i32"], (a, b, c) => integers(8, [unsigned(first(c) === 0 ? b : a, 8)[0]])),
  );
  checkInstruction(
    (a, b, c) => select(a, b, c as never),
    onVectors("bits", ["v128", "v128", "i32"], (a, b, c) => (first(c) === 0 ? b : a)),
  );
});

describe("constants", () => {
  test.each([
    [i32.const(-1), integers(4, [-1])],
    [i32.const(2 ** 32 - 1), integers(4, [-1])],
    [i64.const(-(2n ** 63n)), integers(8, [-(2n ** 63n)])],
    [f32.const(0.1), fromFloats(4, [0.1])],
    [f64.const(-0), fromFloats(8, [-0])],
  ])("%# is stored as it is", (constant, expected) => {
    expect(evaluator([], () => constant)()).toEqual(expected.fill(0, constant.type.endsWith("32") ? 4 : 8));
  });
});

describe("loads", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => 0xf0 + i);

  test.each([
    ["load8_s", integers(4, [-14])],
    ["load8_u", integers(4, [0xf2])],
    ["load16_s", integers(4, [0xf3f2 - 65536])],
    ["load16_u", integers(4, [0xf3f2])],
    ["load", integers(4, [0xf5f4f3f2])],
  ] as const)("i32.%s reads at address + offset, lowest byte first", (name, expected) => {
    const run = evaluator(["v128"], () => i32[name](1, 1));

    expect(run(bytes)).toEqual(expected);
  });
});
