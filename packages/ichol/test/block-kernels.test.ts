import { type AnyPrecision, fp16, fp32, fp64, pack, type Storage, unpack } from "@slam/float";
import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernels32 } from "../src/block-kernels.fp32.ts";
import { kernels64 } from "../src/block-kernels.fp64.ts";
import { type BlockKernels, referenceKernels } from "../src/block-kernels.ts";

describe.each([fp64, fp32, fp16] as AnyPrecision[])("the reference in $name", (P) => {
  test("subtracts A B'", () => {
    // C = [10 20; 30 40], A = [1 2; 3 4], B = [5 6; 7 8]
    const blocks = pack(P, [10, 20, 30, 40, 1, 2, 3, 4, 5, 6, 7, 8]);

    referenceKernels(P, 2).update(blocks, 0, 4, 8);

    expect([...unpack(P, blocks)]).toEqual([10 - 17, 20 - 23, 30 - 39, 40 - 53, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("factorises a block, reads its lower triangle alone and leaves zeros above", () => {
    const blocks = pack(P, [4, 99, 2, 5]);

    const bad = referenceKernels(P, 2).cholesky(blocks, 0, new Float64Array(2), 0);

    expect(bad).toBe(-1);
    expect([...unpack(P, blocks)]).toEqual([2, 0, 1, 2]);
  });

  test("returns the row of the first pivot that is not above its floor, and leaves the pivot there", () => {
    const blocks = pack(P, [4, 2, 2, 1.5]);

    const bad = referenceKernels(P, 2).cholesky(blocks, 0, Float64Array.of(9, 9, 0, 0.5), 2);

    expect(bad).toBe(1);
    expect([...unpack(P, blocks)]).toEqual([2, 0, 1, 0.5]);
  });

  test.each([NaN, Infinity, -1, 0, -0])("takes %d for a bad pivot", (pivot) => {
    const blocks = pack(P, [pivot]);

    expect(referenceKernels(P, 1).cholesky(blocks, 0, new Float64Array(1), 0)).toBe(0);
  });

  test("divides by a transposed factor from the right", () => {
    // [2 5; 6 7] = [1 2; 3 2] [2 0; 1 2]'
    const blocks = pack(P, [2, 0, 1, 2, 2, 5, 6, 7]);

    referenceKernels(P, 2).solve(blocks, 4, 0);

    expect([...unpack(P, blocks)]).toEqual([2, 0, 1, 2, 1, 2, 3, 2]);
  });
});

const edges = [0, -0, NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -1074), 2 ** 127, -(2 ** 1023), 1, -1];
const scalar = fc.oneof(
  { arbitrary: fc.double({ min: -2, max: 2, noNaN: true }), weight: 20 },
  { arbitrary: fc.constantFrom(...edges), weight: 1 },
);
const kernels: readonly { readonly P: AnyPrecision; readonly plain: (b: number) => BlockKernels<never> }[] = [
  { P: fp64, plain: kernels64 },
  { P: fp32, plain: kernels32 },
];

describe.each(kernels)("the plain loops in $P.name", ({ P, plain }) => {
  describe.each([1, 2, 3, 4, 5, 6])("on blocks of %d", (b) => {
    const blocks = fc.array(scalar, { minLength: 3 * b * b, maxLength: 3 * b * b });
    const expectSame = (values: readonly number[], run: (kernels: BlockKernels<Storage>, L: Storage) => unknown): void => {
      const actual = pack(P, values);
      const expected = pack(P, values);
      const result = run(plain(b) as BlockKernels<Storage>, actual);
      expect(result).toBe(run(referenceKernels(P, b), expected));
      expectSameBits(actual, expected);
    };

    test("update has the reference's bits", () => {
      fc.assert(fc.property(blocks, (values) => expectSame(values, (K, L) => K.update(L, b * b, 2 * b * b, 0))));
    });

    test("update of a block by itself does", () => {
      fc.assert(fc.property(blocks, (values) => expectSame(values, (K, L) => K.update(L, 2 * b * b, b * b, b * b))));
    });

    test("cholesky does, where it breaks down too", () => {
      const floors = new Float64Array(b + 1).fill(0.25);
      fc.assert(
        fc.property(blocks, fc.double({ min: 0, max: 2 * b, noNaN: true }), (values, diagonal) => {
          const raised = values.map((x, k) => (k % (b + 1) === 0 ? x + diagonal : x));
          expectSame(raised, (K, L) => K.cholesky(L, 0, floors, 1));
        }),
      );
    });

    test("solve does", () => {
      fc.assert(fc.property(blocks, (values) => expectSame(values, (K, L) => K.solve(L, 2 * b * b, 0))));
    });
  });
});
