import { type Expr, type FunctionBuilder, type Local, type ResultType, v128 } from "@slam/wasm";
import type { Lanes } from "./lanes.ts";

/** Where the first of `s` blocks begins, and the others: each of b x b numbers, by columns. */
export interface BlockRows {
  /** The address and the constant offset of block q. */
  at(q: number): { readonly address: Local<"i32">; readonly offset: number };
}

/** How blocks of b x b are taken several at a time, so that their columns, one below the other, fill vectors. */
export interface TileShape {
  /** Blocks. */
  readonly s: number;
  /** Vectors of one column. */
  readonly vectors: number;
  /** Columns whose vectors are in registers at once; divides b. */
  readonly columns: number;
}

/** Sums that 16 registers hold beside the factors. */
const SUMS = 9;

export function tileShape(b: number, lanes: 2 | 4): TileShape {
  // The least s with s b = 0 mod lanes, and a small multiple where that is one vector or two.
  const least = lanes / commonDivisor(b, lanes);
  const s = least * Math.max(1, Math.min(Math.floor((3 * lanes) / (least * b)), Math.floor(4 / least)));
  const vectors = (s * b) / lanes;
  let columns = b;
  while (b % columns !== 0 || (columns > 1 && columns * vectors > SUMS)) columns--;
  return { s, vectors, columns };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** Neighbours in memory that neighbour in a vector: `length` numbers from number `first` of block q's column, from `lane` on. */
interface Run {
  readonly q: number;
  readonly first: number;
  readonly length: number;
  readonly lane: number;
}

function runsOf(vector: number, b: number, count: number): readonly Run[] {
  const runs: Run[] = [];
  for (let lane = 0; lane < count; ) {
    const t = vector * count + lane;
    const length = Math.min(count - lane, b - (t % b));
    runs.push({ q: Math.floor(t / b), first: t % b, length, lane });
    lane += length;
  }
  return runs;
}

/** Vector `vector` of column `column` of the blocks. May read 16 bytes beyond a block and, where the offset allows it, before. */
export function loadRows<N extends "f64" | "f32">(T: Lanes<N>, b: number, blocks: BlockRows, column: number, vector: number): Expr<"v128"> {
  let v: Expr<"v128"> | undefined;
  const runs = runsOf(vector, b, T.count);
  const last = runs[runs.length - 1];
  const backwards = blocks.at(last.q).offset + (column * b + last.first - last.lane) * T.bytes;
  if (last.length === 3 && last.lane === 1 && backwards >= 0) {
    // Three numbers and what lies before them, then the first lane.
    const { address, offset } = blocks.at(runs[0].q);
    return T.loadLane(address, v128.load(blocks.at(last.q).address, backwards), 0, offset + (column * b + runs[0].first) * T.bytes);
  }
  for (const { q, first, length, lane } of runs) {
    const { address, offset } = blocks.at(q);
    const at = offset + (column * b + first) * T.bytes;
    if (v === undefined) {
      if (length * T.bytes > 8) v = v128.load(address, at);
      else v = length * T.bytes === 8 ? v128.load64_zero(address, at) : T.loadFirst(address, at);
    } else {
      for (const piece of piecesOf(lane, length, T.bytes)) {
        const where = at + (piece.lane - lane) * T.bytes;
        v = piece.bytes === 8 ? v128.load64_lane(address, v, (piece.lane * T.bytes) / 8, where) : T.loadLane(address, v, piece.lane, where);
      }
    }
  }
  return v as Expr<"v128">;
}

/** The other way. */
export function storeRows<N extends "f64" | "f32", R extends ResultType>(
  f: FunctionBuilder<R>,
  T: Lanes<N>,
  b: number,
  blocks: BlockRows,
  column: number,
  vector: number,
  v: Local<"v128">,
): void {
  for (const { q, first, length, lane } of runsOf(vector, b, T.count)) {
    const { address, offset } = blocks.at(q);
    const at = offset + (column * b + first) * T.bytes;
    if (length * T.bytes === 16) f.store(address, v, at);
    else {
      for (const { lane: from, bytes } of piecesOf(lane, length, T.bytes)) {
        f.storeLane(bytes === 8 ? 64 : 32, address, v, (from * T.bytes) / bytes, at + (from - lane) * T.bytes);
      }
    }
  }
}

/** Lanes from `lane` on, in pieces of 8 bytes where they are aligned, otherwise of one number. */
function piecesOf(lane: number, length: number, bytes: 4 | 8): readonly { readonly lane: number; readonly bytes: 4 | 8 }[] {
  const pieces: { lane: number; bytes: 4 | 8 }[] = [];
  for (let at = lane; at < lane + length; ) {
    const paired = bytes === 4 && at % 2 === 0 && at + 2 <= lane + length;
    pieces.push({ lane: at, bytes: paired ? 8 : bytes });
    at += paired ? 2 : 1;
  }
  return pieces;
}
