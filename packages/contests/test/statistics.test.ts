import { median, pairedRatio } from "@slam/contests";
import { describe, expect, test } from "vitest";

describe("median", () => {
  test("is the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

test("pairedRatio divides turn by turn", () => {
  expect(pairedRatio([1, 20, 3], [2, 40, 3])).toBe(0.5);
});
