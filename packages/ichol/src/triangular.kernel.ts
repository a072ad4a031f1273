import { type Expr, type FunctionBuilder, f32x4, i32, i32x4, type Local, type ModuleBuilder, v128 } from "@slam/wasm";
import { type Lanes, lanes32, lanes64 } from "./lanes.ts";

type Address = Local<"i32">;
type Vector = Expr<"v128">;

/** Of `triangularKernel`: addresses, and the number n of block columns. `w` is solved in place. */
export type TriangularKernels = {
  /** w <- L^-1 w; blocks column-major. */
  forward(n: number, blocks: number, colPtr: number, rowIdx: number, w: number): void;
  /** w <- L^-T w; blocks row-major. */
  backward(n: number, blocks: number, colPtr: number, rowIdx: number, w: number): void;
};

/**
 * How L may be stored for the engine's solves; those in 16 bits are solved in fp32. "f16k" holds fp16 codes of 2^10 L: with |L| < 64 none of them is
 * subnormal, and one shift and one mask make them fp32 numbers, 2^-102 L; the power of two goes into w, which therefore must stay below 2^25.
 */
export type TriangularStorage = "fp64" | "fp32" | "fp16" | "f16k" | "bf16";

/** What w is multiplied with against f16k's numbers: 2^(112 - 10). */
const F16K_FOLD = 2 ** 102;

/**
 * The two solves of triangular.reference.ts for b x b blocks: the same operations in the same order, in vectors along the rows of a block (forward,
 * from a copy with its columns contiguous) or along its columns (backward).
 */
export function triangularKernel(m: ModuleBuilder<TriangularKernels>, b: number, storage: TriangularStorage): void {
  if (storage === "fp64") emitSolves(m, b, lanes64, 8, readWide, 1);
  else if (storage === "fp32") emitSolves(m, b, lanes32, 4, readSingle, 1);
  else if (storage === "bf16") emitSolves(m, b, lanes32, 2, (address, at, count) => i32x4.shl(readCodes(address, at, count), 16), 1);
  else if (storage === "f16k") emitSolves(m, b, lanes32, 2, decodeScaledHalf, F16K_FOLD);
  else emitSolves(m, b, lanes32, 2, (address, at, count, f) => decodeHalf(f.let(readCodes(address, at, count))), 1);
}

/** `count` numbers from the at-th one of a block; lanes after them hold anything. May read up to 15 bytes beyond. */
type Read = (block: Address, at: number, count: number, f: FunctionBuilder) => Vector;

function readWide(block: Address, at: number, count: number): Vector {
  return count === 2 ? v128.load(block, 8 * at) : v128.load64_zero(block, 8 * at);
}

function readSingle(block: Address, at: number, count: number): Vector {
  return count > 2 ? v128.load(block, 4 * at) : v128.load64_zero(block, 4 * at);
}

/** 16-bit codes in 32-bit lanes. */
function readCodes(block: Address, at: number, count: number): Vector {
  return count > 2 ? v128.load16x4_u(block, 2 * at) : i32x4.extend_low_i16x8_u(v128.load32_zero(block, 2 * at));
}

/** The fp32 values of fp16 codes, all of them: no lane takes part in arithmetic on fp32 subnormals, which processors do slowly. */
function decodeHalf(codes: Local<"v128">): Vector {
  const sign = i32x4.shl(v128.and(codes, i32x4.splat(0x8000)), 16);
  // The code's exponent and fraction where fp32 has them; its exponent is 112 too small, and what was a subnormal has no hidden bit.
  const shifted = (): Vector => i32x4.shl(v128.and(codes, i32x4.splat(0x7fff)), 13);
  const infinite = v128.and(i32x4.gt_s(shifted(), i32x4.splat(0x0f7fffff)), i32x4.splat(112 << 23));
  const normal = i32x4.add(i32x4.add(shifted(), i32x4.splat(112 << 23)), infinite);
  const subnormal = f32x4.sub(i32x4.add(shifted(), i32x4.splat(113 << 23)), i32x4.splat(113 << 23));
  return v128.or(v128.bitselect(subnormal, normal, i32x4.lt_s(shifted(), i32x4.splat(1 << 23))), sign);
}

/** 2^-102 L from f16k's codes: the sign extended by the load fills the four bits above the exponent, which the mask clears but for itself. */
function decodeScaledHalf(block: Address, at: number, count: number): Vector {
  const codes = count > 2 ? v128.load16x4_s(block, 2 * at) : i32x4.extend_low_i16x8_s(v128.load32_zero(block, 2 * at));
  return v128.and(i32x4.shl(codes, 13), i32x4.splat(0x8fffe000 | 0));
}

