import { DimensionError, OptionError } from "@slam/errors";
import { type AnyPrecision, fp16, fp32, fp64, tolerance, unpack } from "@slam/float";
import { Work } from "@slam/linop";
import type { BsrMatrix } from "@slam/sparse";
import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BadPivot, type CholeskyFactor, type FactorizeOptions, factorize, isFactor } from "../src/factorize.ts";
import { analyzeCholesky, type SymbolicOptions } from "../src/symbolic.ts";
import { anyCase, denseFactor, denseMatrix, lowerTriangle, normalMatrix, scalarOrder, timesTransposed } from "./block-matrix.ts";

function factorOf<P extends AnyPrecision>(A: BsrMatrix<P>, how: SymbolicOptions, options?: FactorizeOptions): CholeskyFactor<P> {
  const factor = factorize(analyzeCholesky(A.pattern, how), A, options);
  if (!isFactor(factor)) throw new Error(`no factor: pivot ${factor.pivot} in row ${factor.row}`);
  return factor;
}

function badPivotOf(A: BsrMatrix<AnyPrecision>, how: SymbolicOptions, options?: FactorizeOptions): BadPivot {
  const result = factorize(analyzeCholesky(A.pattern, how), A, options);
  if (isFactor(result)) throw new Error("there is a factor");
  return result;
}

const three = [
  [4, 2, 2],
  [2, 5, 0],
  [2, 0, 5.25],
];

describe.each([fp64, fp32, fp16] as AnyPrecision[])("factorize in $name", (P) => {
  test("of a 2x2 matrix, in scalars and as one block", () => {
    const A = [
      [4, 2],
      [2, 5],
    ];

    expect([...unpack(P, factorOf(lowerTriangle(P, A), { ordering: "natural" }).values)]).toEqual([2, 1, 2]);
    expect([...unpack(P, factorOf(lowerTriangle(P, A, 2), {}).values)]).toEqual([2, 1, 0, 2]);
  });

  test("of a 3x3 matrix fills (2, 1)", () => {
    const factor = factorOf(lowerTriangle(P, three), { ordering: "natural" });

    expect(denseFactor(factor)).toEqual([
      [2, 0, 0],
      [1, 2, 0],
      [1, -0.5, 2],
    ]);
  });

  test("of a 3x3 matrix without fill leaves (2, 1) out", () => {
    const factor = factorOf(lowerTriangle(P, three), { fill: 0, ordering: "natural" });

    expect(denseFactor(factor)).toEqual([
      [2, 0, 0],
      [1, 2, 0],
      [1, 0, P.sqrt(4.25)],
    ]);
  });

  test("of a 3x3 matrix in another order fills nothing", () => {
    // P A P' = [5 0 2; 0 5.25 2; 2 2 4], and 4 - 4/5 - 4/5.25 is left
    const factor = factorOf(lowerTriangle(P, three), { ordering: Int32Array.of(1, 2, 0) });

    expect(factor.symbolic.nonzeros).toBe(5);
    expect(denseFactor(factor)[2][2]).toBeCloseTo(Math.sqrt(4 - 4 / 5 - 4 / 5.25), P === fp16 ? 2 : 6);
  });

  // |L L' - A| <= gamma_(n + 1) |L| |L'| and (|L| |L'|)_ij <= sqrt(A_ii A_jj) up to the same error (Higham, Accuracy and Stability of
  // Numerical Algorithms, theorem 10.3).
  test("multiplied back gives P (A + shift diag(A)) P' over random matrices and orders", () => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const A = normalMatrix(P, drawn, 1);
        const factor = factorOf(A, { ordering: drawn.order });

        expectReconstruction(factor, A, () => true);
      }),
    );
  });

  test("without fill gives it wherever A has a block", () => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        // Diagonally dominant, so that no pivot is bad.
        const A = normalMatrix(P, drawn, 2 * drawn.b ** 2 * (drawn.edges.length + 1));
        const factor = factorOf(A, { fill: 0, ordering: drawn.order }, { maxShifts: 0 });

        expect(factor.symbolic.L.rowIdx).toHaveLength(A.pattern.colIdx.length);
        const stored = new Set(blocksOf(A).map(([i, j]) => `${i},${j}`));
        expectReconstruction(factor, A, (i, j) => stored.has(`${Math.max(i, j)},${Math.min(i, j)}`));
      }),
    );
  });
});

