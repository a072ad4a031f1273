import { type AnyPrecision, bf16, e4m3, fp16, fp32, fp64, operationFormat, pack, type Storage, tolerance, unpack } from "@slam/float";
import { type LinearOperator, vectorSpace } from "@slam/linop";
import { bsrMatrix, bsrOperator, bsrPattern } from "@slam/sparse";
import { multiplyReference, multiplyTransposedReference } from "@slam/sparse/reference";
import { expectSameBits, operatorLaws } from "@slam/testing";
import { describe, expect, test } from "vitest";
import {
  blockSizes,
  denseRows,
  drawn,
  type Formats,
  families,
  formats,
  fp12,
  newCounters,
  randomMatrix,
  randomPattern,
} from "./matrices.ts";

const wide = operationFormat(fp64);
const single = operationFormat(fp32);

// [ 1 2 . . ]
// [ 3 4 . . ]
// [ . . . . ]
// [ . . . . ]
// [ 5 6 1 0 ]
// [ 7 8 0 1 ]
const pattern = bsrPattern({ blockRows: 3, blockCols: 2, r: 2, c: 2, rowPtr: Int32Array.of(0, 1, 1, 3), colIdx: Int32Array.of(0, 0, 1) });
const A = bsrMatrix(pattern, fp16, pack(fp16, [1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 1]));

describe("a 6 x 4 matrix in fp16 on fp32 vectors", () => {
  const operator = bsrOperator(A, vectorSpace(single, newCounters()));

  test("says what it is", () => {
    expect(operator).toMatchObject({ rows: 6, cols: 4, storage: "fp16" });
  });

  test("multiplies, whatever was in y", () => {
    const y = new Float32Array(6).fill(NaN);

    operator.multiply(Float32Array.of(1, 10, 100, 1000), y);

    expect(y).toEqual(Float32Array.of(21, 43, 0, 0, 165, 1087));
  });

  test("multiplies by its transpose, whatever was in y", () => {
    const y = new Float32Array(4).fill(NaN);

    operator.multiplyTransposed(Float32Array.of(1, 10, 7, 7, 100, 1000), y);

    expect(y).toEqual(Float32Array.of(7531, 8642, 100, 1000));
  });

  test("refuses vectors of other lengths, and writes nothing", () => {
    const [x, y] = [new Float32Array(4).fill(1), new Float32Array(6).fill(7)];

    expect(() => operator.multiply(y, y)).toThrow("multiply: x has length 6, expected 4");
    expect(() => operator.multiply(x, x)).toThrow("multiply: y has length 4, expected 6");
    expect(() => operator.multiplyTransposed(x, x)).toThrow("multiplyTransposed: x has length 4, expected 6");
    expect(() => operator.multiplyTransposed(y, y)).toThrow("multiplyTransposed: y has length 6, expected 4");
    expect([...x, ...y]).toEqual([1, 1, 1, 1, 7, 7, 7, 7, 7, 7]);
  });
});

test("counts two flops an entry, and the entries and indices read", () => {
  const { work } = newCounters();
  const space = vectorSpace(single, newCounters());

  bsrOperator(A, space, { work }).multiply(space.zeros(4), space.zeros(6));
  bsrOperator(A, space, { work, operation: "residual" }).multiplyTransposed(space.zeros(6), space.zeros(4));

  expect(work.flops).toEqual({ matvec: { fp32: 24 }, residual: { fp32: 24 } });
  expect(work.bytes).toEqual({ matvec: { fp16: 36 }, residual: { fp16: 36 } });
});

test("rounds every operation to the arithmetic of the vectors, or to the one asked for", () => {
  const row = bsrPattern({ blockRows: 1, blockCols: 1, r: 1, c: 3, rowPtr: Int32Array.of(0, 1), colIdx: Int32Array.of(0) });
  const M = bsrMatrix(row, fp16, pack(fp16, [2048, 1, 1]));
  const space = vectorSpace(operationFormat(fp32), newCounters());
  const [x, y, z] = [Float32Array.of(1, 1, 1), space.zeros(1), space.zeros(1)];

  bsrOperator(M, space).multiply(x, y);
  bsrOperator(M, space, { arithmetic: fp16 }).multiply(x, z);

  expect([y[0], z[0]]).toEqual([2050, 2048]);
});

