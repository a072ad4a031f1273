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
  operationFormat,
  type RoundingEvents,
  type Storage,
} from "@slam/float";
import {
  type BsrMatrix,
  type BsrPattern,
  bsrMatrix,
  bsrOperator,
  bsrPattern,
  columnSquares,
  packBsr,
  packedBsr,
  packedPatternBytes,
  packedValuesBytes,
  packPattern,
  ScaledBsr,
  StagedBsr,
  scaleColumns,
  scaledBsrBytes,
  stagedBsrBytes,
} from "@slam/sparse";
import { expectSameBits } from "@slam/testing";
import { Arena, arenaSpace } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawn, families, fp12, newCounters, randomMatrix, randomPattern } from "./matrices.ts";

type Family = keyof typeof families;

const saturating = defineFloat({ name: "saturating", exponentBits: 3, significandBits: 4, saturate: true });
const targets: readonly AnyPrecision[] = [fp64, fp32, fp16, bf16, e4m3, e5m2, fp12, saturating];

/** A diag(scale), packed in the arena, has the values and the events of `scaleColumns`. */
function expectScaled(A: BsrMatrix<AnyPrecision>, scale: Float64Array, to: AnyPrecision): void {
  const { pattern } = A;
  const arena = new Arena(2 ** 19);
  const source = packBsr(A, arena);
  const packed = packedBsr(source.structure, to);
  const s = arena.view(Float64Array, scale.length);
  s.set(scale);
  const [engine, expected] = [newCounters(), newCounters()];

  packed.replaceScaled(source, s, engine.events);

  const scaled = scaleColumns(A, scale, to, expected.events);
  expect(engine.events).toEqual(expected.events);
  if (to === fp64 || to === fp32) expectSameBits(packed.values as Storage, scaled.values as Storage);
  expectSameBits(columns(packed, pattern, arena), columns(packBsr(scaled, arena), pattern, arena));
  if (A.format === fp64 || A.format === fp32) expectStaged(A, scale, to, columns(packed, pattern, arena), expected.events);
}

/** So has one whose source is not in the arena. */
function expectStaged(
  A: BsrMatrix<AnyPrecision>,
  scale: Float64Array,
  to: AnyPrecision,
  values: Float64Array,
  events: RoundingEvents,
): void {
  const { pattern, format } = A;
  const source = format as FP64 | FP32;
  const arena = new Arena(packedPatternBytes(pattern) + stagedBsrBytes(pattern, source, [to]) + 2 ** 17);
  const staged = newCounters();
  const scaled = new StagedBsr(packPattern(pattern, arena), source, [to], staged.events);
  scaled.load(A);
  scaled.scale(scale);

  const packed = scaled.in(to);

  expect(staged.events).toEqual(events);
  expectSameBits(columns(packed, pattern, arena), values);
}

/** All entries, as A times vectors with a one in each block column: where a pattern has one block in each row, these are its values. */
function columns(A: Parameters<typeof bsrOperator>[0], { blockRows, blockCols, r, c }: BsrPattern, arena: Arena): Float64Array {
  const space = arenaSpace(arena, operationFormat(fp64), newCounters());
  const operator = bsrOperator(A, space);
  const [x, y] = [space.zeros(blockCols * c), space.zeros(blockRows * r)];
  return Float64Array.from(
    Array.from({ length: c }, (_, j) => {
      x.forEach((_, i) => {
        x[i] = i % c === j ? 1 : 0;
      });
      operator.multiply(x, y);
      return [...y];
    }).flat(),
  );
}

/** One block in each row. */
function oneEach(rows: number, r: number, c: number): BsrPattern {
  const colIdx = Int32Array.from({ length: rows }, (_, i) => (i * 3) % 5);
  return bsrPattern({ blockRows: rows, blockCols: 5, r, c, rowPtr: Int32Array.from({ length: rows + 1 }, (_, i) => i), colIdx });
}

