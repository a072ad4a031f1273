import { type Expr, type FunctionBuilder, f32, f64, f64x2, type Local, v128 } from "@slam/wasm";

type Address = Local<"i32">;

/** How J is read: as fp64. */
export interface Reader {
  readonly bytes: number;
  one(address: Address, offset: number): Expr<"f64">;
  /** Two neighbours, or one and a zero. Default two. */
  two(address: Address, offset: number, count?: number): Expr<"v128">;
}

const wide: Reader = {
  bytes: 8,
  one: (address, offset) => f64.load(address, offset),
  two: (address, offset, count = 2) => (count === 2 ? v128.load(address, offset) : v128.load64_zero(address, offset)),
};

const single: Reader = {
  bytes: 4,
  one: (address, offset) => f64.promote_f32(f32.load(address, offset)),
  two: (address, offset, count = 2) =>
    f64x2.promote_low_f32x4(count === 2 ? v128.load64_zero(address, offset) : v128.load32_zero(address, offset)),
};

export function readerOf(format: "fp64" | "fp32"): Reader {
  return format === "fp64" ? wide : single;
}

/** What sees a point: its observations are those from ... to, in steps of 4; `pointAt` is where the block of one is. */
export interface Sightings {
  readonly from: Address;
  readonly to: Address;
  readonly pointAt: (k: Address) => Address;
}

/** `addPointProducts` of the reference, with its bits. @param V six numbers, as there. */
export function addPointProducts(
  f: FunctionBuilder<"i32">,
  J: Reader,
  r: number,
  { from, to, pointAt }: Sightings,
  V: readonly Local<"f64">[],
): void {
  const [v00, v10, v11, v20, v21, v22] = V;
  const add = (sum: Local<"f64">, p: Expr<"f64">, q: Expr<"f64">): void => f.set(sum, f64.add(sum, f64.mul(p, q)));
  f.for(from, to, 4, (k) => {
    const block = pointAt(k);
    for (let a = 0; a < r; a++) {
      const [x, y, z] = [0, 1, 2].map((j) => f.let(J.one(block, (3 * a + j) * J.bytes)));
      add(v00, x, x);
      add(v10, y, x);
      add(v11, y, y);
      add(v20, z, x);
      add(v21, z, y);
      add(v22, z, z);
    }
  });
}
