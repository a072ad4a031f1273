import { expect, test } from "vitest";
import { expectClose } from "../src/expect-close.ts";
import { exponential, inverse, product } from "../src/matrix.ts";

test("product multiplies a 2 x 3 by a 3 x 2 matrix", () => {
  expect(product(Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(7, 8, 9, 10, 11, 12), 3)).toEqual(Float64Array.of(58, 64, 139, 154));
});

test("inverse exchanges rows where it must", () => {
  expect(inverse(Float64Array.of(0, 2, 0, 1, 0, 0, 4, 0, -1), 3)).toEqual(Float64Array.of(0, 1, 0, 0.5, 0, 0, 0, 4, -1));
});

test("exponential of a turn by 10 is its rotation matrix", () => {
  const [c, s] = [Math.cos(10), Math.sin(10)];

  expectClose(exponential(Float64Array.of(0, -10, 10, 0), 2), [c, -s, s, c], 2 ** -46);
});

test("exponential of zero is the identity", () => {
  expect(exponential(new Float64Array(4), 2)).toEqual(Float64Array.of(1, 0, 0, 1));
});