function scalesOf(n: number, kind: "powers" | "any", seed: number): Float64Array {
  const exponent = fc.integer({ min: -40, max: 12 });
  const scale = kind === "powers" ? exponent.map((k) => 2 ** k) : families["edge cases"](fp64);
  return Float64Array.from(n === 0 ? [] : fc.sample(scale, { numRuns: n, seed }));
}

test("scales [1 2; 3 4] by [2, 10]", () => {
  const pattern = bsrPattern({ blockRows: 1, blockCols: 1, r: 2, c: 2, rowPtr: Int32Array.of(0, 1), colIdx: Int32Array.of(0) });
  const arena = new Arena(1000);
  const source = packBsr(bsrMatrix(pattern, fp64, Float64Array.of(1, 2, 3, 4)), arena);
  const packed = packedBsr(source.structure, fp32);
  const [scale, squares] = [0, 1].map(() => arena.view(Float64Array, 2));
  scale.set([2, 10]);

  packed.replaceScaled(source, scale, newCounters().events);
  packed.columnSquares(squares);

  expect(packed.values).toEqual(Float32Array.of(2, 20, 6, 40));
  expect(squares).toEqual(Float64Array.of(40, 2000));
});

describe.each([fp64 as AnyPrecision, fp32])("from $name", (from) => {
  describe.each(targets)("to $name the values and the events are scaleColumns'", (to) => {
    test.each([
      [1, 1],
      [2, 3],
      [6, 6],
      [5, 7],
    ])("in blocks %i x %i", (r, c) => {
      for (const family of Object.keys(families) as Family[]) {
        fc.assert(
          fc.property(fc.nat(), fc.constantFrom("powers" as const, "any" as const), fc.integer({ min: 0, max: 9 }), (seed, kind, rows) => {
            const pattern = oneEach(rows, r, c);
            const A = bsrMatrix(pattern, from, drawn(from, family, rows * r * c, seed));
            expectScaled(A, scalesOf(5 * c, kind, seed), to);
          }),
          { numRuns: 3 },
        );
      }
    });

    test("where the range of the format ends", () => {
      const { overflowThreshold: high, minSubnormal: low, maxFinite, minNormal } = to;
      const ends = [high, maxFinite, 64, 63.984375, 63.96875, minNormal, low, low / 2, 1.5 * low, (low / 2) * (1 + 2 ** -20), 1 + 2 ** -12];
      const values = ends.flatMap((x) => [x, -x, x * (1 - 2 ** -50), x * (1 + 2 ** -50)]);
      const pattern = oneEach(values.length, 1, 1);

      expectScaled(bsrMatrix(pattern, from, drawnNumbers(from, values)), new Float64Array(5).fill(1), to);
      for (const value of values) {
        expectScaled(bsrMatrix(oneEach(1, 1, 1), from, drawnNumbers(from, [value])), new Float64Array(5).fill(1), to);
      }
    });

    test("of two blocks in a row, and of an empty matrix", () => {
      const A = randomMatrix(from, randomPattern(9, 8, 3, 3), "numbers near 1");

      expectScaled(A, scalesOf(24, "powers", 1), to);
      expectScaled(randomMatrix(from, oneEach(5000, 1, 1)), scalesOf(5, "powers", 1), to);
      expectScaled(randomMatrix(from, randomPattern(3, 0, 2, 3)), new Float64Array(0), to);
    });
  });

  test.each(Object.keys(families) as Family[])("columnSquares has the plain loop's bits on %s", (family) => {
    for (const [r, c] of [
      [1, 1],
      [2, 3],
      [6, 6],
      [3, 7],
    ]) {
      const A = randomMatrix(from, randomPattern(r === 1 ? 5000 : 60, 8, r, c), family);
      const arena = new Arena(2 ** 22);
      const squares = arena.view(Float64Array, 8 * c).fill(NaN);

      packBsr(A, arena).columnSquares(squares);

      expectSameBits(squares, columnSquares(A));
    }
  });
});

