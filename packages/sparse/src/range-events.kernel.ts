import type { AnyPrecision } from "@slam/float";
import { type Expr, type FunctionBuilder, f64x2, i32, i64, i64x2, type Local, v128 } from "@slam/wasm";

type Vector = Local<"v128">;

/** Counts what the range of P does to fp64 numbers, as `storeCounted` does; and sees whether there is a magnitude that is not below a limit. */
export class RangeEvents {
  readonly #f: FunctionBuilder;
  readonly #threshold: number;
  readonly #largestFlushed: number;
  readonly #below: number;
  readonly #overflows: Vector;
  readonly #flushed: Vector;
  readonly #beyond: Vector;

  constructor(f: FunctionBuilder, { overflowThreshold, minSubnormal }: AnyPrecision, below: number) {
    this.#f = f;
    this.#threshold = overflowThreshold;
    this.#largestFlushed = minSubnormal / 2;
    this.#below = below;
    [this.#overflows, this.#flushed, this.#beyond] = [0, 1, 2].map(() => f.let(i64x2.splat(0n)));
  }

  /** Zeros count as nothing. */
  add(x: Vector): void {
    const f = this.#f;
    const magnitude = f.let(f64x2.abs(x));
    // A comparison gives -1.
    f.set(this.#overflows, i64x2.sub(this.#overflows, f64x2.ge(magnitude, f64x2.splat(this.#threshold))));
    if (this.#largestFlushed > 0) {
      const isFlushed = v128.and(f64x2.le(magnitude, f64x2.splat(this.#largestFlushed)), f64x2.gt(magnitude, f64x2.splat(0)));
      f.set(this.#flushed, i64x2.sub(this.#flushed, isFlushed));
    }
    if (this.#below < Infinity) {
      f.set(this.#beyond, v128.or(this.#beyond, v128.not(f64x2.lt(magnitude, f64x2.splat(this.#below)))));
    }
  }

  /** counts[0 ... 1] <- counts + [overflows, flushed]; counts[2] <- 1 where one was not below the limit, NaN for one. */
  store(counts: Local<"i32">): void {
    const f = this.#f;
    f.store(counts, i32.add(i32.load(counts), sum(this.#overflows)));
    f.store(counts, i32.add(i32.load(counts, 4), sum(this.#flushed)), 4);
    f.store(counts, i32.or(i32.load(counts, 8), v128.any_true(this.#beyond)), 8);
  }
}

function sum(counts: Vector): Expr<"i32"> {
  return i32.wrap_i64(i64.add(i64x2.extract_lane(counts, 0), i64x2.extract_lane(counts, 1)));
}