function emitSolves<N extends "f64" | "f32">(
  m: ModuleBuilder<TriangularKernels>,
  b: number,
  T: Lanes<N>,
  storedBytes: number,
  read: Read,
  fold: number,
): void {
  type Body = FunctionBuilder<"void">;
  const a = "i32";
  const params = { n: a, blocks: a, colPtr: a, rowIdx: a, w: a } as const;
  const chunks = Array.from({ length: Math.ceil(b / T.count) }, (_, k) => ({
    first: k * T.count,
    count: Math.min(T.count, b - k * T.count),
  }));
  const index = (array: Address, i: Expr<"i32">): Expr<"i32"> => i32.load(i32.add(array, i32.shl(i, 2)));
  const blockOf = (blocks: Address, e: Expr<"i32">): Expr<"i32"> => i32.add(blocks, i32.mul(e, b * b * storedBytes));
  /** x in every lane, ready to be multiplied with what `read` gives. */
  const folded = (f: Body, x: Vector): Local<"v128"> => f.let(fold === 1 ? x : T.multiply(x, T.spread(T.one.const(fold))));
  const segment = (w: Address, i: Expr<"i32">): Expr<"i32"> => i32.add(w, i32.mul(i, b * T.bytes));
  const load = (f: Body, at: Address): Local<"v128">[] =>
    chunks.map(({ first, count }) =>
      f.let(count === T.count || T.bytes * count > 8 ? v128.load(at, first * T.bytes) : v128.load64_zero(at, first * T.bytes)),
    );
  /** sums <- sums - (row or column `line` of the block) x, x in every lane. */
  const subtractLine = (f: Body, sums: readonly Local<"v128">[], block: Address, line: number, x: Local<"v128">): void => {
    chunks.forEach(({ first, count }, k) => {
      f.set(sums[k], T.subtract(sums[k], T.multiply(read(block, line * b + first, count, f), x)));
    });
  };
  const store = (f: Body, at: Address, sums: readonly Local<"v128">[]): void => {
    chunks.forEach(({ first, count }, k) => {
      const bytes = count * T.bytes;
      const offset = first * T.bytes;
      if (bytes === 16) f.store(at, sums[k], offset);
      else {
        if (bytes >= 8) f.storeLane(64, at, sums[k], 0, offset);
        if (bytes % 8 === 4) f.storeLane(32, at, sums[k], bytes > 8 ? 2 : 0, offset + (bytes > 8 ? 8 : 0));
      }
    });
  };
  /** The sums solved with the diagonal block, `lines` in the order of solution; each result in every lane of a vector. */
  const solveDiagonal = (
    f: Body,
    sums: readonly Local<"v128">[],
    block: Address,
    at: Address,
    lines: readonly number[],
  ): Map<number, Local<"v128">> => {
    const solved = new Map<number, Local<"v128">>();
    for (const line of lines) {
      const k = Math.floor(line / T.count);
      const { first, count } = chunks[k];
      const pivot = T.extract(read(block, line * b + first, count, f), line - first);
      const x = f.let(T.one.div(T.extract(sums[k], line - first), fold === 1 ? pivot : T.one.mul(pivot, T.one.const(fold))));
      f.store(at, x, line * T.bytes);
      const spread = folded(f, T.spread(x as never));
      solved.set(line, spread);
      // Entries solved before get a multiple of the zeros on the other side of the diagonal, and are not read again.
      subtractLine(f, sums, block, line, spread);
    }
    return solved;
  };
  const ascending = Array.from({ length: b }, (_, line) => line);
  const descending = ascending.toReversed();

  m.func("forward", params, "void", (f, { n, blocks, colPtr, rowIdx, w }) => {
    f.for(0, n, 1, (j) => {
      const start = f.let(index(colPtr, j));
      const end = f.let(index(colPtr, i32.add(j, 1)));
      const diagonal = f.let(blockOf(blocks, start));
      const at = f.let(segment(w, j));
      const y = solveDiagonal(f, load(f, at), diagonal, at, ascending);
      f.for(i32.add(start, 1), end, 1, (e) => {
        const block = f.let(blockOf(blocks, e));
        const target = f.let(segment(w, index(rowIdx, e)));
        const sums = load(f, target);
        for (const line of ascending) subtractLine(f, sums, block, line, y.get(line) as Local<"v128">);
        store(f, target, sums);
      });
    });
  });

  m.func("backward", params, "void", (f, { n, blocks, colPtr, rowIdx, w }) => {
    const j = f.let(i32.sub(n, 1));
    f.while(i32.ge_s(j, 0), () => {
      const start = f.let(index(colPtr, j));
      const e = f.let(i32.sub(index(colPtr, i32.add(j, 1)), 1));
      const at = f.let(segment(w, j));
      const sums = load(f, at);
      f.while(i32.gt_s(e, start), () => {
        const block = f.let(blockOf(blocks, e));
        const source = f.let(segment(w, index(rowIdx, e)));
        for (const line of descending) subtractLine(f, sums, block, line, folded(f, T.splat(source, line * T.bytes)));
        f.set(e, i32.sub(e, 1));
      });
      const diagonal = f.let(blockOf(blocks, start));
      solveDiagonal(f, sums, diagonal, at, descending);
      f.set(j, i32.sub(j, 1));
    });
  });
}
