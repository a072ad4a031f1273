import { DimensionError, OptionError } from "@slam/errors";
import { type AnyPrecision, type FP64, fp16, fp32, fp64, type Storage, tolerance } from "@slam/float";
import { type BsrMatrix, nestedDissection } from "@slam/sparse";
import { expectSameBits, inverse } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CholeskyFactor, factorize, isFactor } from "../src/factorize.ts";
import { type SparseInverse, sparseInverse } from "../src/sparse-inverse.ts";
import { analyzeCholesky, type SymbolicOptions } from "../src/symbolic.ts";
import { anyCase, denseMatrix, gridMatrix, lowerTriangle, normalMatrix } from "./block-matrix.ts";

function factorOf<P extends AnyPrecision>(A: BsrMatrix<P>, options?: SymbolicOptions): CholeskyFactor<P> {
  const factor = factorize(analyzeCholesky(A.pattern, options), A, { maxShifts: 0 });
  if (!isFactor(factor)) throw new Error(`bad pivot ${factor.pivot}`);
  return factor;
}

/** The blocks that the inverse has, and how many it has not. */
function blocksOf({ symbolic: { n, b }, block }: SparseInverse<AnyPrecision>): { i: number; j: number; values: Float64Array }[] {
  const found = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const values = new Float64Array(b * b);
      if (block(i, j, values)) found.push({ i, j, values });
    }
  }
  return found;
}

describe.each([fp64, fp32, fp16] as AnyPrecision[])("in $name", (P) => {
  test("inverts a chain by hand, but for its corner", () => {
    // [2 1 0; 1 2 1; 0 1 1.5] has the determinant 5/2 and the adjugate [2 -1.5 1; -1.5 3 -2; 1 -2 3].
    const A = lowerTriangle(P, [
      [2, 1, 0],
      [1, 2, 1],
      [0, 1, 1.5],
    ]);

    const inverse = sparseInverse(factorOf(A, { ordering: "natural" }));

    const one = new Float64Array(1);
    const entry = (i: number, j: number): number | undefined => (inverse.block(i, j, one) ? one[0] : undefined);
    const close = (value: number): unknown => expect.closeTo(value, -Math.log10(tolerance(P, 10)));
    expect([entry(0, 0), entry(1, 1), entry(2, 2)]).toEqual([close(0.8), close(1.2), close(1.2)]);
    expect([entry(1, 0), entry(0, 1), entry(2, 1), entry(1, 2)]).toEqual([close(-0.6), close(-0.6), close(-0.8), close(-0.8)]);
    expect([entry(2, 0), entry(0, 2)]).toEqual([undefined, undefined]);
  });
});

test("powers of two stay exact: the inverse of a block diagonal", () => {
  const A = lowerTriangle(fp64, [
    [4, 0],
    [0, 16],
  ]);

  expect(blocksOf(sparseInverse(factorOf(A)))).toEqual([
    { i: 0, j: 0, values: Float64Array.of(1 / 4) },
    { i: 1, j: 1, values: Float64Array.of(1 / 16) },
  ]);
});

test("every block on the pattern of L is the dense inverse's, in any order of elimination", () => {
  fc.assert(
    fc.property(anyCase, (drawn) => {
      const A = normalMatrix(fp64, drawn, 1);
      const exact = inverse(Float64Array.from(denseMatrix(A).flat()), A.pattern.blockRows * A.pattern.r);

      const found = sparseInverse(factorOf(A, { ordering: drawn.order }));

      const { b, n, L } = found.symbolic;
      const blocks = blocksOf(found);
      expect(blocks.length).toBe(2 * L.rowIdx.length - n);
      let worst = 0;
      for (const { i, j, values } of blocks) {
        for (let k = 0; k < b * b; k++) {
          const expected = exact[(i * b + Math.floor(k / b)) * n * b + j * b + (k % b)];
          worst = Math.max(worst, Math.abs(values[k] - expected));
        }
      }
      // The eigenvalues of A are 1 and more, so those of its inverse at most 1; its condition is some hundreds.
      expect(worst).toBeLessThanOrEqual(tolerance(fp64, 1000 * n * b));
    }),
  );
});