function blocksOf({ pattern }: BsrMatrix<AnyPrecision>): [number, number][] {
  return Array.from({ length: pattern.blockRows }, (_, i) => i).flatMap((i) =>
    [...pattern.colIdx.subarray(pattern.rowPtr[i], pattern.rowPtr[i + 1])].map((j): [number, number] => [i, j]),
  );
}

/** L L' = P (A + shift diag(A)) P' at those scalars whose blocks of A are chosen. */
function expectReconstruction(
  factor: CholeskyFactor<AnyPrecision>,
  A: BsrMatrix<AnyPrecision>,
  chosen: (blockRow: number, blockCol: number) => boolean,
): void {
  const { b } = factor.symbolic;
  const dense = denseMatrix(A);
  const order = scalarOrder(factor.symbolic);
  const product = timesTransposed(denseFactor(factor));
  const bound = tolerance(A.format, order.length + 1);
  order.forEach((p, i) => {
    order.forEach((q, j) => {
      if (!chosen(Math.floor(p / b), Math.floor(q / b))) return;
      const expected = dense[p][q] * (p === q ? 1 + factor.shift : 1);
      const error = Math.abs(product[i][j] - expected);
      const size = Math.sqrt(dense[p][p] * dense[q][q]) * (1 + factor.shift);
      if (!(error <= bound * size)) expect.fail(`(${p}, ${q}) of A is ${expected}, of L L' ${product[i][j]}`);
    });
  });
}

const indefinite = [
  [1, 2],
  [2, 1],
];

describe("an indefinite matrix", () => {
  test("is returned as its bad pivot where no shift is allowed", () => {
    expect(badPivotOf(lowerTriangle(fp64, indefinite), { ordering: "natural" }, { maxShifts: 0 })).toEqual({ row: 1, pivot: -3, shift: 0 });
  });

  test("is told by the row of A, not by that of P A P'", () => {
    const A = [
      [4, 2, 0, 0],
      [2, 1, 0, 0],
      [0, 0, 3, 1],
      [0, 0, 1, 3],
    ];
    const reversed = { ordering: Int32Array.of(1, 0) };

    expect(badPivotOf(lowerTriangle(fp64, A), { ordering: Int32Array.of(3, 1, 0, 2) }, { maxShifts: 0 })).toEqual({
      row: 0,
      pivot: 0,
      shift: 0,
    });
    expect(badPivotOf(lowerTriangle(fp64, A, 2), reversed, { maxShifts: 0 })).toEqual({ row: 1, pivot: 0, shift: 0 });
  });

  // (1 + s)^2 > 4 needs s > 1.
  test("without fill is shifted by 1e-3, doubled until it has a factor", () => {
    const factor = factorOf(lowerTriangle(fp64, indefinite), { fill: 0, ordering: "natural" });

    expect(factor.shift).toBe(1.024);
    expect(factor.shifts).toBe(11);
    expect(factor.badPivot).toEqual({ row: 1, pivot: 1.512 - (2 / Math.sqrt(1.512)) ** 2, shift: 0.512 });
  });

  // 1 + s > 1.75; shifts are 2^-49 4^k in fp64, 2^-20 4^k in fp32.
  test.each([
    { P: fp64, shift: 2, shifts: 26 },
    { P: fp32, shift: 1, shifts: 11 },
  ])("with a complete factor in $P.name is shifted by 16 u, times 4 until it has one", ({ P, shift, shifts }) => {
    const A = lowerTriangle(P as AnyPrecision, [
      [1, 1.75],
      [1.75, 1],
    ]);

    expect(factorOf(A, {}, { maxShifts: 30 })).toMatchObject({ shift, shifts });
  });

  test("is returned after the last shift that is allowed", () => {
    const bad = badPivotOf(lowerTriangle(fp64, indefinite), { fill: 0, ordering: "natural" }, { maxShifts: 3 });

    expect(bad).toMatchObject({ row: 1, shift: 0.004 });
  });

  test("may start from a shift", () => {
    const A = lowerTriangle(fp64, indefinite);

    expect(factorOf(A, {}, { shift: 3 })).toMatchObject({ shift: 3, shifts: 0, badPivot: undefined });
    expect(factorOf(A, { fill: 0 }, { shift: 0.75 })).toMatchObject({ shift: 1.5, shifts: 1 });
  });
});

