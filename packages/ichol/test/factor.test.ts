import { OptionError } from "@slam/errors";
import { type AnyPrecision, fp16, fp32, fp64, pack, type Storage, unpack } from "@slam/float";
import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { referenceKernels } from "../src/factor.reference.ts";
import { type CholeskyFactor, factorize, isFactor } from "../src/factorize.ts";
import { analyzeCholesky, type CholeskySymbolic } from "../src/symbolic.ts";
import { choleskyWorkspace } from "../src/workspace.ts";
import { anyCase, gridMatrix, lehmer, lowerTriangle, normalMatrix } from "./block-matrix.ts";

describe.each([fp64, fp32, fp16] as AnyPrecision[])("the reference in $name", (P) => {
  test("subtracts A B'", () => {
    // C = [10 20; 30 40], A = [1 2; 3 4], B = [5 6; 7 8]
    const blocks = pack(P, [10, 30, 20, 40, 1, 3, 2, 4, 5, 7, 6, 8]);

    referenceKernels(P, 2).update(blocks, 0, 4, 8);

    expect([...unpack(P, blocks)]).toEqual([10 - 17, 30 - 39, 20 - 23, 40 - 53, 1, 3, 2, 4, 5, 7, 6, 8]);
  });

  test("factorises a block, reads its lower triangle alone and leaves zeros above", () => {
    const blocks = pack(P, [4, 2, 99, 5]);

    const bad = referenceKernels(P, 2).cholesky(blocks, 0, new Float64Array(2), 0);

    expect(bad).toBe(-1);
    expect([...unpack(P, blocks)]).toEqual([2, 1, 0, 2]);
  });

  test("returns the row of the first pivot that is not above its floor, and leaves the pivot there", () => {
    const blocks = pack(P, [4, 2, 2, 1.5]);

    const bad = referenceKernels(P, 2).cholesky(blocks, 0, Float64Array.of(9, 9, 0, 0.5), 2);

    expect(bad).toBe(1);
    expect([...unpack(P, blocks)]).toEqual([2, 1, 0, 0.5]);
  });

  test.each([NaN, Infinity, -1, 0, -0])("takes %d for a bad pivot", (pivot) => {
    const blocks = pack(P, [pivot]);

    expect(referenceKernels(P, 1).cholesky(blocks, 0, new Float64Array(1), 0)).toBe(0);
  });

  test("divides by a transposed factor from the right", () => {
    // [2 5; 6 7] = [1 2; 3 2] [2 0; 1 2]'
    const blocks = pack(P, [2, 1, 0, 2, 2, 6, 5, 7]);

    referenceKernels(P, 2).solve(blocks, 4, 0);

    expect([...unpack(P, blocks)]).toEqual([2, 1, 0, 2, 1, 3, 2, 2]);
  });
});

/** The same format by another identity: what is not fp64 or fp32 itself goes to the reference. */
const byReference: readonly { readonly P: AnyPrecision; readonly reference: AnyPrecision }[] = [
  { P: fp64, reference: { ...fp64 } },
  { P: fp32, reference: { ...fp32 } },
];

