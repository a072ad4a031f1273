import {
  type AnyPrecision,
  bf16,
  defineFloat,
  e4m3,
  e5m2,
  type FP32,
  type FP64,
  fp16,
  fp32,
  fp64,
  type OperationFormat,
  operationFormat,
  pack,
  type Storage,
} from "@slam/float";
import { type BsrMatrix, bsrMatrix, bsrOperator, bsrPattern, packBsr, packedBytes } from "@slam/sparse";
import { multiplyReference, multiplyTransposedReference } from "@slam/sparse/reference";
import { expectSameBits } from "@slam/testing";
import { Arena, type ArenaSpace, arenaSpace } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawn, families, fp12, newCounters, randomMatrix, randomPattern } from "./matrices.ts";

type Family = keyof typeof families;

const saturating: AnyPrecision = defineFloat({
  name: "saturating",
  exponentBits: 4,
  significandBits: 4,
  infinities: false,
  saturate: true,
});
const wide = operationFormat(fp64);
const single = operationFormat(fp32);

/** A space on a new arena. */
function spaceIn(bytes: number, format: OperationFormat, counters = newCounters()): ArenaSpace<FP64 | FP32> {
  return arenaSpace(new Arena(bytes), format as OperationFormat<FP64 | FP32>, counters);
}

/** n drawn numbers, in the space. */
function drawnIn(space: ArenaSpace<FP64 | FP32>, family: Family, n: number, seed: number): Storage {
  const x = space.zeros(n) as Storage;
  x.set(drawn(space.format.storage as AnyPrecision, family, n, seed) as Storage);
  return x;
}

/** Both products with drawn vectors, and both in one pass, have the bits and the events of the reference's. */
function expectReference(matrix: BsrMatrix<AnyPrecision>, vectors: OperationFormat, family: Family, seed = 1): void {
  const { blockRows, blockCols, r, c } = matrix.pattern;
  const [engine, expected] = [newCounters(), newCounters()];
  const space = spaceIn(2 ** 20, vectors, engine);
  const operator = bsrOperator(matrix, space);
  const x = drawnIn(space, family, blockCols * c, seed);
  const xt = drawnIn(space, family, blockRows * r, seed + 1);
  const y = space.zeros(blockRows * r).fill(NaN) as Storage;
  const yt = space.zeros(blockCols * c).fill(NaN) as Storage;
  const z = new vectors.storage.Storage(y.length);
  const zt = new vectors.storage.Storage(yt.length);

  operator.multiply(x as never, y as never);
  operator.multiplyTransposed(xt as never, yt as never);
  multiplyReference(matrix, vectors.arithmetic, vectors, x, z, expected.events);
  multiplyTransposedReference(matrix, vectors.arithmetic, vectors, xt, zt, expected.events);

  expectSameBits(y, z);
  expectSameBits(yt, zt);
  expect(engine).toEqual(expected);

  operator.multiplyNormal?.(x as never, y as never, yt as never);
  multiplyReference(matrix, vectors.arithmetic, vectors, x, z, expected.events);
  multiplyTransposedReference(matrix, vectors.arithmetic, vectors, z, zt, expected.events);

  expectSameBits(y, z);
  expectSameBits(yt, zt);
  expect([operator.multiplyNormal === undefined, engine]).toEqual([false, expected]);
}

const sizes = Array.from({ length: 81 }, (_, k) => ({ r: Math.floor(k / 9) + 1, c: (k % 9) + 1 }));
const fewSizes = sizes.filter(({ r, c }) => ["1 1", "2 3", "3 3", "4 2", "5 7", "6 6"].includes(`${r} ${c}`));
const stored = [
  { name: "fp64", M: fp64 as AnyPrecision, vectors: wide as OperationFormat },
  { name: "fp32", M: fp32 as AnyPrecision, vectors: single as OperationFormat },
  { name: "fp16", M: fp16 as AnyPrecision, vectors: single as OperationFormat },
  { name: "bf16", M: bf16 as AnyPrecision, vectors: single as OperationFormat },
];
const storedOtherwise = [
  { name: "e4m3 on fp32", M: e4m3 as AnyPrecision, vectors: single as OperationFormat },
  { name: "fp12 on fp32", M: fp12 as AnyPrecision, vectors: single as OperationFormat },
  { name: "fp32 on fp64", M: fp32 as AnyPrecision, vectors: wide as OperationFormat },
  { name: "fp16 on fp64", M: fp16 as AnyPrecision, vectors: wide as OperationFormat },
  { name: "e4m3 on fp64", M: e4m3 as AnyPrecision, vectors: wide as OperationFormat },
];
const rounded = [
  [fp16, fp16],
  [bf16, bf16],
  [e4m3, e4m3],
  [e5m2, e5m2],
  [fp12, fp12],
  [saturating, saturating],
  [fp32, fp16],
  [fp16, bf16],
  [bf16, fp12],
].map(([M, P]) => ({ name: `${M.name} on ${P.name}/${P.name}`, M, vectors: operationFormat<AnyPrecision>(P, P) as OperationFormat }));