test("rounds once, where rounding to fp32 first would round twice", () => {
  // 1 + 2^-11 + 2^-40: to nearest in fp16 it is 1 + 2^-10; fp32 has 1 + 2^-11, a tie, which goes to 1.
  const A = bsrMatrix(oneEach(1, 1, 1), fp64, Float64Array.of(1 + 2 ** -11 + 2 ** -40));

  expectScaled(A, new Float64Array(5).fill(1), fp16);
  expect(scaleColumns(A, new Float64Array(5).fill(1), fp16, newCounters().events).values[0]).toBe(0x3c01);
});

test("takes the bytes told", () => {
  const pattern = randomPattern(9, 8, 2, 3);
  const arena = new Arena(65536);

  const structure = packPattern(pattern, arena);
  const bytes = arena.mark();
  packedBsr(structure, fp16);

  expect(bytes).toBe(packedPatternBytes(pattern));
  expect(arena.mark() - bytes).toBe(packedValuesBytes(pattern, fp16));
});

test.each([fp64, fp32])("%o in place is what it is elsewhere", (P) => {
  for (const [r, c] of [
    [2, 9],
    [2, 3],
    [3, 3],
    [1, 1],
  ] as const) {
    const A = randomMatrix(P, randomPattern(40, 7, r, c));
    const arena = new Arena(2 ** 16);
    const packed = packBsr(A, arena);
    const s = arena.view(Float64Array, 7 * c);
    s.forEach((_, j) => {
      s[j] = 2 ** ((j % 5) - 2) / 3;
    });

    packed.replaceScaled(packed, s, newCounters().events);

    expectSameBits(packed.values as Storage, scaleColumns(A, s.slice(), P, newCounters().events).values as Storage);
  }
});

test("refuses what does not fit", () => {
  const arena = new Arena(65536);
  const source = packBsr(randomMatrix(fp64, randomPattern(3, 4, 2, 3)), arena);
  const other = packBsr(randomMatrix(fp64, randomPattern(3, 4, 2, 3)), arena);
  const packed = packedBsr(source.structure, fp16);
  const { events } = newCounters();

  expect(() => packed.values).toThrow('values: format is "fp16", expected fp64 or fp32');
  expect(() => packed.replaceScaled(other, arena.view(Float64Array, 12), events)).toThrow("replaceScaled: source");
  const narrow = packedBsr(source.structure, bf16);
  expect(() => narrow.replaceScaled(narrow, arena.view(Float64Array, 12), events)).toThrow("replaceScaled: source");
  expect(() => packed.replaceScaled(source, arena.view(Float64Array, 11), events)).toThrow(
    "replaceScaled: scale has length 11, expected 12",
  );
  expect(() => packed.replaceScaled(source, new Float64Array(12), events)).toThrow("replaceScaled: scale.buffer");
  expect(() => packed.columnSquares(new Float64Array(12))).toThrow("columnSquares: squares.buffer");
  expect(() => packedBsr(packPattern(randomPattern(3, 4, 2, 10), arena), fp64)).toThrow("packedBsr: matrix");
});

function drawnNumbers(P: AnyPrecision, values: readonly number[]): never {
  return new P.Storage(values.length).map((_, i) => values[i]) as never;
}

