import { type AnyPrecision, type Storage, zeros } from "@slam/float";
import { referenceKernels } from "./factor.reference.ts";
import type { ColumnPattern } from "./supernodes.ts";
import type { CholeskySymbolic } from "./symbolic.ts";

/** What a column keeps besides its diagonal. */
export interface DropRule {
  /** A block is dropped where its Frobenius norm is below this times that of A's column, on and below the diagonal. */
  readonly dropTolerance: number;
  /** Of those left, the largest so many are kept; of equal ones the upper. */
  readonly maxPerColumn: number;
}

/** L as far as it is kept. */
export interface ThresholdColumns {
  readonly L: ColumnPattern;
  readonly values: Storage;
  /** Products L_ik L_jk' subtracted. */
  readonly blockUpdates: number;
}

/** The first pivot that was not positive, in a scalar row in the order of elimination. */
export interface ThresholdBreakdown {
  readonly row: number;
  readonly pivot: number;
  readonly blockUpdates: number;
}

/**
 * Left-looking by block columns: column j is A's, updated by the columns before it in ascending order, dropped by the rule, and only then solved with
 * its diagonal block. With nothing dropped the bits are those of the complete factor.
 *
 * @param symbolic without fill.
 * @param A the blocks of P A P', each by columns, at symbolic.L.
 */
export function thresholdColumns(
  symbolic: CholeskySymbolic,
  P: AnyPrecision,
  A: Storage,
  rule: DropRule,
): ThresholdColumns | ThresholdBreakdown {
  const { n, b, L: start } = symbolic;
  const size = b * b;
  const kernels = referenceKernels(P, b);
  const floors = new Float64Array(b);
  const L = new GrowingColumns(n, P, size, start.rowIdx.length);
  // where[i]: the position of row i in the column at hand, -1 where it has none.
  const where = new Int32Array(n).fill(-1);
  let blockUpdates = 0;
  for (let j = 0; j < n; j++) {
    const begin = L.colPtr[j];
    for (let e = start.colPtr[j]; e < start.colPtr[j + 1]; e++) {
      where[start.rowIdx[e]] = L.append(start.rowIdx[e]);
      L.values.set(A.subarray(e * size, (e + 1) * size) as never, L.end * size - size);
    }
    const limit = rule.dropTolerance * frobenius(P, L.values, begin * size, L.end * size);
    // L_ij <- A_ij - sum over k < j of L_ik L_jk'
    for (let jk = L.firstInRow[j]; jk >= 0; jk = L.nextInRow[jk]) {
      for (let ik = jk; ik < L.colPtr[L.columnOf[jk] + 1]; ik++) {
        const i = L.rowIdx[ik];
        if (where[i] < 0) where[i] = L.append(i);
        kernels.update(L.values, where[i] * size, ik * size, jk * size);
        blockUpdates++;
      }
    }
    for (let e = begin; e < L.end; e++) where[L.rowIdx[e]] = -1;
    const bad = kernels.cholesky(L.values, begin * size, floors, 0);
    if (bad >= 0) return { row: j * b + bad, pivot: P.load(L.values, begin * size + bad * (b + 1)), blockUpdates };
    L.close(j, kept(P, L, begin, size, limit, rule.maxPerColumn));
    for (let e = begin + 1; e < L.end; e++) kernels.solve(L.values, e * size, begin * size);
  }
  return { ...L.finished(), blockUpdates };
}

/** Positions below the diagonal that stay, by ascending row. */
function kept(P: AnyPrecision, L: GrowingColumns, begin: number, size: number, limit: number, most: number): number[] {
  const large: { readonly position: number; readonly norm: number }[] = [];
  for (let position = begin + 1; position < L.end; position++) {
    const norm = frobenius(P, L.values, position * size, (position + 1) * size);
    // One that is no number counts as infinite.
    if (!(norm < limit)) large.push({ position, norm: norm >= 0 ? norm : Infinity });
  }
  // Of two infinite norms the difference is no number, and the rows decide as well.
  if (large.length > most) large.sort((e, f) => f.norm - e.norm || L.rowIdx[e.position] - L.rowIdx[f.position]).length = most;
  return large.map(({ position }) => position).sort((e, f) => L.rowIdx[e] - L.rowIdx[f]);
}

function frobenius(P: AnyPrecision, x: Storage, from: number, to: number): number {
  let sum = 0;
  // Not x ** 2: the language leaves the accuracy of powers open.
  for (let i = from; i < to; i++) sum += P.load(x, i) * P.load(x, i);
  return Math.sqrt(sum);
}

/** A lower triangle of blocks that is made column by column, and can be read by rows. */
class GrowingColumns {
  readonly colPtr: Int32Array;
  rowIdx: Int32Array;
  values: Storage;
  /** By rows: the first block left of the diagonal, -1 without; from each block to the next, columns ascending. */
  readonly firstInRow: Int32Array;
  nextInRow: Int32Array;
  columnOf: Int32Array;
  /** Blocks so far. */
  end = 0;
  readonly #lastInRow: Int32Array;
  readonly #P: AnyPrecision;
  readonly #size: number;

  constructor(n: number, P: AnyPrecision, size: number, capacity: number) {
    this.colPtr = new Int32Array(n + 1);
    this.rowIdx = new Int32Array(capacity);
    this.nextInRow = new Int32Array(capacity);
    this.columnOf = new Int32Array(capacity);
    this.values = zeros(P, capacity * size) as Storage;
    this.firstInRow = new Int32Array(n).fill(-1);
    this.#lastInRow = new Int32Array(n);
    this.#P = P;
    this.#size = size;
  }

  /** A block of zeros in the column at hand; returns its position. */
  append(row: number): number {
    if (this.end === this.rowIdx.length) this.#grow();
    this.rowIdx[this.end] = row;
    this.values.fill(0, this.end * this.#size, (this.end + 1) * this.#size);
    return this.end++;
  }

  /** Ends column j with its diagonal and the blocks at these positions. */
  close(j: number, positions: readonly number[]): void {
    const size = this.#size;
    const rows = positions.map((e) => this.rowIdx[e]);
    const blocks = positions.map((e) => this.values.slice(e * size, (e + 1) * size));
    this.end = this.colPtr[j] + 1;
    rows.forEach((row, k) => {
      const e = this.end++;
      this.rowIdx[e] = row;
      this.values.set(blocks[k] as never, e * size);
      this.columnOf[e] = j;
      this.nextInRow[e] = -1;
      if (this.firstInRow[row] < 0) this.firstInRow[row] = e;
      else this.nextInRow[this.#lastInRow[row]] = e;
      this.#lastInRow[row] = e;
    });
    this.colPtr[j + 1] = this.end;
  }

  finished(): Pick<ThresholdColumns, "L" | "values"> {
    return { L: { colPtr: this.colPtr, rowIdx: this.rowIdx.slice(0, this.end) }, values: this.values.slice(0, this.end * this.#size) };
  }

  #grow(): void {
    const capacity = 2 * this.end + 8;
    const longer = (array: Int32Array): Int32Array => {
      const copy = new Int32Array(capacity);
      copy.set(array);
      return copy;
    };
    [this.rowIdx, this.nextInRow, this.columnOf] = [longer(this.rowIdx), longer(this.nextInRow), longer(this.columnOf)];
    const values = zeros(this.#P, capacity * this.#size) as Storage;
    values.set(this.values as never);
    this.values = values;
  }
}
