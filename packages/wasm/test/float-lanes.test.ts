import { f32x4, f64x2, type ValueType } from "../src/index.ts";
import { checkInstructions } from "./check-instructions.ts";
import {
  floatArithmetic,
  floatComparisons,
  floats,
  fromFloats,
  greater,
  lesser,
  type Model,
  type Models,
  onFloats,
  onVectors,
  signed,
  unsigned,
} from "./instruction-models.ts";

const VECTOR: readonly ValueType[] = ["v128"];

function models(width: 4 | 8): Models {
  const two = (compute: (a: number, b: number) => number): Model => onFloats(["v128", "v128"], width, compute);
  return {
    ...floatArithmetic("v128", width),
    // Lanes of ones: -1 in 32 or 64 bits.
    ...floatComparisons("v128", width, -1, width),
    pmin: two((a, b) => lesser(b, a)),
    pmax: two((a, b) => greater(b, a)),
  };
}

/** Lanes of fp32 or fp64 from lanes of another kind; as many as there is room for. */
function conversion(width: 4 | 8, read: (v: Uint8Array) => readonly (bigint | number)[]): Model {
  return onVectors(width === 4 ? "f32" : "f64", VECTOR, (v) =>
    fromFloats(
      width,
      read(v)
        .slice(0, 16 / width)
        .map(Number),
    ),
  );
}

checkInstructions("f32x4", f32x4, {
  ...models(4),
  convert_i32x4_s: conversion(4, (v) => signed(v, 4)),
  convert_i32x4_u: conversion(4, (v) => unsigned(v, 4)),
  demote_f64x2_zero: conversion(4, (v) => floats(v, 8)),
});

checkInstructions("f64x2", f64x2, {
  ...models(8),
  convert_low_i32x4_s: conversion(8, (v) => signed(v, 4)),
  convert_low_i32x4_u: conversion(8, (v) => unsigned(v, 4)),
  promote_low_f32x4: conversion(8, (v) => floats(v, 4)),
});
