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
import { layoutOf, packedIndex, type TileStorage, tileBytes, tileVectors } from "./triangular.kernel.ts";

/** Of `packKernel`: addresses, and the block columns from ... to - 1. */
export type PackKernels = {
  /**
   * The columns' blocks at `source`, by columns, into tiles of numbers: those below the diagonal by columns at `forward` and, unless
   * tiles are to be encoded, by rows at `backward`, the lower triangles of the diagonal at `diagonal`. Blocks that fill up a tile are
   * read from `zeros`.
   */
  arrange(
    source: number,
    colPtr: number,
    from: number,
    to: number,
    zeros: number,
    forward: number,
    backward: number,
    diagonal: number,
  ): void;
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
  /** Tiles of words by rows at `target` <- those by columns at `tiles`. */
  transpose(tiles: number, end: number, target: number): void;
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
  const params = { source: a, colPtr: a, from: a, to: a, zeros: a, forward: a, backward: a, diagonal: a } as const;

  m.func("arrange", params, "void", (f, { source, colPtr, from, to, zeros, forward, backward, diagonal }) => {
    const block = f.let(source);
    const [columnwise, rowwise, triangle] = [f.let(forward), f.let(backward), f.let(diagonal)];
    const padding = f.let(i32x4.splat(0));
    f.for(from, to, 1, (j) => {
      const end = f.let(i32.add(block, i32.mul(i32.sub(index(colPtr, i32.add(j, 1)), index(colPtr, j)), blockBytes)));
      for (let c = 0; c < b; c++) {
        for (let i = c; i < b; i++) f.store(triangle, T.one.load(block, (c * b + i) * T.bytes), packedIndex(b, i, c) * T.bytes);
      }
      f.set(triangle, i32.add(triangle, packedIndex(b, b, b) * T.bytes));
      f.set(block, i32.add(block, blockBytes));
      f.while(i32.lt_u(block, end), () => {
        for (let k = used; k < vectors; k++) f.store(columnwise, padding, 16 * k);
        const left = f.let(columnwise);
        const right = f.let(rowwise);
        f.for(0, shape.s, 1, () => {
          // Line l of a block: column l for the one, row l for the other.
          const column = f.let(select(block, zeros, i32.lt_u(block, end)));
          const row = f.let(column);
          const target = f.let(left);
          f.for(0, b, 1, () => {
            for (let i = 0; i < b; i++) f.store(target, T.one.load(column, i * T.bytes), i * T.bytes);
            f.set(column, i32.add(column, b * T.bytes));
            f.set(target, i32.add(target, shape.s * b * T.bytes));
            if (typeof storage !== "string") return;
            for (let i = 0; i < b; i++) f.store(right, T.one.load(row, i * b * T.bytes), i * T.bytes);
            f.set(row, i32.add(row, T.bytes));
            f.set(right, i32.add(right, b * T.bytes));
          });
          f.set(left, i32.add(left, b * T.bytes));
          f.set(block, i32.add(block, blockBytes));
        });
        f.set(columnwise, i32.add(columnwise, 16 * vectors));
        f.set(rowwise, i32.add(rowwise, 16 * vectors));
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

export function encodeKernel(m: ModuleBuilder<EncodeKernels>, b: number, codec: LaneCodec): void {
  const { lanes, parts } = layoutOf(codec);
  m.func("encode", { numbers: "i32", end: "i32", target: "i32" }, "void", (f, { numbers, end, target }) => {
    const to = f.let(target);
    f.for(numbers, end, 16 * parts, (p) => {
      const read = Array.from({ length: parts }, (_, part) => f.let(v128.load(p, 16 * part)));
      f.store(to, codec.encode(laneEmitter(f), read));
      f.set(to, i32.add(to, 16));
    });
  });
  const bytes = tileBytes(b, codec);
  const height = tileShape(b, lanes).s * b;
  const width = codec.bits / 8;
  /** Where the code of number `t` of a tile is. */
  const byteOf = (t: number): number => {
    const vector = Math.floor(t / lanes);
    return 16 * Math.floor(vector / parts) + 4 * (t % lanes) + width * (vector % parts);
  };
  const loadCode = width === 2 ? v128.load16_lane : v128.load8_lane;
  m.func("transpose", { tiles: "i32", end: "i32", target: "i32" }, "void", (f, { tiles, end, target }) => {
    const to = f.let(target);
    f.for(tiles, end, bytes, (tile) => {
      const words = Array.from({ length: bytes / 16 }, (): Expr<"v128"> => i32x4.splat(0));
      for (let t = 0; t < height * b; t++) {
        const [word, lane] = [Math.floor(byteOf(t) / 16), (byteOf(t) % 16) / width];
        words[word] = loadCode(tile, words[word], lane, byteOf((t % b) * height + Math.floor(t / b)));
      }
      for (const [k, word] of words.entries()) f.store(to, word, 16 * k);
      f.set(to, i32.add(to, bytes));
    });
  });
  m.func("round", { numbers: "i32", end: "i32" }, "void", (f, { numbers, end }) => {
    f.for(numbers, end, 16, (p) => f.store(p, codec.round(laneEmitter(f), f.let(v128.load(p)))));
  });
}
