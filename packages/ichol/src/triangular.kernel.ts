import type { LaneCodec } from "@slam/float";
import { type Expr, type FunctionBuilder, f32x4, i32, type Local, laneEmitter, type ModuleBuilder, v128 } from "@slam/wasm";
import { type BlockRows, loadRows, storeRows, tileShape } from "./block-rows.kernel.ts";
import { type Lanes, lanes32, lanes64 } from "./lanes.ts";

type Address = Local<"i32">;
type Body = FunctionBuilder<"void">;

/**
 * Of `triangularKernel`: addresses, and the block columns from ... to - 1. `w` is solved in place; `rows` are the offsets of block rows
 * in it.
 */
export type TriangularKernels = {
  /** w <- L^-1 w, as far as these columns go; ascending. */
  forward(tiles: number, diagonal: number, tilePtr: number, rows: number, w: number, from: number, to: number): void;
  /** w <- L^-T w; descending. */
  backward(tiles: number, diagonal: number, tilePtr: number, rows: number, w: number, from: number, to: number): void;
};

/**
 * How the blocks below the diagonal are stored: in the arithmetic, or as a codec's words under fp32 arithmetic. They lie in tiles of a
 * few blocks of one column, the last one filled up with zeros, by columns.
 */
export type TileStorage = "fp64" | "fp32" | LaneCodec;

/**
 * Where the power of two goes that a codec leaves in its numbers: into the vector, which must stay below 2^127 times it, or into the
 * numbers.
 */
type Fold = "vector" | "numbers";

/** Bytes of a tile of blocks of b x b. */
export function tileBytes(b: number, storage: TileStorage): number {
  const { lanes, parts } = layoutOf(storage);
  return 16 * Math.ceil(vectorsOf(b, lanes) / parts);
}

/** Vectors of a tile before it is encoded, those included that fill its last word. */
export function tileVectors(b: number, storage: TileStorage): number {
  return (tileBytes(b, storage) / 16) * layoutOf(storage).parts;
}

function vectorsOf(b: number, lanes: 2 | 4): number {
  return b * tileShape(b, lanes).vectors;
}

/** Lanes of the arithmetic, and vectors in a word. */
export function layoutOf(storage: TileStorage): { readonly lanes: 2 | 4; readonly parts: number } {
  if (typeof storage === "string") return { lanes: storage === "fp64" ? 2 : 4, parts: 1 };
  return { lanes: 4, parts: 32 / storage.bits };
}

/** What results of operations in lanes are rounded to after them: nothing more, or the format of a codec. */
export type Rounding = "none" | LaneCodec;

/** The two solves of triangular.reference.ts for b x b blocks: the same operations in the same order. */
export function triangularKernel(
  m: ModuleBuilder<TriangularKernels>,
  b: number,
  storage: TileStorage,
  fold: Fold,
  rounding: Rounding,
): void {
  if (storage === "fp64") emitSolves(m, b, lanes64, storage, 1, plainTile, asComputed);
  else if (storage === "fp32") emitSolves(m, b, lanes32, storage, 1, plainTile, asComputed);
  else {
    const inverse = 1 / storage.scale;
    const inNumbers = fold === "numbers" ? inverse : 1;
    const round: Round = rounding === "none" ? asComputed : (f, v) => rounding.round(laneEmitter(f), f.let(v));
    emitSolves(m, b, lanes32, storage, inverse / inNumbers, (tile, f) => encodedTile(f, tile, storage, inNumbers), round);
  }
}

type Round = (f: Body, v: Expr<"v128">) => Expr<"v128">;

function asComputed(_: Body, v: Expr<"v128">): Expr<"v128"> {
  return v;
}

/** The k-th vector of a tile. */
type ReadTile = (k: number) => Expr<"v128">;

function plainTile(tile: Address): ReadTile {
  return (k) => v128.load(tile, 16 * k);
}

function encodedTile(f: Body, tile: Address, codec: LaneCodec, factor: number): ReadTile {
  const parts = 32 / codec.bits;
  const ops = laneEmitter(f);
  const words = new Map<number, Local<"v128">>();
  return (k) => {
    const word = Math.floor(k / parts);
    const read = words.get(word) ?? f.let(v128.load(tile, 16 * word));
    words.set(word, read);
    const decoded = codec.decode(ops, read, k % parts);
    return f.let(factor === 1 ? decoded : ops.mulF(decoded, ops.number(factor)));
  };
}

/** Of the entry (i, j), i >= j, in a lower triangle packed by columns. */
export function packedIndex(b: number, i: number, j: number): number {
  return j * b - (j * (j - 1)) / 2 + (i - j);
}

