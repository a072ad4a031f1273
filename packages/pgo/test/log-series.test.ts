import { atan2, fp16, fp32, fp64 } from "@slam/float";
import { describe, expect, test } from "vitest";
import { arithmeticOf } from "../src/between.ts";
import { inverseJacobianSlope, inverseJacobianTerm, logarithmRatio } from "../src/log-series.ts";

const exact = arithmeticOf(fp64);
const angles = Array.from({ length: 400 }, (_, k) => ((k + 1) * Math.PI) / 400);

function relativeError(x: number, expected: number): number {
  return Math.abs(x / expected - 1) / fp64.unitRoundoff;
}

/** c and dc/ds by their sums over poles. What follows the last one weighs as if s were 0, by Euler and Maclaurin. */
function byPoles(s: number): { readonly value: number; readonly slope: number } {
  const last = 100_000;
  // sum over k > n of 1/k^2 = 1/n - 1/(2 n^2) + ...
  let value = 2 * ((1 / last - 1 / (2 * last * last)) / (4 * Math.PI * Math.PI));
  let slope = 0;
  for (let k = last; k > 0; k--) {
    const pole = 1 / ((2 * Math.PI * k) ** 2 - s);
    value += 2 * pole;
    slope += 2 * pole * pole;
  }
  return { value, slope };
}

describe("2 atan2(n, w) / n", () => {
  test("is 2 where nothing turns and pi at half a turn", () => {
    expect(logarithmRatio(exact, 0, 1)).toBe(2);
    expect(relativeError(logarithmRatio(exact, 1, 0), Math.PI)).toBeLessThan(8);
  });

  test("is as accurate as its arguments: 8 u over all angles", () => {
    for (const angle of angles) {
      const [n, w] = [Math.sin(angle / 2), Math.cos(angle / 2)];

      expect(relativeError(logarithmRatio(exact, n * n, w), (2 * atan2(n, w)) / n)).toBeLessThan(8);
    }
  });

  test.each([fp32, fp16])("in $name to 16 u", (P) => {
    for (const angle of angles) {
      const [n, w] = [Math.sin(angle / 2), P.round(Math.cos(angle / 2))];

      const error = Math.abs(logarithmRatio(arithmeticOf(P), P.round(n * n), w) / (angle / n) - 1);

      expect(error).toBeLessThan(16 * P.unitRoundoff);
    }
  });
});

describe("(1 - (theta/2) cot(theta/2)) / theta^2 and its slope", () => {
  test("are 1/12 and 1/720 at no turn, 1/pi^2 at half of one", () => {
    expect(relativeError(inverseJacobianTerm(exact, 0), 1 / 12)).toBeLessThan(4);
    expect(relativeError(inverseJacobianSlope(exact, 0), 1 / 720)).toBeLessThan(4);
    expect(relativeError(inverseJacobianTerm(exact, Math.PI ** 2), 1 / Math.PI ** 2)).toBeLessThan(4);
  });

  test("are their sums over poles", () => {
    for (const angle of angles.filter((_, k) => k % 8 === 7)) {
      const s = angle * angle;
      const expected = byPoles(s);

      expect(relativeError(inverseJacobianTerm(exact, s), expected.value)).toBeLessThan(16);
      expect(relativeError(inverseJacobianSlope(exact, s), expected.slope)).toBeLessThan(16);
    }
  });

  test("is the closed form where that does not cancel", () => {
    for (const angle of angles.filter((angle) => angle > 1)) {
      const closed = (1 - angle / 2 / Math.tan(angle / 2)) / (angle * angle);

      expect(relativeError(inverseJacobianTerm(exact, angle * angle), closed)).toBeLessThan(32);
    }
  });
});
