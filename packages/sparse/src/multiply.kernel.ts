import { type Expr, type FunctionBuilder, i32, i32x4, type Local, v128 } from "@slam/wasm";
import type { BsrParameters } from "./bsr-parameters.ts";
import { Infinities } from "./infinities.kernel.ts";
import { addToRows, type Place, type Tile, tilesOf } from "./row-sums.kernel.ts";
import type { StoredLanes } from "./stored-lanes.kernel.ts";

type Address = Local<"i32">;

/** How many blocks most rows have: for an observation's one and an edge's two there is straight code. */
export type BlocksPerRow = 1 | 2 | "any";

/**
 * y <- A x. Lanes are rows: products v_aj x_j are formed along the rows, as the values lie, and transposed in registers, so that each sum
 * takes them column by column. As many block rows as fill all lanes are computed together where they have equally many blocks: so many
 * as `perRow` says, where it does.
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
  const { lanes, bytes: elementBytes } = stored.vectors;
  const filling = lanes / gcd(lanes, r);
  // Two sums at once hide the latency of one. With more rows, the reads beyond the last row could leave the arena.
  const together = filling * r === lanes && filling <= 2 ? 2 * filling : filling;
  const blockBytes = r * c * stored.bytes;
  const infinities = new Infinities(f, stored.vectors);

  /** The rows i ... i + count - 1 of n blocks each, of which the first is block `first`. Straight code for a known n. */
  function blockRowsOf(i: Address, first: Address, n: Address | number, count: number): void {
    const tiles = tilesOf(f, r, lanes, count);
    const yi = f.let(i32.add(y, i32.mul(i, r * elementBytes)));
    const from = f.let(i32.add(colIdx, i32.mul(first, 4)));
    const v = f.let(i32.add(values, i32.mul(first, blockBytes)));
    const us = Array.from({ length: count }, (_, u) => u);
    if (typeof n === "number") {
      for (let k = 0; k < n; k++) {
        const blocks = us.map((u) => ({ address: v, offset: (u * n + k) * blockBytes }));
        const columns = us.map((u) => i32.load(from, 4 * (u * n + k)));
        addColumns(tiles, blocks, columns);
      }
    } else {
      const blocks = us.map((u) => ({ address: u === 0 ? v : f.let(i32.add(v, i32.mul(n, u * blockBytes))), offset: 0 }));
      const ahead = us.map((u) => f.let(i32.mul(n, 4 * u)));
      f.for(from, f.let(i32.add(from, i32.mul(n, 4))), 4, (k) => {
        const columns = ahead.map((bytes) => i32.load(i32.add(k, bytes)));
        addColumns(tiles, blocks, columns);
        for (const { address } of blocks) f.set(address, i32.add(address, blockBytes));
      });
    }
    tiles.forEach(({ rows, sum }, t) => {
      const inUse = Math.min(rows.length, count * r - t * lanes);
      infinities.add(sum, inUse);
      stored.storeVector(f, [{ address: yi, offset: t * lanes * elementBytes, count: inUse }], sum);
    });
    f.set(i, i32.add(i, count));
  }

  /** A block of each row: the sums take its columns. */
  function addColumns(tiles: readonly Tile[], blocks: readonly Place[], columns: readonly Expr<"i32">[]): void {
    const xk = columns.map((column) => f.let(i32.add(x, i32.mul(column, c * elementBytes))));
    addToRows(f, stored, c, tiles, blocks, xk);
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
  return infinities.count();
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
