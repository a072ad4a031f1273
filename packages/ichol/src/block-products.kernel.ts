import { type FunctionBuilder, f64, i32, type Local, select } from "@slam/wasm";
import { type BlockRows, loadRows, storeRows, tileShape } from "./block-rows.kernel.ts";
import type { Lanes } from "./lanes.ts";

type Address = Local<"i32">;
type Body = FunctionBuilder<"i32">;

/** The numbers of a tile's blocks. */
export function blocksOf(s: number): readonly number[] {
  return Array.from({ length: s }, (_, q) => q);
}

/**
 * C_q <- C_q - sum over the columns k of a source of A_qk B_k'. A and B are in its first column; `step` is the way to the second, and a
 * block less from there to the next. 2 b^3 flops and about (s + 1) b^2 numbers read for each k and q, both factors from the nearest
 * cache.
 */
export function subtractProducts<N extends "f64" | "f32">(
  f: Body,
  T: Lanes<N>,
  b: number,
  C: readonly Address[],
  A: Address,
  B: Address,
  step: Address,
  columns: Address,
): void {
  const blockBytes = b * b * T.bytes;
  const shape = tileShape(b, T.count);
  const vectors = Array.from({ length: shape.vectors }, (_, v) => v);
  const tile = Array.from({ length: shape.columns }, (_, t) => t);
  const target: BlockRows = { at: (q) => ({ address: C[q], offset: 0 }) };
  const right = f.let(B);
  const subtractTile = (): void => {
    const sums = tile.map((t) => vectors.map((v) => f.let(loadRows(T, b, target, t, v))));
    const a = f.let(A);
    const bb = f.let(right);
    const way = f.let(step);
    const left = f.let(columns);
    const source: BlockRows = { at: (q) => ({ address: a, offset: q * blockBytes }) };
    f.doWhile(() => {
      for (let k = 0; k < b; k++) {
        const factors = vectors.map((v) => f.let(loadRows(T, b, source, k, v)));
        for (const t of tile) {
          const factor = f.let(T.splat(bb, (k * b + t) * T.bytes));
          for (const v of vectors) f.set(sums[t][v], T.subtract(sums[t][v], T.multiply(factors[v], factor)));
        }
      }
      f.set(a, i32.add(a, way));
      f.set(bb, i32.add(bb, way));
      f.set(way, i32.sub(way, blockBytes));
      f.set(left, i32.sub(left, 1));
      return left;
    });
    for (const t of tile) for (const v of vectors) storeRows(f, T, b, target, t, v, sums[t][v]);
  };
  if (shape.columns === b) subtractTile();
  else {
    f.for(0, b / shape.columns, 1, () => {
      subtractTile();
      f.set(right, i32.add(right, shape.columns * T.bytes));
      for (const c of C) f.set(c, i32.add(c, shape.columns * b * T.bytes));
    });
  }
}

/** A column of L whose sums are all subtracted: block column j, from its diagonal block to where the last one ends. */
interface SummedColumn {
  readonly j: Address;
  readonly diagonal: Address;
  readonly end: Address;
  /** Where a block goes that the column has not. */
  readonly dummy: Address;
  readonly floors: Address;
}

/** The diagonal block, then what is below; ends the function with the scalar row of a bad pivot. */
export function finishColumn<N extends "f64" | "f32">(
  f: Body,
  T: Lanes<N>,
  b: number,
  { j, diagonal, end, dummy, floors }: SummedColumn,
): void {
  const blockBytes = b * b * T.bytes;
  const { s } = tileShape(b, T.count);
  const floor = f.let(i32.add(floors, i32.mul(j, 8 * b)));
  f.for(diagonal, end, s * blockBytes, (first) => {
    const isDiagonal = f.let(i32.eq(first, diagonal));
    const C = blocksOf(s).map((q) => {
      if (q === 0) return first;
      const block = f.let(i32.add(first, q * blockBytes));
      return f.let(select(block, dummy, i32.lt_u(block, end)));
    });
    solve(f, T, b, C, diagonal, isDiagonal, floor, (row) => f.return(i32.add(i32.mul(j, b), row)));
  });
}

/**
 * C_q <- C_q D^-T, D the diagonal block's lower factor; where D is C_0 itself, C_0 <- that factor, zeros above, and `fail` where a pivot
 * is not above its floor or not finite.
 */
function solve<N extends "f64" | "f32">(
  f: Body,
  T: Lanes<N>,
  b: number,
  C: readonly Address[],
  D: Address,
  isDiagonal: Address,
  floor: Address,
  fail: (row: number) => void,
): void {
  const { vectors } = tileShape(b, T.count);
  const target: BlockRows = { at: (q) => ({ address: C[q], offset: 0 }) };
  const solved: Local<"v128">[][] = [];
  const pivot = f.let(T.one.const(0));
  for (let j = 0; j < b; j++) {
    const place = j * (b + 1) * T.bytes;
    const sums = Array.from({ length: vectors }, (_, v) => f.let(loadRows(T, b, target, j, v)));
    for (let u = 0; u < j; u++) {
      const factor = f.let(T.splat(D, (u * b + j) * T.bytes));
      for (const [v, sum] of sums.entries()) f.set(sum, T.subtract(sum, T.multiply(solved[u][v], factor)));
    }
    f.if(
      isDiagonal,
      () => {
        for (const [v, sum] of sums.entries()) storeRows(f, T, b, target, j, v, sum);
        const value = f.let(T.wide(T.one.load(D, place)));
        f.if(i32.eqz(i32.and(f64.gt(value, f64.load(floor, 8 * j)), f64.lt(value, Number.POSITIVE_INFINITY))), () => fail(j));
        f.set(pivot, T.one.sqrt(T.one.load(D, place)) as never);
      },
      () => f.set(pivot, T.one.load(D, place) as never),
    );
    const divisor = f.let(T.spread(pivot as never));
    for (const [v, sum] of sums.entries()) {
      f.set(sum, T.divide(sum, divisor));
      storeRows(f, T, b, target, j, v, sum);
    }
    f.if(isDiagonal, () => {
      for (let i = 0; i < j; i++) f.store(D, T.one.const(0), (j * b + i) * T.bytes);
      f.store(D, pivot, place);
    });
    solved.push(sums);
  }
}