describe("a matrix that is singular to rounding", () => {
  const A = [
    [1, 1],
    [1, 1],
  ];

  test.each([fp64, fp32, fp16])("has a complete factor in $name after 16 u", (P) => {
    const factor = factorOf(lowerTriangle(P as AnyPrecision, A), {});

    expect(factor).toMatchObject({ shift: 16 * P.unitRoundoff, shifts: 1 });
  });
});

test("a pivot at its floor is bad, measured against the diagonal of A", () => {
  // The second pivot is 8 - 2 = 6, 0.75 of the diagonal.
  const A = lowerTriangle(fp64, [
    [2, 2],
    [2, 8],
  ]);
  const natural = { ordering: "natural" } as const;

  expect(badPivotOf(A, natural, { maxShifts: 0, pivotFloor: 0.75 })).toEqual({ row: 1, pivot: 6, shift: 0 });
  expect(factorOf(A, natural, { maxShifts: 0, pivotFloor: 0.74 }).shifts).toBe(0);
});

test.each([NaN, Infinity])("a matrix with %d in it is returned at once", (entry) => {
  const work = new Work();
  const A = lowerTriangle(fp64, [
    [1, 0, 0],
    [0, 4, entry],
    [0, entry, 4],
  ]);

  const bad = badPivotOf(A, { ordering: "natural" }, { work });

  expect(bad).toMatchObject({ row: 2, shift: 0 });
  expect(work.flops.factorize).toEqual({ fp64: analyzeCholesky(A.pattern).flops });
});

test("each try is counted, flops by the arithmetic and bytes by the storage", () => {
  const work = new Work();
  const A = lowerTriangle(fp32, indefinite);

  const factor = factorOf(A, { fill: 0 }, { work });

  expect(work.flops).toEqual({ factorize: { fp32: 12 * factor.symbolic.flops } });
  expect(work.bytes).toEqual({ factorize: { fp32: 12 * 3 * 4 } });
});

test("one analysis serves every matrix of its pattern, in every format, and A is not changed", () => {
  const wide = lowerTriangle(fp64, three);
  const narrow = lowerTriangle(fp32, three);
  const symbolic = analyzeCholesky(wide.pattern, { ordering: "natural" });
  const before = wide.values.slice();

  const first = factorize(symbolic, wide) as CholeskyFactor<AnyPrecision>;
  const second = factorize(symbolic, narrow) as CholeskyFactor<AnyPrecision>;

  expectSameBits(wide.values, before);
  expect(denseFactor(first)).toEqual(denseFactor(second));
});

test("the factor of nothing is empty", () => {
  expect(factorOf(lowerTriangle(fp64, []), {}).values).toHaveLength(0);
});

describe("factorize refuses", () => {
  const A = lowerTriangle(fp64, three);
  const symbolic = analyzeCholesky(A.pattern);

  test("a matrix of another pattern", () => {
    expect(() => factorize(symbolic, lowerTriangle(fp64, indefinite))).toThrow(DimensionError);
    expect(() => factorize(symbolic, lowerTriangle(fp64, indefinite))).toThrow("factorize: A.values has length 3, expected 5");
  });

  test.each([{ maxShifts: -1 }, { maxShifts: 0.5 }, { shift: -1 }, { shift: NaN }, { pivotFloor: 1.5 }])("%o", (options) => {
    expect(() => factorize(symbolic, A, options)).toThrow(OptionError);
  });
});