function emitSolves<N extends "f64" | "f32">(
  m: ModuleBuilder<TriangularKernels>,
  b: number,
  T: Lanes<N>,
  storage: TileStorage,
  fold: number,
  reader: (tile: Address, f: Body) => ReadTile,
  round: Round,
): void {
  const a = "i32";
  const params = { tiles: a, diagonal: a, tilePtr: a, rows: a, w: a, from: a, to: a } as const;
  const shape = tileShape(b, T.count);
  const bytes = tileBytes(b, storage);
  const triangle = ((b * (b + 1)) / 2) * T.bytes;
  const ascending = Array.from({ length: b }, (_, line) => line);
  const descending = ascending.toReversed();
  const blocks = Array.from({ length: shape.s }, (_, q) => q);
  const index = (array: Address, i: Expr<"i32">): Expr<"i32"> => i32.load(i32.add(array, i32.shl(i, 2)));
  /** x in every lane, ready to be multiplied with what the reader gives. */
  const folded = (f: Body, x: Expr<"v128">): Local<"v128"> => f.let(fold === 1 ? x : T.multiply(x, T.spread(T.one.const(fold))));
  const entry = (L: Address, i: number, j: number): Expr<N> => T.one.load(L, packedIndex(b, i, j) * T.bytes);
  const roundOne = (f: Body, x: Expr<N>): Expr<N> => (round === asComputed ? x : T.extract(round(f, T.spread(x as never)), 0));
  /** sum <- sum - a x */
  const subtract = (f: Body, sum: Local<"v128">, a: Expr<"v128">, x: Local<"v128">): void => {
    const product = round(f, T.multiply(a, x));
    f.set(sum, round(f, T.subtract(sum, product)));
  };
  /** The sum of the terms, the first of them the first; kept in w. */
  const solveLine = (f: Body, line: number, terms: readonly (readonly [Expr<N>, Local<N>])[], at: Address): Local<N> => {
    const [first, ...others] = terms.map(([factor, x]) => roundOne(f, T.one.mul(factor, x)));
    const sum = f.let(first);
    for (const product of others) f.set(sum, roundOne(f, T.one.add(sum, product)) as never);
    f.store(at, sum, line * T.bytes);
    return sum;
  };

  const sumOfLanes = (f: Body, v: Local<"v128">): Local<N> => {
    const halves = T.count === 2 ? v : f.let(round(f, T.add(v, f32x4.shuffle(v, v, [2, 3, 0, 1]))));
    return f.let(roundOne(f, T.one.add(T.extract(halves, 0), T.extract(halves, 1)))) as Local<N>;
  };

  m.func("forward", params, "void", (f, { tiles, diagonal, tilePtr, rows, w, from, to }) => {
    const L = f.let(i32.add(diagonal, i32.mul(from, triangle)));
    const at = f.let(i32.add(w, i32.mul(from, b * T.bytes)));
    const tile = f.let(i32.add(tiles, i32.mul(index(tilePtr, from), bytes)));
    const row = f.let(i32.add(rows, i32.mul(index(tilePtr, from), 4 * shape.s)));
    f.for(from, to, 1, (j) => {
      const end = f.let(i32.add(tiles, i32.mul(index(tilePtr, i32.add(j, 1)), bytes)));
      const right = ascending.map((line) => f.let(T.one.load(at, line * T.bytes)));
      const y = ascending.map((i) => {
        const terms = ascending.slice(0, i + 1).map((c) => [entry(L, i, c), right[c]] as const);
        return solveLine(f, i, terms as never, at);
      });
      const spread = y.map((x) => folded(f, T.spread(x as never)));
      // w_i <- w_i - L_ij y_j; a tile, its rows and s segments of w read, these written
      f.while(i32.ne(tile, end), () => {
        const targets = blocks.map((q) => f.let(i32.add(w, i32.load(row, 4 * q))));
        const segments: BlockRows = { at: (q) => ({ address: targets[q], offset: 0 }) };
        const read = reader(tile, f);
        const sums = Array.from({ length: shape.vectors }, (_, v) => f.let(loadRows(T, b, segments, 0, v)));
        for (const c of ascending) {
          for (const [v, sum] of sums.entries()) {
            subtract(f, sum, read(c * shape.vectors + v), spread[c]);
          }
        }
        for (const [v, sum] of sums.entries()) storeRows(f, T, b, segments, 0, v, sum);
        f.set(tile, i32.add(tile, bytes));
        f.set(row, i32.add(row, 4 * shape.s));
      });
      f.set(L, i32.add(L, triangle));
      f.set(at, i32.add(at, b * T.bytes));
    });
  });

  m.func("backward", params, "void", (f, { tiles, diagonal, tilePtr, rows, w, from, to }) => {
    const j = f.let(i32.sub(to, 1));
    const tile = f.let(i32.add(tiles, i32.mul(index(tilePtr, to), bytes)));
    const row = f.let(i32.add(rows, i32.mul(index(tilePtr, to), 4 * shape.s)));
    f.while(i32.ge_s(j, from), () => {
      const L = f.let(i32.add(diagonal, i32.mul(j, triangle)));
      const at = f.let(i32.add(w, i32.mul(j, b * T.bytes)));
      const end = f.let(i32.add(tiles, i32.mul(index(tilePtr, j), bytes)));
      // Row after row of L' the products of every lane by themselves, then their sum.
      const sums = ascending.map(() => f.let(T.spread(T.one.const(0))));
      // x_j <- y_j - sum over i of L_ij' x_i; a tile, its rows and s segments of w read
      f.while(i32.ne(tile, end), () => {
        f.set(tile, i32.sub(tile, bytes));
        f.set(row, i32.sub(row, 4 * shape.s));
        const sources = blocks.map((q) => f.let(i32.add(w, i32.load(row, 4 * q))));
        const segments: BlockRows = { at: (q) => ({ address: sources[q], offset: 0 }) };
        const read = reader(tile, f);
        const x = Array.from({ length: shape.vectors }, (_, v) => folded(f, loadRows(T, b, segments, 0, v)));
        for (const c of descending) {
          for (const [v, segment] of [...x.entries()].toReversed()) {
            const product = round(f, T.multiply(read(c * shape.vectors + v), segment));
            f.set(sums[c], round(f, T.add(sums[c], product)));
          }
        }
      });
      const y = ascending.map((c) => f.let(roundOne(f, T.one.sub(T.one.load(at, c * T.bytes), sumOfLanes(f, sums[c])))));
      for (const c of descending) {
        const terms = descending.slice(0, b - c).map((i) => [entry(L, i, c), y[i]] as const);
        solveLine(f, c, terms as never, at);
      }
      f.set(j, i32.sub(j, 1));
    });
  });
}