describe.each<Formats>([
  formats(fp64, wide),
  formats(fp32, single),
  formats(fp16, single),
  formats(bf16, single),
  formats(fp12, single),
  formats(e4m3, single),
  formats(fp16, operationFormat(fp16)),
])("the products of $name have the reference's bits, events and counts", ({ M, vectors }) => {
  const P = vectors.storage;

  describe.each(blockSizes)("in blocks $r x $c", ({ r, c }) => {
    test.each(Object.keys(families) as (keyof typeof families)[])("on %s", (family) => {
      const matrix = randomMatrix(M, randomPattern(7, 8, r, c), family);
      const x = drawn(P, family, 8 * c, 2) as Storage;
      const xt = drawn(P, family, 7 * r, 3) as Storage;
      const [plain, expected] = [newCounters(), newCounters()];
      const operator = bsrOperator(matrix, vectorSpace(vectors, plain));
      const y = new P.Storage(7 * r).fill(1);
      const yt = new P.Storage(8 * c).fill(1);
      const z = new P.Storage(7 * r);
      const zt = new P.Storage(8 * c);

      operator.multiply(x as never, y as never);
      operator.multiplyTransposed(xt as never, yt as never);
      multiplyReference(matrix, vectors.arithmetic, vectors, x, z, expected.events);
      multiplyTransposedReference(matrix, vectors.arithmetic, vectors, xt, zt, expected.events);

      expectSameBits(y, z);
      expectSameBits(yt, zt);
      expect(plain).toEqual(expected);
    });
  });
});

describe.each<Formats>([
  formats(fp64, wide),
  formats(fp32, single),
  formats(fp16, single),
  formats(bf16, single),
  formats(fp12, single),
  formats(e4m3, single),
  formats(fp32, wide),
  formats(fp64, single),
  formats(fp16, operationFormat(fp16)),
  formats(fp16, operationFormat(fp16, fp16)),
  formats(bf16, operationFormat(bf16, bf16)),
  formats(fp32, operationFormat(e4m3)),
])("$name", ({ name, M, vectors }) => {
  const P = vectors.storage;
  const space = vectorSpace(vectors, newCounters());
  const matrix = randomMatrix(M, randomPattern(4, 5, 2, 3));
  const operator = bsrOperator(matrix, space);

  operatorLaws(
    { name, rows: 8, cols: 15, ...onNumbers(operator, P), round: (x) => P.round(x) },
    tolerance(vectors.arithmetic, 17) + tolerance(P, 1),
  );

  test("has the columns of the dense matrix", () => {
    const { multiply } = onNumbers(operator, P);
    const rows = denseRows(matrix);
    const rounded = (x: number): number => P.round(vectors.arithmetic.round(x));

    for (let j = 0; j < 15; j++) {
      expect(multiply(new Float64Array(15).with(j, 1))).toEqual(Float64Array.from(rows, (row) => rounded(row[j])));
    }
  });

  test.each([
    [0, 5],
    [4, 0],
    [0, 0],
  ])("takes %i x %i blocks", (blockRows, blockCols) => {
    const { multiply, multiplyTransposed } = onNumbers(bsrOperator(randomMatrix(M, randomPattern(blockRows, blockCols, 2, 3)), space), P);

    expect(multiply(new Float64Array(3 * blockCols).fill(1))).toEqual(new Float64Array(2 * blockRows));
    expect(multiplyTransposed(new Float64Array(2 * blockRows).fill(1))).toEqual(new Float64Array(3 * blockCols));
  });
});

/** The products on plain numbers; what was in y before is not zero. */
function onNumbers<P extends AnyPrecision>(operator: LinearOperator<P>, P: P) {
  const product = (multiply: LinearOperator<P>["multiply"], rows: number) => (x: Float64Array) => {
    const y = pack(P, new Float64Array(rows).fill(7));
    multiply(pack(P, x), y);
    return unpack(P, y);
  };
  return { multiply: product(operator.multiply, operator.rows), multiplyTransposed: product(operator.multiplyTransposed, operator.cols) };
}
