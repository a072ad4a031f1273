import { type AnyPrecision, bf16, fp16, fp32, fp64, type Storage } from "@slam/float";
import { Work } from "@slam/linop";
import type { BsrMatrix } from "@slam/sparse";
import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CholeskyFactor, factorize, isFactor } from "../src/factorize.ts";
import { analyzeCholesky, type CholeskySymbolic } from "../src/symbolic.ts";
import { factorizeThreshold, type ThresholdOptions } from "../src/threshold.ts";
import { anyCase, lowerTriangle, normalMatrix } from "./block-matrix.ts";
import { gridMatrix, iterations } from "./preconditioned.ts";

function columns({ n, L }: CholeskySymbolic): number[][] {
  return Array.from({ length: n }, (_, j) => [...L.rowIdx.subarray(L.colPtr[j], L.colPtr[j + 1])]);
}

/** In natural order; the case must not break down. */
function threshold<P extends AnyPrecision>(A: BsrMatrix<P>, options: ThresholdOptions): CholeskyFactor<P> {
  const factor = factorizeThreshold(analyzeCholesky(A.pattern, { fill: 0, ordering: "natural" }), A, options);
  if (!isFactor(factor)) throw new Error(`pivot ${factor.pivot} in row ${factor.row}`);
  return factor;
}

// Eliminating 0 joins 1 and 2 by -4 * 0.25 / 16 = -1/16 before the division by the pivot; columns 1 and 2 of A have the norms 4 and 4.
const star = lowerTriangle(fp64, [
  [16, 4, 0.25],
  [4, 5, 0],
  [0.25, 0, 4],
]);

describe("a matrix of three rows", () => {
  test.each<[number, number[][], number[]]>([
    [0, [[0, 1, 2], [1, 2], [2]], [4, 1, 0.0625, 2, -0.03125, Math.sqrt(4 - 0.0625 ** 2 - 0.03125 ** 2)]],
    // |(16, 4, 0.25)| = 16.49 and |(5, 0)| = 5.
    [0.0126, [[0, 1, 2], [1], [2]], [4, 1, 0.0625, 2, Math.sqrt(4 - 0.0625 ** 2)]],
    [0.02, [[0, 1], [1], [2]], [4, 1, 2, 2]],
    [0.3, [[0], [1], [2]], [4, Math.sqrt(5), 2]],
  ])("with tolerance %f keeps %j", (dropTolerance, pattern, values) => {
    const factor = threshold(star, { dropTolerance });

    expect(columns(factor.symbolic)).toEqual(pattern);
    expect([...factor.values]).toEqual(values);
  });

  test("with one block per column keeps the larger", () => {
    const factor = threshold(star, { dropTolerance: 0, maxPerColumn: 1 });

    expect(columns(factor.symbolic)).toEqual([[0, 1], [1], [2]]);
    expect(factor.symbolic.nonzeros).toBe(4);
  });
});

test("of two blocks of one size the upper is kept", () => {
  const A = lowerTriangle(fp64, [
    [4, 1, 1],
    [1, 4, 0],
    [1, 0, 4],
  ]);

  expect(columns(threshold(A, { dropTolerance: 0, maxPerColumn: 1 }).symbolic)[0]).toEqual([0, 1]);
});

describe.each<AnyPrecision>([fp64, fp32, fp16, bf16])("in $name", (P) => {
  test("tolerance zero gives the bits of the complete factor, whatever the order", () => {
    fc.assert(
      fc.property(anyCase, (anyMatrix) => {
        const A = normalMatrix(P, anyMatrix, 2);
        const ordering = anyMatrix.order;

        const complete = factorize(analyzeCholesky(A.pattern, { ordering }), A, { maxShifts: 0 });
        const factor = factorizeThreshold(analyzeCholesky(A.pattern, { fill: 0, ordering }), A, { dropTolerance: 0, maxShifts: 0 });

        expect(isFactor(factor)).toBe(isFactor(complete));
        if (!isFactor(factor) || !isFactor(complete)) expect(factor).toEqual(complete);
        else {
          expect(columns(factor.symbolic)).toEqual(columns(complete.symbolic));
          expectSameBits(factor.values as Storage, complete.values as Storage);
          expect([factor.symbolic.nonzeros, factor.symbolic.flops]).toEqual([complete.symbolic.nonzeros, complete.symbolic.flops]);
        }
      }),
    );
  });
});

