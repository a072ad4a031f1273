import { type AnyPrecision, defineFloat, type OperationFormat, type Precision, pack, type Storage, type Vec } from "@slam/float";
import { type SpaceCounters, Work } from "@slam/linop";
import { type BsrMatrix, type BsrPattern, bsrMatrix, bsrPattern, valueCount } from "@slam/sparse";
import fc from "fast-check";
import { lehmer } from "./elimination-oracle.ts";

/** A format of the user's own, of 12 bits. */
export const fp12: Precision<"fp12", Uint16Array> = defineFloat({ name: "fp12", exponentBits: 5, significandBits: 7 });

export const blockSizes = [
  { r: 1, c: 1 },
  { r: 2, c: 3 },
  { r: 3, c: 3 },
  { r: 6, c: 6 },
  { r: 6, c: 7 },
] as const;

export function newCounters(): SpaceCounters {
  return { events: { overflows: 0, flushed: 0 }, work: new Work() };
}

/** About a third of the blocks; block row 1 and block column 2 are empty. */
export function randomPattern(blockRows: number, blockCols: number, r: number, c: number, seed = 1): BsrPattern {
  const random = lehmer(seed);
  const rows = Array.from({ length: blockRows }, (_, i) =>
    Array.from({ length: blockCols }, (_, j) => j).filter((j) => random() < 1 / 3 && i !== 1 && j !== 2),
  );
  const rowPtr = new Int32Array(blockRows + 1);
  for (let i = 0; i < blockRows; i++) rowPtr[i + 1] = rowPtr[i] + rows[i].length;
  return bsrPattern({ blockRows, blockCols, r, c, rowPtr, colIdx: Int32Array.from(rows.flat()) });
}

/** Uniform in [-2, 2], all bits in use; `fc.double` draws small numbers as often as large ones. */
const uniform = fc.integer({ min: -(2 ** 30), max: 2 ** 30 }).map((k) => k / 2 ** 29);

/** Numbers to fill a matrix or vector with: k / 8, whose products and sums are exact in most formats; any; the ends of what P holds. */
export const families = {
  "few bits": () => fc.integer({ min: -16, max: 16 }).map((k) => k / 8),
  "numbers of any size": () => fc.double({ noNaN: true, noDefaultInfinity: true }),
  "numbers near 1": () => uniform,
  "edge cases": ({ minSubnormal, minNormal, maxFinite }: AnyPrecision) =>
    fc.oneof(
      { weight: 8, arbitrary: uniform },
      fc.constantFrom(0, -0, minSubnormal, -minSubnormal, minNormal, maxFinite, -maxFinite, Infinity, -Infinity, NaN),
    ),
} satisfies { readonly [name: string]: (P: AnyPrecision) => fc.Arbitrary<number> };

/** n drawn numbers in P, the same for the same seed. */
export function drawn<P extends AnyPrecision>(P: P, family: keyof typeof families, n: number, seed = 1): Vec<P> {
  return pack(P, n === 0 ? [] : fc.sample(families[family](P), { numRuns: n, seed }));
}

export function randomMatrix<P extends AnyPrecision>(P: P, pattern: BsrPattern, family: keyof typeof families = "few bits"): BsrMatrix<P> {
  return bsrMatrix(pattern, P, drawn(P, family, valueCount(pattern)));
}

/** Rows of the matrix as plain numbers. */
export function denseRows({ pattern, format, values }: BsrMatrix<AnyPrecision>): Float64Array[] {
  const { blockRows, blockCols, r, c, rowPtr, colIdx } = pattern;
  const rows = Array.from({ length: blockRows * r }, () => new Float64Array(blockCols * c));
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      for (let v = 0; v < r * c; v++) {
        rows[i * r + Math.floor(v / c)][colIdx[k] * c + (v % c)] = format.load(values as Storage, k * r * c + v);
      }
    }
  }
  return rows;
}

/** A matrix's format and that of the vectors. */
export interface Formats {
  readonly name: string;
  readonly M: AnyPrecision;
  readonly vectors: OperationFormat;
}

export function formats(M: AnyPrecision, vectors: OperationFormat): Formats {
  return { name: `${M.name} on ${vectors.name}`, M, vectors };
}