test("ScaledBsr has the last A and s in each format, and counts each once, when it is asked for", () => {
  const pattern = bsrPattern({ blockRows: 2, blockCols: 1, r: 1, c: 2, rowPtr: Int32Array.of(0, 1, 2), colIdx: Int32Array.of(0, 0) });
  const formats = [fp32, fp16];
  const arena = new Arena(packedPatternBytes(pattern) + scaledBsrBytes(pattern, fp64, formats));
  const { events } = newCounters();
  const scaled = new ScaledBsr(packPattern(pattern, arena), fp64, formats, events);
  scaled.load(bsrMatrix<AnyPrecision>(pattern, fp64, Float64Array.of(1, 2, 3, 1e5)));
  scaled.scale(Float64Array.of(2, 1));

  expect(scaled.in(fp32).values).toEqual(Float32Array.of(2, 2, 6, 1e5));
  expect(events.overflows).toBe(0);
  expect(scaled.in(fp16)).toBe(scaled.in(fp16));
  expect(events.overflows).toBe(1);

  scaled.scale(Float64Array.of(1, 0.5));
  expect(scaled.in(fp32).values).toEqual(Float32Array.of(1, 1, 3, 5e4));
  scaled.load(bsrMatrix<AnyPrecision>(pattern, fp64, Float64Array.of(5, 6, 7, 8)));
  expect(scaled.in(fp32).values).toEqual(Float32Array.of(5, 3, 7, 4));
  scaled.in(fp16);
  expect(events).toMatchObject({ overflows: 1, flushed: 0 });
});

test("StagedBsr has the last A and s in each format, with the values that A has when it is first asked for", () => {
  // More rows than are copied at once.
  const rows = 2500;
  const rowPtr = Int32Array.from({ length: rows + 1 }, (_, row) => row);
  const colIdx = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const pattern = bsrPattern({ blockRows: rows, blockCols: 2, r: 1, c: 2, rowPtr, colIdx });
  const formats = [fp64, fp16];
  const arena = new Arena(packedPatternBytes(pattern) + stagedBsrBytes(pattern, fp32, formats));
  const { events } = newCounters();
  const scaled = new StagedBsr(packPattern(pattern, arena), fp32, formats, events);
  const values = Float32Array.from({ length: 2 * rows }, (_, k) => k);
  const S = [2, 0.5, 4, 1];
  const expected = (): Float64Array => Float64Array.from(values, (value, k) => value * S[k % 4]);
  scaled.load(bsrMatrix<AnyPrecision>(pattern, fp32, values));
  scaled.scale(Float64Array.from(S));

  expect(scaled.in(fp64).values).toEqual(expected());
  expect(scaled.in(fp16)).toBe(scaled.in(fp16));

  const before = expected();
  values.fill(3);
  expect(scaled.in(fp64).values).toEqual(before);
  scaled.load(bsrMatrix<AnyPrecision>(pattern, fp32, values));
  expect(scaled.in(fp64).values).toEqual(expected());
  S[1] = 8;
  scaled.scale(Float64Array.from(S));
  expect(scaled.in(fp64).values).toEqual(expected());
  expect(events).toMatchObject({ overflows: 0, flushed: 0 });
});

test("a staged source is refused that does not fit", () => {
  const A = randomMatrix(fp64, randomPattern(3, 4, 2, 3));
  const arena = new Arena(65536);
  const packed = packedBsr(packPattern(A.pattern, arena), fp16);
  const { events } = newCounters();
  const scale = arena.view(fp64, 12);
  const staged = arena.view(fp64, A.values.length + 7);

  packed.replaceScaledCopy(A, staged, scale, events);
  const other = randomMatrix(fp64, randomPattern(3, 4, 2, 3));
  expect(() => packed.replaceScaledCopy(other, staged, scale, events)).toThrow("replaceScaledCopy: A");
  const narrow = bsrMatrix<AnyPrecision>(A.pattern, bf16, new Uint16Array(A.values.length) as never);
  expect(() => packed.replaceScaledCopy(narrow, staged, scale, events)).toThrow("replaceScaledCopy: A");
  expect(() => packed.replaceScaledCopy(A, staged.subarray(1), scale, events)).toThrow("replaceScaledCopy: staged has length");
  expect(() => packed.replaceScaledCopy(A, new Float64Array(staged.length), scale, events)).toThrow("replaceScaledCopy: staged.buffer");
});
