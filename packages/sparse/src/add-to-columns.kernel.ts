import { type Expr, type FunctionBuilder, i32, type Local } from "@slam/wasm";
import type { BsrParameters } from "./bsr-parameters.ts";
import type { Segment } from "./segments.kernel.ts";
import type { StoredLanes } from "./stored-lanes.kernel.ts";

type Address = Local<"i32">;

/** A value's term, from the values v_aj in lanes. */
type Term = (values: Expr<"v128">, a: number) => Expr<"v128">;

/**
 * y_j <- y_j + term(v_aj), by ascending row. Lanes are columns: a block's y_j are read, take the terms of a = 0 ... r - 1 in this order, and are
 * written back. Two blocks of a row are computed together where they fill the lanes that one leaves empty.
 *
 * @param termOf called once for the code of a block row; gives the terms of its blocks.
 */
export function addToColumns(
  f: FunctionBuilder<"void">,
  { rowPtr, colIdx, values, blockRows, y }: Omit<BsrParameters, "x">,
  r: number,
  c: number,
  stored: StoredLanes,
  termOf: () => Term,
): void {
  const { vectors, bytes } = stored;
  const { lanes, bytes: elementBytes } = vectors;
  const together = c % lanes !== 0 && (2 * c) % lanes === 0 ? 2 : 1;
  const first = f.let(i32.load(rowPtr));
  const v = f.let(i32.add(values, i32.mul(first, r * c * bytes)));

  /** The blocks of the columns at `at`, all of one block row. */
  function addBlocks(at: Address, count: number, term: Term): void {
    const yk = Array.from({ length: count }, (_, b) => f.let(i32.add(y, i32.mul(i32.load(at, 4 * b), c * elementBytes))));
    const tiles = tilesOf(c, count, lanes).map((parts) => {
      const segments = parts.map(({ b, j, count }) => ({ address: yk[b], offset: j * elementBytes, count }));
      return { parts, segments, sum: f.let(stored.readVector(f, segments)) };
    });
    const read = stored.readTogether();
    for (let a = 0; a < r; a++) {
      for (const { parts, sum } of tiles) {
        const codes = parts.map(({ b, j, count }): Segment => {
          // Three values are read as four: behind a pack's values there is room for that.
          return { address: v, offset: ((b * r + a) * c + j) * bytes, count: count === 3 ? 4 : count };
        });
        f.set(sum, vectors.add(f, sum, term(read(f, codes), a)));
      }
    }
    for (const { segments, sum } of tiles) stored.storeVector(f, segments, sum);
    f.set(v, i32.add(v, count * r * c * bytes));
  }

  const from = f.let(i32.add(colIdx, i32.mul(first, 4)));
  const rowEnd = f.let(i32.add(rowPtr, i32.mul(blockRows, 4)));
  f.for(rowPtr, rowEnd, 4, (at) => {
    const term = termOf();
    const to = f.let(i32.add(colIdx, i32.mul(i32.load(at, 4), 4)));
    if (together === 2) {
      const odd = f.let(i32.and(i32.sub(to, from), 4));
      const inPairs = f.let(i32.sub(to, odd));
      f.for(from, inPairs, 8, (k) => addBlocks(k, 2, term));
      f.if(odd, () => addBlocks(inPairs, 1, term));
    } else {
      f.for(from, to, 4, (k) => addBlocks(k, 1, term));
    }
    f.set(from, to);
  });
}

/** Neighbouring columns of a block. */
interface Columns {
  readonly b: number;
  readonly j: number;
  readonly count: number;
}

/** The columns of `count` blocks in vectors: what fills whole ones, then what is left of one block, or of two side by side. */
function tilesOf(c: number, count: number, lanes: number): readonly (readonly Columns[])[] {
  const blocks = Array.from({ length: count }, (_, b) => b);
  const whole = c - (c % lanes);
  const tiles: Columns[][] = [];
  for (let j = 0; j < whole; j += lanes) for (const b of blocks) tiles.push([{ b, j, count: lanes }]);
  if (whole < c) tiles.push(blocks.map((b) => ({ b, j: whole, count: c - whole })));
  return tiles;
}
