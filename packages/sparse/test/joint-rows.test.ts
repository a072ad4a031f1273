import { OptionError } from "@slam/errors";
import {
  type AnyPrecision,
  bf16,
  e4m3,
  type FP32,
  type FP64,
  fp16,
  fp32,
  fp64,
  operationFormat,
  type Storage,
  type Vec,
} from "@slam/float";
import {
  type BsrMatrix,
  type BsrPattern,
  bsrMatrix,
  bsrPattern,
  JointRows,
  jointRowsBytes,
  packedBsr,
  packedBytes,
  packPattern,
  scaleColumns,
} from "@slam/sparse";
import { multiplyNormalReference } from "@slam/sparse/reference";
import { expectSameBits } from "@slam/testing";
import { Arena, arenaSpace } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import { lehmer } from "./elimination-oracle.ts";
import { drawn, newCounters, randomMatrix, randomPattern } from "./matrices.ts";

/** Block rows with a block each, but for every fifth; the columns of neighbours are often the same. */
function onePerRow(blockRows: number, blockCols: number, r: number, c: number, seed: number): BsrPattern {
  const random = lehmer(seed);
  const rowPtr = new Int32Array(blockRows + 1);
  const colIdx: number[] = [];
  let column = 0;
  for (let i = 0; i < blockRows; i++) {
    if (random() < 0.5) column = Math.floor(random() * blockCols);
    if ((i + seed) % 5 !== 0) colIdx.push(column);
    rowPtr[i + 1] = colIdx.length;
  }
  return bsrPattern({ blockRows, blockCols, r, c, rowPtr, colIdx: Int32Array.from(colIdx) });
}

const shapes = [
  { r: 1, cs: [1] },
  { r: 2, cs: [9, 3] },
  { r: 2, cs: [6, 3] },
  { r: 2, cs: [6, 5, 3] },
  { r: 3, cs: [6, 3] },
] as const;
const formats: readonly (readonly [AnyPrecision, FP32 | FP64])[] = [
  [fp32, fp32],
  [fp16, fp32],
  [bf16, fp32],
  [e4m3, fp32],
  [fp64, fp64],
  [fp32, fp64],
  [fp16, fp64],
];

interface Product {
  readonly w: Storage;
  /** A'(A x) by two products. */
  readonly inTwo?: Storage;
  readonly square: number;
  readonly events: { readonly overflows: number; readonly flushed: number };
}

/** By the engine, and by the reference; x and d are drawn, and the columns scaled by powers of two. */
function products(
  parts: readonly BsrMatrix<AnyPrecision>[],
  P: AnyPrecision,
  A: FP32 | FP64,
  family: Parameters<typeof drawn>[1],
  isDamped: boolean,
): { readonly engine: Product; readonly reference: Product } {
  const patterns = parts.map(({ pattern }) => pattern);
  const cols = patterns.reduce((sum, { blockCols, c }) => sum + blockCols * c, 0);
  const scale = Float64Array.from({ length: cols }, (_, j) => 2 ** ((j % 5) - 2));
  const bytes = patterns.reduce((sum, pattern) => sum + packedBytes(pattern, parts[0].format), jointRowsBytes(patterns, P));
  const arena = new Arena(bytes + 64 * cols + 16 * patterns[0].blockRows * patterns[0].r + 64);
  const [counted, expected] = [newCounters(), newCounters()];
  const space = arenaSpace<AnyPrecision>(arena, operationFormat<AnyPrecision>(A), counted);
  const sources = parts.map((part) => {
    const packed = packedBsr(packPattern(part.pattern, arena), part.format);
    packed.replaceValues(part);
    return packed;
  });
  const joint = new JointRows(
    sources.map(({ structure }) => structure),
    P,
  );
  const [x, d, w] = [0, 1, 2].map(() => space.zeros(cols) as unknown as Float64Array);
  x.set(drawn(A, family, cols, 5) as Float64Array);
  d.set((drawn(A, family, cols, 6) as Float64Array).map(Math.abs));

  joint.replaceScaled(sources, scale, counted.events);
  const operator = joint.operator(space);
  const square = operator.applyNormal!(x, isDamped ? d : undefined, w);
  const { overflows, flushed } = counted.events;
  const [q, inTwo] = [operator.rows, cols].map((n) => space.zeros(n));
  operator.multiply(x, q);
  operator.multiplyTransposed(q, inTwo);

  let from = 0;
  const scaled = parts.map((part) => {
    const { blockCols, c } = part.pattern;
    from += blockCols * c;
    return scaleColumns(part, scale.subarray(from - blockCols * c, from), P, expected.events);
  });
  const wReference = new (A.Storage as typeof Float64Array)(cols);
  const squareReference = multiplyNormalReference(scaled, A, x, isDamped ? d : undefined, wReference, expected.events);
  return {
    engine: { w, inTwo: inTwo as Storage, square, events: { overflows, flushed } },
    reference: { w: wReference, square: squareReference, events: expected.events },
  };
}

