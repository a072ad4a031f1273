import { describe, expect, test } from "vitest";
import { type Damping, nielsenDamping } from "../src/damping.ts";

/** The values that follow, one for each gain ratio; "reject" where the step was. */
function follow(damping: Damping, steps: readonly (number | "reject")[]): number[] {
  let current = damping;
  return steps.map((step) => {
    current = step === "reject" ? current.reject() : current.accept(step);
    return current.value;
  });
}

describe("nielsenDamping", () => {
  test("begins undamped, and stays so while steps are accepted", () => {
    expect(nielsenDamping().value).toBe(0);
    expect(follow(nielsenDamping(), [1, 0.1, 2])).toEqual([0, 0, 0]);
  });

  test("grows by 2, 4, 8 from 1e-6 while steps are rejected", () => {
    expect(follow(nielsenDamping(), ["reject", "reject", "reject", "reject"])).toEqual([1e-6, 2e-6, 8e-6, 64e-6]);
  });

  test("begins to grow by 2 again after an accepted step", () => {
    expect(follow(nielsenDamping(1), ["reject", "reject", 0.5, "reject", "reject"])).toEqual([2, 8, 8, 16, 64]);
  });

  // lambda max(1/3, 1 - (2 rho - 1)^3)
  test.each([
    { gainRatio: 1, factor: 1 / 3 },
    { gainRatio: 0.5, factor: 1 },
    { gainRatio: 0.75, factor: 0.875 },
    { gainRatio: 0, factor: 2 },
    { gainRatio: Number.POSITIVE_INFINITY, factor: 1 / 3 },
  ])("is multiplied by $factor after a gain ratio of $gainRatio", ({ gainRatio, factor }) => {
    expect(nielsenDamping(1).accept(gainRatio).value).toBe(factor);
  });

  test("is dropped below 1e-10", () => {
    expect(nielsenDamping(2e-10).accept(1).value).toBe(0);
  });
});
