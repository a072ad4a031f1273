import type { AnyPrecision } from "@slam/float";
import { i32, type Local, type ModuleBuilder } from "@slam/wasm";
import { BSR_PARAMETERS } from "./bsr-parameters.ts";
import { Infinities } from "./infinities.kernel.ts";
import { type BlocksPerRow, multiply } from "./multiply.kernel.ts";
import { multiplyTransposed } from "./multiply-transposed.kernel.ts";
import { type Layout, type Scales, storedLanes } from "./stored-lanes.kernel.ts";

/** The products of a packed matrix. Arguments are addresses, and numbers of block rows and of elements. */
export interface BsrKernels {
  /** y <- A x; returns 1 where not all of y is finite. */
  multiply(rowPtr: number, colIdx: number, values: number, blockRows: number, x: number, y: number): number;
  /** y <- y + A' x */
  multiplyTransposed(rowPtr: number, colIdx: number, values: number, blockRows: number, x: number, y: number): void;
  /** How many of n elements are infinite; where scales are folded, not finite. */
  countInfinite(y: number, n: number): number;
}

/**
 * Writes the reference's products, in its order and with its bits, for blocks of r x c values in a layout: each product and each sum is rounded
 * to the arithmetic. Values are read from addresses of any alignment.
 *
 * @param scales folded: where elements of the vectors are too large for that, results are not finite and not the reference's.
 */
export function bsrKernels(
  m: ModuleBuilder<BsrKernels>,
  r: number,
  c: number,
  M: AnyPrecision,
  layout: Layout,
  arithmetic: AnyPrecision,
  perRow: BlocksPerRow,
  scales: Scales,
): void {
  const stored = storedLanes(M, layout, arithmetic, r, c, scales);
  const { lanes, bytes } = stored.vectors;
  m.func("multiply", BSR_PARAMETERS, "i32", (f, parameters) => multiply(f, parameters, r, c, stored, perRow));
  m.func("multiplyTransposed", BSR_PARAMETERS, "void", (f, parameters) => multiplyTransposed(f, parameters, r, c, stored));
  m.func("countInfinite", { y: "i32", n: "i32" }, "i32", (f, { y, n }) => {
    const infinities = new Infinities(f, stored.vectors, scales === "folded");
    const end = f.let(i32.add(y, i32.mul(n, bytes)));
    const wholeEnd = f.let(i32.add(y, i32.and(i32.mul(n, bytes), -lanes * bytes)));
    const add = (address: Local<"i32">, count: number): void =>
      infinities.add(f.let(stored.readVector(f, [{ address, offset: 0, count }])), count);
    f.for(y, wholeEnd, lanes * bytes, (at) => add(at, lanes));
    f.for(wholeEnd, end, bytes, (at) => add(at, 1));
    return infinities.count();
  });
}
