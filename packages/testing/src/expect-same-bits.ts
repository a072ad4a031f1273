import { expect } from "vitest";

/** The same numbers, 0 and -0 told apart; any NaN equals any NaN. */
export function expectSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) expect.fail(`entry ${i} is ${actual[i]}, expected ${expected[i]}`);
  }
}
