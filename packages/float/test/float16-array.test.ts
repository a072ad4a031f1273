import { Float16Array } from "@petamoriken/float16";
import { expect, test } from "vitest";
import { type Float16ArrayLike, fp16, fromFloat16Array, pack, sub, toFloat16Array, unpack } from "../src/index.ts";

// The engine's own, from Node 24 on.
const Native = (globalThis as { readonly Float16Array?: new (values: readonly number[]) => Float16ArrayLike }).Float16Array;

test("toFloat16Array shows the values on the same memory", () => {
  const x = pack(fp16, [9, 1, 1 / 3, -65504, 9]);

  const view = toFloat16Array(sub(x, 1, 4));
  view[0] = 2;

  expect(Array.from(view)).toEqual([2, 0.333251953125, -65504]);
  expect(Array.from(unpack(fp16, x))).toEqual([9, 2, 0.333251953125, -65504, 9]);
});

test("fromFloat16Array takes the library's array, a part of one included", () => {
  const x = Float16Array.from([1, 2, 0.1]).subarray(1);

  expect(Array.from(unpack(fp16, fromFloat16Array(x)))).toEqual([2, 0.0999755859375]);
});

test.skipIf(Native === undefined)("fromFloat16Array takes the engine's own array", () => {
  const x = new Native!([1, 0.1, Infinity]);

  expect(Array.from(unpack(fp16, fromFloat16Array(x)))).toEqual([1, 0.0999755859375, Infinity]);
});