test("multiplies a 4 x 4 matrix", () => {
  // [ 1 2 . . ]
  // [ 3 4 . . ]
  // [ 5 6 1 0 ]
  // [ 7 8 0 1 ]
  const pattern = bsrPattern({ blockRows: 2, blockCols: 2, r: 2, c: 2, rowPtr: Int32Array.of(0, 1, 3), colIdx: Int32Array.of(0, 0, 1) });
  const space = spaceIn(1000, single);
  const A = bsrOperator(bsrMatrix(pattern, fp16, pack(fp16, [1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 1])), space);
  const [x, y, z] = [space.zeros(4), space.zeros(4), space.zeros(4)];
  x.set([1, 10, 100, 1000]);

  A.multiply(x as never, y as never);
  A.multiplyTransposed(x as never, z as never);

  expect([...y]).toEqual([21, 43, 165, 1087]);
  expect([...z]).toEqual([7531, 8642, 100, 1000]);
});

describe.each([
  ...stored.map((formats) => ({ ...formats, blocks: sizes, numRuns: 25 })),
  ...[...storedOtherwise, ...rounded].map((formats) => ({ ...formats, blocks: fewSizes, numRuns: 6 })),
])("the engine's products of $name have the reference's bits and events", ({ M, vectors, blocks, numRuns }) => {
  test.each(blocks)("in blocks $r x $c", ({ r, c }) => {
    expectReference(randomMatrix(M, randomPattern(9, 8, r, c), "numbers near 1"), vectors, "numbers near 1");
    expectReference(randomMatrix(M, randomPattern(9, 8, r, c, 3), "edge cases"), vectors, "edge cases");
  });

  test.each(Object.keys(families) as Family[])("on %s, with as many blocks in all rows or not", (family) => {
    fc.assert(
      fc.property(
        fc.record({ r: fc.constantFrom(1, 2, 3, 6), c: fc.constantFrom(1, 2, 3, 6, 9) }),
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 9 }),
        fc.boolean(),
        fc.nat(),
        ({ r, c }, counts, alike, seed) => {
          expectReference(randomMatrix(M, patternOf(alike ? counts.map(() => counts[0]) : counts, r, c), family), vectors, family, seed);
        },
      ),
      { numRuns },
    );
  });

  test.each([1, 2, 3])("with %i blocks in most rows", (most) => {
    const counts = Array.from({ length: 19 }, (_, i) => (i % 8 === 5 ? i % 3 : most));

    for (const { r, c } of fewSizes) {
      expectReference(randomMatrix(M, patternOf(counts, r, c), "numbers near 1"), vectors, "numbers near 1");
    }
  });

  test.each([
    [0, 5],
    [4, 0],
    [0, 0],
    [1, 1],
  ])("for %i x %i blocks", (blockRows, blockCols) => {
    expectReference(randomMatrix(M, randomPattern(blockRows, blockCols, 2, 3)), vectors, "few bits");
  });
});

describe("every code", () => {
  test.each(stored.filter(({ M }) => M.Storage === (Uint16Array as unknown)))("of $name is decoded", ({ M, vectors }) => {
    const matrix = bsrMatrix(
      patternOf(Array<number>(8192).fill(1), 8, 1),
      M,
      Uint16Array.from({ length: 65536 }, (_, code) => code) as never,
    );
    const space = spaceIn(2 ** 20, vectors);
    const y = space.zeros(65536);

    bsrOperator(matrix, space).multiply(space.zeros(4).fill(1) as never, y as never);

    expectSameBits(
      y,
      Float32Array.from({ length: 65536 }, (_, code) => 0 + M.load(matrix.values as Storage, code)),
    );
  });

  test("of fp16 below 64 is decoded where no other is there", () => {
    const codes = Uint16Array.from({ length: 2 * 0x5400 }, (_, k) => (k < 0x5400 ? k : k - 0x5400 + 0x8000));
    const matrix = bsrMatrix(patternOf(Array<number>(codes.length / 8).fill(1), 8, 1), fp16, codes as never);
    const space = spaceIn(2 ** 20, single);
    const y = space.zeros(codes.length);

    bsrOperator(matrix, space).multiply(space.zeros(4).fill(1) as never, y as never);

    expectSameBits(
      y,
      Float32Array.from(codes, (_, k) => 0 + fp16.load(codes, k)),
    );
  });
});

describe("fp16 below 64", () => {
  test("is multiplied by numbers of any size", () => {
    const matrix = randomMatrix(fp16, randomPattern(30, 8, 6, 6), "numbers near 1");

    for (let seed = 0; seed < 5; seed++) expectReference(matrix, single, "numbers of any size", seed);
  });

  test("has the reference's products over more rows than one call of a kernel takes", () => {
    expectReference(randomMatrix(fp16, randomPattern(5000, 5, 1, 2), "numbers near 1"), single, "numbers near 1");
  });
});