test("blocks are there whichever index comes first, and diagonal ones are symmetric to the bit", () => {
  const inverse = sparseInverse(factorOf(gridMatrix(fp64, 6)));

  const blocks = new Map(blocksOf(inverse).map(({ i, j, values }) => [`${i},${j}`, values]));

  const transpose = (B: Float64Array): Float64Array => B.map((_, k) => B[(k % 3) * 3 + Math.floor(k / 3)]);
  for (const [key, values] of blocks) {
    const [i, j] = key.split(",");
    expect(blocks.get(`${j},${i}`)).toEqual(transpose(values));
  }
});

test("amd, nested dissection and the natural order agree", () => {
  const A = gridMatrix(fp64, 14);
  const { blockRows, rowPtr, colIdx } = A.pattern;
  const orderings = ["amd", "natural", nestedDissection(blockRows, rowPtr, colIdx)] as const;

  const [amd, natural, dissected] = orderings.map((ordering) => sparseInverse(factorOf(A, { ordering })));

  const [x, y, z] = [0, 0, 0].map(() => new Float64Array(9));
  let worst = 0;
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      expect(amd.block(i, colIdx[k], x) && natural.block(i, colIdx[k], y) && dissected.block(i, colIdx[k], z)).toBe(true);
      for (const [e, value] of x.entries()) worst = Math.max(worst, Math.abs(y[e] - value), Math.abs(z[e] - value));
    }
  }
  // They are of order 1.
  expect(worst).toBeLessThanOrEqual(tolerance(fp64, 100));
});

/** The same format by another identity: what is not fp64 itself goes to the reference. */
const reference: AnyPrecision = { ...fp64 };

describe("the engine has the reference's bits", () => {
  function expectSameInverse({ symbolic, values }: CholeskyFactor<AnyPrecision>): void {
    const both = [fp64 as AnyPrecision, reference].map(
      (format) => sparseInverse({ symbolic, format, values, shift: 0, shifts: 0, badPivot: undefined }).values as Storage,
    );
    expectSameBits(both[0], both[1]);
  }

  test("on positive definite matrices with blocks of many sizes", () => {
    fc.assert(
      fc.property(anyCase, (drawn) => expectSameInverse(factorOf(normalMatrix(fp64 as AnyPrecision, drawn, 1), { ordering: drawn.order }))),
    );
  });

  test("over many columns and supernodes", () => {
    expectSameInverse(factorOf(gridMatrix(fp64 as AnyPrecision, 18)));
  });

  test("on factors of any numbers: signed zeros, subnormal, huge, infinite and NaN", () => {
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom(0, -0, 1, -1, 5e-324, 1e-308, 1e200, -1e200, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN),
    );
    fc.assert(
      fc.property(anyCase, fc.array(value, { minLength: 7, maxLength: 97 }), (drawn, numbers) => {
        const symbolic = analyzeCholesky(normalMatrix(fp64, drawn, 1).pattern, { ordering: drawn.order });
        const values = Float64Array.from({ length: symbolic.L.rowIdx.length * symbolic.b ** 2 }, (_, k) => numbers[k % numbers.length]);

        expectSameInverse({ symbolic, format: fp64, values, shift: 0, shifts: 0, badPivot: undefined } as CholeskyFactor<FP64>);
      }),
    );
  });

  test("in memory that held something else before", () => {
    const arenas = new ArenaPool();
    const factor = factorOf(gridMatrix(fp64, 8));
    const fresh = sparseInverse(factor).values.slice();
    sparseInverse(factorOf(gridMatrix(fp64, 9)), arenas);
    arenas.recycle();

    expect(sparseInverse(factor, arenas).values).toEqual(fresh);
  });
});

test("misuse throws", () => {
  const A = gridMatrix(fp64, 3);
  const inverse = sparseInverse(factorOf(A));

  expect(() => sparseInverse(factorOf(A, { fill: 0 }))).toThrow(OptionError);
  expect(() => inverse.block(9, 0, new Float64Array(9))).toThrow(OptionError);
  expect(() => inverse.block(0, -1, new Float64Array(9))).toThrow(OptionError);
  expect(() => inverse.block(0, 0, new Float64Array(8))).toThrow(DimensionError);
});