describe.each(shapes)("blocks of $r rows and of $cs columns", ({ r, cs }) => {
  const patterns = cs.map((c, k) => onePerRow(23, 4 + k, r, c, k + 1));

  test.each(formats)("%s on vectors in %s: the reference's bits", (P, A) => {
    for (const family of ["few bits", "numbers near 1", "edge cases"] as const) {
      for (const isDamped of [false, true]) {
        const parts = patterns.map((pattern) => randomMatrix<AnyPrecision>(A === fp64 ? fp64 : fp32, pattern, family));

        const { engine, reference } = products(parts, P, A, family, isDamped);

        expectSameBits(engine.w, reference.w);
        if (!isDamped) expectSameBits(engine.inTwo!, reference.w);
        expectSameBits(Float64Array.of(engine.square), Float64Array.of(reference.square));
        expect(engine.events).toEqual(reference.events);
      }
    }
  });
});

test("[1 2; 0 3] in two parts, damped by 1 and 2", () => {
  const column = (values: readonly number[]): BsrMatrix<FP64> => {
    const pattern = bsrPattern({ blockRows: 2, blockCols: 1, r: 1, c: 1, rowPtr: Int32Array.of(0, 1, 2), colIdx: Int32Array.of(0, 0) });
    return bsrMatrix(pattern, fp64, Float64Array.from(values));
  };
  const w = new Float64Array(2);

  const square = multiplyNormalReference(
    [column([1, 0]), column([2, 3])],
    fp64,
    Float64Array.of(1, -1),
    Float64Array.of(1, 2),
    w,
    newCounters().events,
  );

  // A x = (-1, -3), A'A x = (-1, -11), d .* x = (1, -2)
  expect([...w]).toEqual([0, -13]);
  expect(square).toBe(10 + 3);
});

/** [1 -1] in column 0, [2 0] in column 1, and both columns in the last row. */
function firstTwoOfThree(): { readonly arena: Arena; readonly A: BsrMatrix<FP64> } {
  const pattern = bsrPattern({
    blockRows: 3,
    blockCols: 2,
    r: 1,
    c: 2,
    rowPtr: Int32Array.of(0, 1, 2, 4),
    colIdx: Int32Array.of(0, 1, 0, 1),
  });
  return { arena: new Arena(2 ** 16), A: bsrMatrix(pattern, fp64, Float64Array.of(1, -1, 2, 0, 5, 6, 7, 8) as Vec<FP64>) };
}

test("has the first block rows alone where it is told to", () => {
  const { arena, A } = firstTwoOfThree();
  const space = arenaSpace(arena, operationFormat(fp64), newCounters());
  const packed = packedBsr(packPattern(A.pattern, arena), fp64);
  packed.replaceValues(A);
  const joint = new JointRows([packed.structure], fp64, 2);
  const [x, w] = [space.zeros(4), space.zeros(4)] as unknown as Float64Array[];
  x.set([3, 1, -1, 4]);

  joint.replaceScaled([packed], new Float64Array(4).fill(1), { overflows: 0, flushed: 0 });
  const operator = joint.operator(space);
  const square = operator.applyNormal!(x as Vec<FP64>, undefined, w as Vec<FP64>);

  // A x = (2, -2)
  expect([operator.rows, operator.cols]).toEqual([2, 4]);
  expect([...w]).toEqual([2, -2, -4, 0]);
  expect(square).toBe(8);
});

test("refuses rows of several blocks, and more rows than there are", () => {
  const pattern = randomPattern(6, 9, 2, 3);
  const arena = new Arena(2 ** 16);
  const { A } = firstTwoOfThree();

  expect(() => new JointRows([packPattern(pattern, arena)], fp32)).toThrow(OptionError);
  expect(() => new JointRows([packPattern(A.pattern, arena)], fp64, 4)).toThrow(/blockRows/);
});