describe.each(byReference)("the engine in $P.name", ({ P, reference }) => {
  /** The blocks of L after a factorisation of what `fill` writes, and what it returned. */
  function factorised(
    symbolic: CholeskySymbolic,
    format: AnyPrecision,
    fill: (L: Storage, floors: Float64Array) => void,
  ): { row: number; L: Storage } {
    const workspace = choleskyWorkspace(symbolic, format);
    fill(workspace.L, workspace.floors);
    const row = workspace.factorColumns();
    return { row, L: workspace.L };
  }

  test.each(["complete", 0] as const)("has the reference's bits on positive definite matrices, fill %s", (fill) => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const A = normalMatrix(fp64 as AnyPrecision, drawn, 1);
        const symbolic = analyzeCholesky(A.pattern, { ordering: drawn.order, fill });

        const engine = factorize(symbolic, { ...A, format: P, values: pack(P, A.values as Float64Array) });
        const expected = factorize(symbolic, { ...A, format: reference, values: pack(reference, A.values as Float64Array) });

        expect(isFactor(engine) && isFactor(expected)).toBe(true);
        if (isFactor(engine) && isFactor(expected)) {
          expectSameBits(engine.values as Storage, expected.values as Storage);
          expect(engine.shift).toBe(expected.shift);
        }
      }),
    );
  });

  test.each(["complete", 0] as const)("has them on numbers that no matrix need have, and stops at the same pivot, fill %s", (fill) => {
    const edges = [0, -0, NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -1074), 2 ** 127, -(2 ** 1023)];
    fc.assert(
      fc.property(anyCase, fc.double({ min: -1, max: 1, noNaN: true }), fc.nat(200), (drawn, floor, rarity) => {
        const symbolic = analyzeCholesky(normalMatrix(fp64 as AnyPrecision, drawn, 1).pattern, { ordering: drawn.order, fill });
        const random = lehmer(drawn.seed);
        const size = symbolic.b ** 2;
        const number = (): number => (random() < rarity / 2000 ? edges[Math.floor(random() * edges.length)] : 2 * random() - 1);
        const values = Array.from({ length: symbolic.L.rowIdx.length * size }, number);
        for (let j = 0; j < symbolic.n; j++) {
          for (let i = 0; i < symbolic.b; i++) values[symbolic.L.colPtr[j] * size + i * (symbolic.b + 1)] += 4 * symbolic.n;
        }
        const set = (L: Storage, floors: Float64Array): void => {
          floors.fill(floor);
          L.set(values);
        };

        const engine = factorised(symbolic, P, set);
        const expected = factorised(symbolic, reference, set);
        const pivotOf = ({ row, L }: { row: number; L: Storage }): number => {
          return row < 0 ? 0 : L[symbolic.L.colPtr[Math.floor(row / symbolic.b)] * size + (row % symbolic.b) * (symbolic.b + 1)];
        };

        expect(engine.row).toBe(expected.row);
        // What follows a bad pivot is unspecified.
        const end = expected.row < 0 ? expected.L.length : 0;
        expectSameBits(engine.L.slice(0, end), expected.L.slice(0, end));
        expectSameBits([pivotOf(engine)], [pivotOf(expected)]);
      }),
    );
  });

  test.each(["complete", 0] as const)("has them on more columns and blocks than a kernel takes at once, fill %s", (fill) => {
    const A = gridMatrix(P, 24);
    const symbolic = analyzeCholesky(A.pattern, { fill });

    const engine = factorize(symbolic, A) as CholeskyFactor<AnyPrecision>;
    const expected = factorize(symbolic, { ...A, format: reference }) as CholeskyFactor<AnyPrecision>;

    expect(symbolic.n).toBeGreaterThan(500);
    expectSameBits(engine.values as Storage, expected.values as Storage);
  });

  test("gives the same bits when its workspace is used again, after a breakdown too", () => {
    const matrix = lowerTriangle(
      P,
      [
        [4, 2],
        [2, 5],
      ],
      1,
    );
    const indefinite = lowerTriangle(
      P,
      [
        [4, 2],
        [2, -5],
      ],
      1,
    );
    const symbolic = analyzeCholesky(matrix.pattern, { ordering: "natural" });
    const workspace = choleskyWorkspace(symbolic, P);

    const first = factorize(symbolic, matrix, { workspace }) as CholeskyFactor<AnyPrecision>;
    const bits = (first.values as Storage).slice();
    const broken = factorize(symbolic, indefinite, { workspace, maxShifts: 0 });
    const second = factorize(symbolic, matrix, { workspace }) as CholeskyFactor<AnyPrecision>;

    expect(isFactor(broken)).toBe(false);
    expectSameBits(second.values as Storage, bits);
    expect([...bits]).toEqual([2, 1, 2]);
  });
});

test("refuses a workspace of another structure or format", () => {
  const matrix = lowerTriangle(
    fp64,
    [
      [4, 2],
      [2, 5],
    ],
    1,
  );
  const symbolic = analyzeCholesky(matrix.pattern);

  expect(() => factorize(symbolic, matrix, { workspace: choleskyWorkspace(symbolic, fp32) })).toThrow("factorize: workspace");
  expect(() => factorize(symbolic, matrix, { workspace: choleskyWorkspace(analyzeCholesky(matrix.pattern), fp64) })).toThrow(OptionError);
});
