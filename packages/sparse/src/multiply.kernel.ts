import { type Expr, type FunctionBuilder, i32, i32x4, type Local, v128 } from "@slam/wasm";
import type { BsrParameters } from "./bsr-parameters.ts";
import { PartsOfX, type Row, rowSums } from "./row-sums.kernel.ts";
import type { StoredLanes } from "./stored-lanes.kernel.ts";

type Address = Local<"i32">;

/** Vectors of sums that leave some of 16 registers for what is added to them. */
const REGISTERS = 12;

/** How many blocks most rows have: for an observation's one and an edge's two there is straight code. */
export type BlocksPerRow = 1 | 2 | "any";

/**
 * y <- A x. Each column of a block has a sum of its own until the row ends, so that lanes need not be rows before. As many block rows as fill all lanes of y
 * are computed together where they have equally many blocks: so many as `perRow` says, where it does.
 */
export function multiply(
  f: FunctionBuilder<"i32">,
  parameters: BsrParameters,
  r: number,
  c: number,
  stored: StoredLanes,
  perRow: BlocksPerRow,
): Expr<"i32"> {
  const { rowPtr, colIdx, values, blockRows, x, y } = parameters;
  const { lanes, bytes: elementBytes, floats } = stored.vectors;
  const filling = lanes / gcd(lanes, r);
  // Two sums at once hide the latency of one. With more rows, the reads beyond the last row could leave the arena.
  const together = filling * r === lanes && filling <= 2 ? 2 * filling : filling;
  const blockBytes = r * c * stored.bytes;
  // 0 times every result: NaN once one was not finite.
  const zeros = f.let<"v128">(floats.splat(0));

  /** The rows i ... i + count - 1 of n blocks each, of which the first is block `first`. Straight code for a known n. */
  function blockRowsOf(i: Address, first: Address, n: Address | number, count: number): void {
    const yi = f.let(i32.add(y, i32.mul(i, r * elementBytes)));
    const from = f.let(i32.add(colIdx, i32.mul(first, 4)));
    const v = f.let(i32.add(values, i32.mul(first, blockBytes)));
    const us = Array.from({ length: count }, (_, u) => u);
    const tiles = tilesOf(r, lanes, count).map((rows, t) => ({ t, ...rowSums(f, stored, c, rows) }));
    const store = (t: number, sum: Expr<"v128">): void => {
      // 0, which is never -0.
      const kept = f.let(floats.add(sum, floats.splat(0)));
      f.set(zeros, floats.add(zeros, floats.mul(kept, floats.splat(0))));
      stored.storeVector(f, [{ address: yi, offset: t * lanes * elementBytes, count: Math.min(lanes, count * r - t * lanes) }], kept);
    };
    const sums: Local<"v128">[][] = tiles.map(() => []);
    if (typeof n === "number") {
      const blocks = Array.from({ length: n }, (_, k) => ({
        v: us.map((u) => ({ address: v, offset: (u * n + k) * blockBytes })),
        x: partsOfX(us.map((u) => i32.load(from, 4 * (u * n + k)))),
      }));
      // Sums that have no place in registers together are finished tile by tile, column by column.
      const isTogether = tiles.length * tiles[0].count <= REGISTERS;
      if (isTogether) for (const block of blocks) for (const { t, products } of tiles) addTo(sums[t], products(block));
      for (const { t, products, total } of tiles) {
        if (!isTogether) {
          const ofBlocks = blocks.map(products);
          for (const k of ofBlocks[0].keys()) for (const terms of ofBlocks) add(sums[t], k, terms[k]);
        }
        store(t, total(sums[t]));
      }
    } else {
      for (const { t, count } of tiles) for (let k = 0; k < count; k++) sums[t].push(f.let(i32x4.splat(0)));
      const places = us.map((u) => ({ address: u === 0 ? v : f.let(i32.add(v, i32.mul(n, u * blockBytes))), offset: 0 }));
      const ahead = us.map((u) => f.let(i32.mul(n, 4 * u)));
      f.for(from, f.let(i32.add(from, i32.mul(n, 4))), 4, (k) => {
        const block = { v: places, x: partsOfX(ahead.map((bytes) => i32.load(i32.add(k, bytes)))) };
        for (const { t, products } of tiles) addTo(sums[t], products(block));
        for (const { address } of places) f.set(address, i32.add(address, blockBytes));
      });
      for (const { t, total } of tiles) store(t, total(sums[t]));
    }
    f.set(i, i32.add(i, count));
  }

  function partsOfX(columns: readonly Expr<"i32">[]): PartsOfX {
    const xk = columns.map((column) => f.let(i32.add(x, i32.mul(column, c * elementBytes))));
    return new PartsOfX(f, stored, xk);
  }

  function addTo(sums: Local<"v128">[], terms: readonly (() => Expr<"v128">)[]): void {
    for (const [k, term] of terms.entries()) add(sums, k, term);
  }

  /** sums_k <- sums_k + term; one that is not there yet begins with it. */
  function add(sums: Local<"v128">[], k: number, term: () => Expr<"v128">): void {
    if (k === sums.length) sums.push(f.let(term()));
    else f.set(sums[k], stored.vectors.add(f, sums[k], term()));
  }

  const i = f.let(i32.const(0));
  f.while(i32.lt_u(i, blockRows), () => {
    const at = f.let(i32.add(rowPtr, i32.mul(i, 4)));
    const first = f.let(i32.load(at));
    const n = f.let(i32.sub(i32.load(at, 4), first));
    if (together === 1 && perRow === "any") return blockRowsOf(i, first, n, 1);
    // Beyond the last row this reads what lies behind, and does not use it.
    const areAlike = f.let(i32.le_u(i32.add(i, together), blockRows));
    if (perRow !== "any") f.set(areAlike, i32.and(areAlike, i32.eq(n, perRow)));
    if (together === 4) {
      const counts = i32x4.sub(v128.load(at, 4), v128.load(at));
      f.set(areAlike, i32.and(areAlike, i32x4.all_true(i32x4.eq(counts, i32x4.splat(n)))));
    } else if (together === 2) {
      f.set(areAlike, i32.and(areAlike, i32.eq(n, i32.sub(i32.load(at, 8), i32.load(at, 4)))));
    }
    f.if(
      areAlike,
      () => blockRowsOf(i, first, perRow === "any" ? n : perRow, together),
      () => blockRowsOf(i, first, n, 1),
    );
  });
  return v128.any_true(floats.ne(zeros, zeros));
}

/** The rows of `count` block rows in the order of y, by the lanes of a vector; the last lanes that are left repeat the last row. */
function tilesOf(r: number, lanes: number, count: number): readonly (readonly Row[])[] {
  return Array.from({ length: Math.ceil((count * r) / lanes) }, (_, t) =>
    Array.from({ length: lanes }, (_, lane) => {
      const row = Math.min(t * lanes + lane, count * r - 1);
      return { u: Math.floor(row / r), a: row % r };
    }),
  );
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
