import { type Expr, type FunctionBuilder, i32, i32x4, type LaneFormat, type Local, v128 } from "@slam/wasm";

/** Counts the infinities among the numbers a kernel stores, or all that are not finite. */
export class Infinities {
  readonly #f: FunctionBuilder;
  readonly #format: LaneFormat;
  /** A count in every 32 bits. */
  readonly #counts: Local<"v128">;
  readonly #infinity: Local<"v128">;

  readonly #nans: boolean;

  /** @param nans whether NaN counts. */
  constructor(f: FunctionBuilder, format: LaneFormat, nans = false) {
    this.#f = f;
    this.#nans = nans;
    this.#format = format;
    this.#counts = f.let(i32x4.splat(0));
    this.#infinity = f.let<"v128">(format.floats.splat(Infinity));
  }

  /** Those in the lower `lanes` of v. */
  add(v: Local<"v128">, lanes: number): void {
    const { floats, lanes: all } = this.#format;
    const found = this.#nans ? v128.not(floats.lt(floats.abs(v), this.#infinity)) : floats.eq(floats.abs(v), this.#infinity);
    const inUse = i32x4.const(...([0, 1, 2, 3].map((k) => (k < (lanes * 4) / all ? -1 : 0)) as [number, number, number, number]));
    // A comparison gives -1.
    this.#f.set(this.#counts, i32x4.sub(this.#counts, lanes === all ? found : v128.and(found, inUse)));
  }

  count(): Expr<"i32"> {
    const [a, b, c, d] = [0, 1, 2, 3].map((lane) => i32x4.extract_lane(this.#counts, lane));
    const sum = i32.add(i32.add(a, b), i32.add(c, d));
    return this.#format.lanes === 2 ? i32.shr_u(sum, 1) : sum;
  }
}
