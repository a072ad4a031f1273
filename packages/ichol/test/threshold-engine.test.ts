import { type AnyPrecision, fp32, fp64, type Storage } from "@slam/float";
import type { BsrMatrix } from "@slam/sparse";
import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { prepareReference } from "../src/factor.reference.ts";
import { analyzeCholesky, type CholeskySymbolic } from "../src/symbolic.ts";
import { type DropRule, type ThresholdBreakdown, type ThresholdColumns, thresholdColumns } from "../src/threshold.reference.ts";
import { type ThresholdWorkspace, thresholdWorkspace } from "../src/threshold-workspace.ts";
import { anyCase, gridMatrix, lowerTriangle, normalMatrix } from "./block-matrix.ts";

type Result = ThresholdColumns | ThresholdBreakdown;

function byReference(symbolic: CholeskySymbolic, A: BsrMatrix<AnyPrecision>, shift: number, rule: DropRule): Result {
  const values = A.values as Storage;
  const permuted = values.slice();
  prepareReference(symbolic, A.format, values, shift, 0, permuted, new Float64Array(symbolic.n * symbolic.b));
  return thresholdColumns(symbolic, A.format, permuted, rule);
}

function expectSame(actual: Result, expected: Result): void {
  expect("pivot" in actual).toBe("pivot" in expected);
  if ("pivot" in actual || "pivot" in expected) {
    expect(actual).toEqual(expected);
    return;
  }
  expect(actual.blockUpdates).toBe(expected.blockUpdates);
  expect(actual.L).toEqual(expected.L);
  expectSameBits(actual.values, expected.values);
}

const anyRule: fc.Arbitrary<DropRule> = fc.record({
  dropTolerance: fc.constantFrom(0, 0.01, 0.1, 0.5, Infinity),
  maxPerColumn: fc.constantFrom(0, 1, 2, 3, Infinity),
});

describe.each<AnyPrecision>([fp64, fp32])("in $name", (P) => {
  /** Made once for each case, so that it holds what the rule before left. */
  function check(
    A: BsrMatrix<AnyPrecision>,
    ordering: Int32Array | "natural" | "amd",
    shifts: readonly number[],
    rules: readonly DropRule[],
  ): void {
    const symbolic = analyzeCholesky(A.pattern, { fill: 0, ordering });
    const workspace = thresholdWorkspace(symbolic, P);
    for (const rule of rules) {
      for (const shift of shifts) {
        expectSame(workspace.factorColumns(A.values as Storage, shift, rule), byReference(symbolic, A, shift, rule));
      }
    }
  }

  test("the engine has the bits of the reference, whatever the matrix, the order, the shift and the rule", () => {
    fc.assert(
      fc.property(anyCase, fc.constantFrom(2, 0.01, -0.5), fc.array(anyRule, { minLength: 1, maxLength: 3 }), (anyMatrix, prior, rules) => {
        check(normalMatrix(P, anyMatrix, prior), anyMatrix.order, [0, 1e-3], rules);
      }),
      { numRuns: 200 },
    );
  });

  test("and where entries are infinite, no numbers, huge, subnormal or negative zeros", () => {
    const special = [Infinity, -Infinity, Number.NaN, -0, 0, P.maxFinite, P.minSubnormal, -3 * P.minSubnormal, P.minNormal, 1e-25, 1e25];
    fc.assert(
      fc.property(
        anyCase,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...special)), { maxLength: 6 }),
        anyRule,
        (anyMatrix, places, rule) => {
          const A = normalMatrix(P as AnyPrecision, anyMatrix, 2);
          const values = A.values as Storage;
          for (const [place, value] of places) P.store(values, place % values.length, value);
          check(A, anyMatrix.order, [0], [rule]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("and in columns of hundreds of blocks, sorted by size and by row", () => {
    const grid = gridMatrix(P as AnyPrecision, 20);

    check(
      grid,
      "amd",
      [0],
      [0, 1e-4, 1e-2, 0.1].flatMap((dropTolerance) => [Infinity, 20, 3].map((maxPerColumn) => ({ dropTolerance, maxPerColumn }))),
    );
  });

  test("and where blocks have one norm", () => {
    const n = 40;
    const A = lowerTriangle(
      P as AnyPrecision,
      Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? n : 1))),
    );

    check(
      A,
      "natural",
      [0],
      [1, 5, 20, Infinity].map((maxPerColumn) => ({ dropTolerance: 0, maxPerColumn })),
    );
  });
});

test("a factor that finds no room goes on in a larger arena, and the next one in it", () => {
  // One edge from each node to the last but one, eliminated last: the complete factor has many times the blocks of A.
  const n = 60;
  const star = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? n : Math.min(i, j) < 2 ? 1 : 0)));
  const A = lowerTriangle(fp64 as AnyPrecision, star);
  const symbolic = analyzeCholesky(A.pattern, { fill: 0, ordering: "natural" });
  const workspace = thresholdWorkspace(symbolic, fp64);
  const rule = { dropTolerance: 0, maxPerColumn: Infinity };

  const first = workspace.factorColumns(A.values as Storage, 0, rule) as ThresholdColumns;
  expect(first.L.rowIdx.length).toBe((n * (n + 1)) / 2);
  expect(first.L.rowIdx.length).toBeGreaterThan(2 * symbolic.L.rowIdx.length);
  expectSame(first, byReference(symbolic, A, 0, rule));
  expectWithoutMemory(workspace, A, rule);
});

function expectWithoutMemory(workspace: ThresholdWorkspace, A: BsrMatrix<AnyPrecision>, rule: DropRule): void {
  const host = (globalThis as unknown as { readonly WebAssembly: Record<"Memory" | "Instance", new () => unknown> }).WebAssembly;
  const made = [vi.spyOn(host, "Memory"), vi.spyOn(host, "Instance")];

  expectSame(workspace.factorColumns(A.values as Storage, 0, rule), byReference(workspace.symbolic, A, 0, rule));

  for (const spy of made) expect(spy).not.toHaveBeenCalled();
}
