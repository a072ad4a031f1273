import { type Expr, type FunctionBuilder, i32, i32x4, type Local, v128 } from "@slam/wasm";
import type { StoredLanes } from "./stored-lanes.kernel.ts";

/** Counts the infinities among the numbers a kernel stores. */
export class Infinities {
  readonly #f: FunctionBuilder;
  readonly #stored: StoredLanes;
  /** A count in every 32 bits. */
  readonly #counts: Local<"v128">;
  readonly #infinity: Local<"v128">;

  constructor(f: FunctionBuilder, stored: StoredLanes) {
    this.#f = f;
    this.#stored = stored;
    this.#counts = f.let(i32x4.splat(0));
    this.#infinity = f.let<"v128">(stored.floats.splat(Infinity));
  }

  /** Those in the lower `lanes` of v. */
  add(v: Local<"v128">, lanes: number): void {
    const { floats, lanes: all } = this.#stored;
    const found = floats.eq(floats.abs(v), this.#infinity);
    const inUse = i32x4.const(...([0, 1, 2, 3].map((k) => (k < (lanes * 4) / all ? -1 : 0)) as [number, number, number, number]));
    // A comparison gives -1.
    this.#f.set(this.#counts, i32x4.sub(this.#counts, lanes === all ? found : v128.and(found, inUse)));
  }

  count(): Expr<"i32"> {
    const [a, b, c, d] = [0, 1, 2, 3].map((lane) => i32x4.extract_lane(this.#counts, lane));
    const sum = i32.add(i32.add(a, b), i32.add(c, d));
    return this.#stored.lanes === 2 ? i32.shr_u(sum, 1) : sum;
  }
}