// Positive definite, but its no-fill factor is not: Kershaw's matrix.
const kershaw = lowerTriangle(fp64, [
  [3, -2, 0, 2],
  [-2, 3, -2, 0],
  [0, -2, 3, -2],
  [2, 0, -2, 3],
]);

describe("a breakdown", () => {
  const symbolic = analyzeCholesky(kershaw.pattern, { fill: 0, ordering: "natural" });

  test("is met with a shift, doubled until it is enough", () => {
    const factor = factorizeThreshold(symbolic, kershaw, { dropTolerance: 0, maxPerColumn: 1 }) as CholeskyFactor<typeof fp64>;

    expect(factor.shifts).toBeGreaterThan(1);
    expect(factor.shift).toBe(1e-3 * 2 ** (factor.shifts - 1));
    expect(factor.badPivot).toMatchObject({ row: 3, shift: factor.shift / 2 });
  });

  test("is returned where no shift is allowed", () => {
    const bad = factorizeThreshold(symbolic, kershaw, { dropTolerance: 0, maxPerColumn: 1, maxShifts: 0 });

    expect(bad).toEqual({ row: 3, pivot: expect.closeTo(3 - 4 / 0.6, 12), shift: 0 });
  });

  test("of a matrix that is not finite is returned at once", () => {
    const A = lowerTriangle(fp64, [
      [4, 1],
      [1, Number.NaN],
    ]);

    const bad = factorizeThreshold(analyzeCholesky(A.pattern, { fill: 0, ordering: "natural" }), A);

    expect(bad).toEqual({ row: 1, pivot: Number.NaN, shift: 0 });
  });
});

describe("refuses", () => {
  const symbolic = analyzeCholesky(star.pattern, { fill: 0 });

  test.each<[string, () => unknown]>([
    ["factorizeThreshold: symbolic.fill is", () => factorizeThreshold(analyzeCholesky(star.pattern), star)],
    ["factorizeThreshold: A.values has length 8, expected 5", () => factorizeThreshold(symbolic, kershaw)],
    ["factorizeThreshold: dropTolerance is -1", () => factorizeThreshold(symbolic, star, { dropTolerance: -1 })],
    ["factorizeThreshold: maxPerColumn is 0.5", () => factorizeThreshold(symbolic, star, { maxPerColumn: 0.5 })],
    ["factorizeThreshold: maxShifts is -1", () => factorizeThreshold(symbolic, star, { maxShifts: -1 })],
  ])("%s", (message, use) => {
    expect(use).toThrow(message);
  });
});

test("work is counted", () => {
  const work = new Work();

  const factor = threshold(star, { dropTolerance: 0, work });

  expect(work.flops).toEqual({ factorize: { fp64: factor.symbolic.flops } });
  expect(work.bytes).toEqual({ factorize: { fp64: 8 * 6 } });
});

describe("as a preconditioner on a grid of 12 x 12", () => {
  const A = gridMatrix(12);

  test("the smaller the tolerance, the more blocks and the fewer iterations of conjugate gradients, to one", () => {
    const runs = [1, 0.1, 0.03, 1e-2, 1e-3, 0].map((dropTolerance) => {
      const factor = threshold(A, { dropTolerance });
      return { blocks: factor.symbolic.L.rowIdx.length, iterations: iterations(A, factor) };
    });

    for (let k = 1; k < runs.length; k++) {
      expect(runs[k].blocks).toBeGreaterThan(runs[k - 1].blocks);
      expect(runs[k].iterations).toBeLessThan(runs[k - 1].iterations);
    }
    expect(runs.at(-1)?.iterations).toBe(1);
  });

  test("the more blocks a column may keep, the fewer iterations", () => {
    const counts = [1, 2, 4, 8].map((maxPerColumn) => iterations(A, threshold(A, { dropTolerance: 0, maxPerColumn })));

    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(new Set(counts).size).toBe(4);
  });
});
