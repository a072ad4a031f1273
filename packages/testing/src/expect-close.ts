import { expect } from "vitest";

/** max |actual - expected| <= tolerance max(1, max |expected|), entry by entry; a NaN fails. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  let scale = 1;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    if (!(error <= tolerance * scale)) {
      expect.fail(`entry ${i}: ${actual[i]} is ${error} away from ${expected[i]}, more than ${tolerance} of ${scale}`);
    }
  }
}
