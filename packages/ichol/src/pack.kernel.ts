import type { LaneCodec } from "@slam/float";
import {
  type Expr,
  type FloatLanes,
  f32x4,
  f64x2,
  i32,
  i32x4,
  type Local,
  laneEmitter,
  type ModuleBuilder,
  select,
  v128,
} from "@slam/wasm";
import { tileShape } from "./block-rows.kernel.ts";
import { type Lanes, lanes32, lanes64 } from "./lanes.ts";
import { layoutOf, packedIndex, type TileStorage, tileVectors } from "./triangular.kernel.ts";

/** Of `packKernel`: addresses, and the block columns from ... to - 1. */
export type PackKernels = {
  /**
   * The columns' blocks at `source`, by columns: those below the diagonal into tiles of numbers at `tiles`, the lower triangles on it at
   * `diagonal`. Blocks that fill up a tile are read from `zeros`.
   */
  arrange(source: number, colPtr: number, from: number, to: number, zeros: number, tiles: number, diagonal: number): void;
  /** Segment k of b numbers of `target` <- segment index[k] of `source`, k = from ... to - 1. May write a vector beyond the last. */
  permute(source: number, target: number, index: number, from: number, to: number): void;
  /**
   * Adds to the vectors at `counts` the lanes with |x| >= overflow, and those with 0 < |x| <= tiny; the third: the largest |x| of each
   * lane, in fp32.
   */
  survey(x: number, end: number, counts: number, overflow: number, tiny: number): void;
};

/** Of `encodeKernel`: addresses of numbers, and their end. */
export type EncodeKernels = {
  /** Words at `target` <- numbers, rounded once. */
  encode(numbers: number, end: number, target: number): void;
  /** Rounded once to the format, still numbers. */
  round(numbers: number, end: number): void;
};

export function packKernel(m: ModuleBuilder<PackKernels>, b: number, storage: TileStorage): void {
  if (storage === "fp64") emitPack(m, b, lanes64, f64x2, storage);
  else emitPack(m, b, lanes32, f32x4, storage);
}

function emitPack<N extends "f64" | "f32">(
  m: ModuleBuilder<PackKernels>,
  b: number,
  T: Lanes<N>,
  lanes: FloatLanes<N>,
  storage: TileStorage,
): void {
  const blockBytes = b * b * T.bytes;
  const shape = tileShape(b, T.count);
  const used = b * shape.vectors;
  const vectors = tileVectors(b, storage);
  const index = (array: Local<"i32">, i: Expr<"i32">): Expr<"i32"> => i32.load(i32.add(array, i32.shl(i, 2)));
  const a = "i32";
  const params = { source: a, colPtr: a, from: a, to: a, zeros: a, tiles: a, diagonal: a } as const;

  m.func("arrange", params, "void", (f, { source, colPtr, from, to, zeros, tiles, diagonal }) => {
    const block = f.let(source);
    const [tile, triangle] = [f.let(tiles), f.let(diagonal)];
    const padding = f.let(i32x4.splat(0));
    f.for(from, to, 1, (j) => {
      const end = f.let(i32.add(block, i32.mul(i32.sub(index(colPtr, i32.add(j, 1)), index(colPtr, j)), blockBytes)));
      for (let c = 0; c < b; c++) {
        for (let i = c; i < b; i++) f.store(triangle, T.one.load(block, (c * b + i) * T.bytes), packedIndex(b, i, c) * T.bytes);
      }
      f.set(triangle, i32.add(triangle, packedIndex(b, b, b) * T.bytes));
      f.set(block, i32.add(block, blockBytes));
      f.while(i32.lt_u(block, end), () => {
        for (let k = used; k < vectors; k++) f.store(tile, padding, 16 * k);
        const first = f.let(tile);
        f.for(0, shape.s, 1, () => {
          const column = f.let(select(block, zeros, i32.lt_u(block, end)));
          const target = f.let(first);
          f.for(0, b, 1, () => {
            for (let i = 0; i < b; i++) f.store(target, T.one.load(column, i * T.bytes), i * T.bytes);
            f.set(column, i32.add(column, b * T.bytes));
            f.set(target, i32.add(target, shape.s * b * T.bytes));
          });
          f.set(first, i32.add(first, b * T.bytes));
          f.set(block, i32.add(block, blockBytes));
        });
        f.set(tile, i32.add(tile, 16 * vectors));
      });
      f.set(block, end);
    });
  });

  const bytes = b * T.bytes;
  m.func("permute", { source: a, target: a, index: a, from: a, to: a }, "void", (f, { source, target, index: order, from, to }) => {
    const place = f.let(i32.add(target, i32.mul(from, bytes)));
    f.for(from, to, 1, (k) => {
      const segment = f.let(i32.add(source, i32.mul(index(order, k), bytes)));
      // The next segment overwrites what goes too far.
      for (let offset = 0; offset < bytes; offset += 16) f.store(place, v128.load(segment, offset), offset);
      f.set(place, i32.add(place, bytes));
    });
  });

  m.func("survey", { x: a, end: a, counts: a, overflow: "f64", tiny: "f64" }, "void", (f, { x, end, counts, overflow, tiny }) => {
    const [limit, least] = [f.let(T.spread(T.narrow(overflow) as never)), f.let(T.spread(T.narrow(tiny) as never))];
    const zero = f.let(i32x4.splat(0));
    const [overflows, flushed, largest] = [0, 16, 32].map((offset) => f.let(v128.load(counts, offset)));
    f.for(x, end, 16, (p) => {
      const magnitude = f.let(lanes.abs(v128.load(p)));
      f.set(overflows, i32x4.sub(overflows, lanes.ge(magnitude, limit)));
      f.set(flushed, i32x4.sub(flushed, v128.and(lanes.gt(magnitude, zero), lanes.le(magnitude, least))));
      // Of floats without a sign the bits ascend as they do, NaN above all.
      f.set(largest, i32x4.max_s(largest, magnitude));
    });
    for (const [k, count] of [overflows, flushed, largest].entries()) f.store(counts, count, 16 * k);
  });
}

export function encodeKernel(m: ModuleBuilder<EncodeKernels>, codec: LaneCodec): void {
  const { parts } = layoutOf(codec);
  m.func("encode", { numbers: "i32", end: "i32", target: "i32" }, "void", (f, { numbers, end, target }) => {
    const to = f.let(target);
    f.for(numbers, end, 16 * parts, (p) => {
      const read = Array.from({ length: parts }, (_, part) => f.let(v128.load(p, 16 * part)));
      f.store(to, codec.encode(laneEmitter(f), read));
      f.set(to, i32.add(to, 16));
    });
  });
  m.func("round", { numbers: "i32", end: "i32" }, "void", (f, { numbers, end }) => {
    f.for(numbers, end, 16, (p) => f.store(p, codec.round(laneEmitter(f), f.let(v128.load(p)))));
  });
}