test("takes exactly the bytes told, to the arena's end, and no more when values change", () => {
  const matrix = randomMatrix(fp16, randomPattern(40, 200, 3, 3));
  const arena = new Arena(2 * 65536);
  const bytes = packedBytes(matrix.pattern, fp16);
  const space = arenaSpace(arena, single, newCounters());
  const [x, y] = [space.zeros(600).fill(1), space.zeros(120)];
  arena.view(Uint16Array, (arena.capacity - arena.mark() - bytes) / 2);

  const packed = packBsr(matrix, arena);
  const operator = bsrOperator(packed, space);
  operator.multiply(x, y);
  const before = [...y];
  packed.replaceValues(bsrMatrix(matrix.pattern, fp16, pack(fp16, Array<number>(matrix.values.length).fill(100))));
  operator.multiply(x, y);

  expect(arena.mark()).toBe(arena.capacity);
  expect(before[0]).toBeLessThan(100);
  expect(y[0]).toBe(300 * matrix.pattern.rowPtr[1]);
});

test.each([
  { P: fp64, r: 2, c: 3 },
  { P: fp32, r: 2, c: 3 },
  { P: fp16, r: 1, c: 5 },
  { P: fp16, r: 6, c: 6 },
  { P: bf16, r: 2, c: 6 },
  { P: bf16, r: 1, c: 9 },
  { P: e4m3, r: 1, c: 1 },
  { P: e4m3, r: 3, c: 9 },
])("reads nothing beyond the arena's end: $P.name in $r x $c", ({ P, r, c }) => {
  const matrix = randomMatrix(P as AnyPrecision, randomPattern(40, 20, r, c));
  const vectors = (P === fp64 ? wide : single) as OperationFormat<FP64 | FP32>;
  const arena = new Arena(65536);
  const space = arenaSpace(arena, vectors, newCounters());
  const [x, y] = [space.zeros(20 * c), space.zeros(40 * r)];
  const left = arena.capacity - arena.mark();
  arena.view(Uint16Array, (left - packedBytes(matrix.pattern, P)) / 2);
  const operator = bsrOperator(packBsr(matrix, arena), space);

  operator.multiply(x, y);
  operator.multiplyTransposed(y, x);

  expect(arena.mark()).toBe(arena.capacity);
});

test("refuses what it cannot run, and says why", () => {
  const matrix = randomMatrix(fp16, randomPattern(3, 4, 2, 3));
  const [space, other] = [spaceIn(1000, single), spaceIn(1000, single)];
  const packed = packBsr(matrix, space.arena);
  const [x, y] = [space.zeros(12), space.zeros(6)];

  expect(() => bsrOperator(packed, other)).toThrow('bsrOperator: space is "another", expected one of the pack\'s arena');
  expect(() => bsrOperator(packed, space, { arithmetic: fp16 })).toThrow(
    'bsrOperator: arithmetic is "fp16 on fp32", expected that of the vectors',
  );
  expect(() => bsrOperator(packed, space).multiply(other.zeros(12) as never, y as never)).toThrow('multiply: x.buffer is "another"');
  expect(() => bsrOperator(packed, space).multiply(x as never, other.zeros(6) as never)).toThrow('multiply: y.buffer is "another"');
  expect(() => bsrOperator(packed, space).multiply(y as never, y as never)).toThrow("multiply: x has length 6, expected 12");
  expect(() => packBsr(randomMatrix(fp16, randomPattern(3, 4, 2, 10)), space.arena)).toThrow(
    'packBsr: matrix is "of 2 x 10 in fp16", expected blocks up to 9 x 9 in fp64 or a format with lanes',
  );
  expect(() => packed.replaceValues(randomMatrix(fp16, randomPattern(3, 4, 2, 3)))).toThrow(
    'replaceValues: pattern is "another", expected the packed one',
  );
  expect(() => packed.replaceValues(bsrMatrix(matrix.pattern, bf16) as never)).toThrow('replaceValues: format is "bf16", expected fp16');
});

test("leaves other arithmetics and larger blocks to the plain loops", () => {
  const space = spaceIn(2000, single);
  const matrix = randomMatrix(fp32, randomPattern(2, 3, 1, 10));
  const [x, y] = [space.zeros(30).fill(1), space.zeros(2)];
  const used = space.arena.mark();

  bsrOperator(matrix, space).multiply(x as never, y as never);
  bsrOperator(randomMatrix(fp16, randomPattern(2, 10, 1, 3)), space, { arithmetic: fp16 }).multiply(x as never, y as never);

  expect(space.arena.mark()).toBe(used);
});

/** counts[i] blocks in block row i, at ascending columns of 4. */
function patternOf(counts: readonly number[], r: number, c: number): ReturnType<typeof bsrPattern> {
  const rowPtr = Int32Array.from([0, ...counts]);
  for (let i = 0; i < counts.length; i++) rowPtr[i + 1] += rowPtr[i];
  const colIdx = Int32Array.from(counts.flatMap((count, i) => Array.from({ length: count }, (_, k) => k + (i % 2))));
  return bsrPattern({ blockRows: counts.length, blockCols: 4, r, c, rowPtr, colIdx });
}
