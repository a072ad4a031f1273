import { type FunctionBuilder, i32, type Local } from "@slam/wasm";
import type { BsrParameters } from "./bsr-parameters.ts";
import { gather, type Segment, scatter } from "./segments.kernel.ts";
import type { StoredLanes } from "./stored-lanes.kernel.ts";

type Address = Local<"i32">;

/**
 * y <- y + A' x. Lanes are columns: a block's y_j are read, take v_aj x_a for a = 0 ... r - 1 in this order, and are written back. Two blocks
 * of a row are computed together where they fill the lanes that one leaves empty.
 */
export function multiplyTransposed(f: FunctionBuilder<"void">, parameters: BsrParameters, r: number, c: number, stored: StoredLanes): void {
  const { rowPtr, colIdx, values, blockRows, x, y } = parameters;
  const { floats, lanes, bytes } = stored;
  const elementBytes = (16 / lanes) as 4 | 8;
  const together = c % lanes !== 0 && (2 * c) % lanes === 0 ? 2 : 1;
  const read = stored.reader(f);
  const v = f.let(i32.add(values, 0));
  const xi = f.let(i32.add(x, 0));

  /** The blocks of the columns at `at`, all of one block row; xs are its x_a. */
  function addBlocks(at: Address, count: number, xs: readonly Local<"v128">[]): void {
    const yk = Array.from({ length: count }, (_, b) => f.let(i32.add(y, i32.mul(i32.load(at, 4 * b), c * elementBytes))));
    const tiles = tilesOf(c, count, lanes).map((parts) => {
      const segments = parts.map(({ b, j, count }) => ({ address: yk[b], offset: j * elementBytes, count }));
      return { parts, segments, sum: f.let(gather(segments, elementBytes)) };
    });
    xs.forEach((xa, a) => {
      for (const { parts, sum } of tiles) {
        const codes = parts.map(({ b, j, count }): Segment => {
          // Three values are read as four: behind a pack's values there is room for that.
          return { address: v, offset: ((b * r + a) * c + j) * bytes, count: count === 3 ? 4 : count };
        });
        f.set(sum, floats.add(sum, floats.mul(read(codes), xa)));
      }
    });
    for (const { segments, sum } of tiles) scatter(f, segments, elementBytes, sum);
    f.set(v, i32.add(v, count * r * c * bytes));
  }

  const from = f.let(i32.add(colIdx, 0));
  const rowEnd = f.let(i32.add(rowPtr, i32.mul(blockRows, 4)));
  f.for(rowPtr, rowEnd, 4, (at) => {
    const xs = Array.from({ length: r }, (_, a) => f.let(gather(splat(xi, a * elementBytes, lanes), elementBytes)));
    const to = f.let(i32.add(colIdx, i32.mul(i32.load(at, 4), 4)));
    if (together === 2) {
      const odd = f.let(i32.and(i32.sub(to, from), 4));
      const inPairs = f.let(i32.sub(to, odd));
      f.for(from, inPairs, 8, (k) => addBlocks(k, 2, xs));
      f.if(odd, () => addBlocks(inPairs, 1, xs));
    } else {
      f.for(from, to, 4, (k) => addBlocks(k, 1, xs));
    }
    f.set(from, to);
    f.set(xi, i32.add(xi, r * elementBytes));
  });
}

function splat(address: Address, offset: number, lanes: number): readonly Segment[] {
  return Array.from({ length: lanes }, () => ({ address, offset, count: 1 }));
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
