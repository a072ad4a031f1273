import { type AnyPrecision, fp64, type LaneCodec } from "@slam/float";
import {
  type Expr,
  type FunctionBuilder,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  i64x2,
  type LaneFormat,
  type Local,
  laneEmitter,
  laneFormat,
  type ModuleBuilder,
  v128,
} from "@slam/wasm";
import { Infinities } from "./infinities.kernel.ts";
import { placesOf, readPlaces, writePlaces } from "./joint-places.kernel.ts";
import type { Layout } from "./stored-lanes.kernel.ts";

type Address = Local<"i32">;
type Vector = Local<"v128">;

/** Arguments are addresses, and numbers of elements. */
export interface JointRowsKernel {
  /** w <- d .* x; the sum in fp64 of x'w is stored at `sum`. */
  damp(d: number, x: number, w: number, n: number, sum: number): void;
  /**
   * w <- w + A'(A x) for so many block rows, whose first columns and first values are given; squares <- squares + those of A x, room for an even number. Columns are the blocks' first ones in x.
   */
  multiplyNormal(columns: number, columnsEnd: number, values: number, x: number, w: number, squares: number): void;
  /** y <- A x */
  multiply(columns: number, columnsEnd: number, values: number, x: number, y: number): void;
  /** w <- w + A'y */
  multiplyTransposed(columns: number, columnsEnd: number, values: number, y: number, w: number): void;
  /** How many of n elements are infinite. */
  countInfinite(w: number, n: number): number;
}

/** Bytes of a block row's values, in whole words. */
export function jointRowBytes(r: number, c: number, layout: Layout): number {
  const values = 4 * r * Math.ceil(c / 4);
  return layout === "fp64" ? 8 * values : 16 * Math.ceil((values * layout.bits) / 128);
}

/**
 * Writes `multiplyNormalReference`, with its bits, for blocks of r rows and so many columns in each part, in a layout; vectors in the arithmetic, fp32 or fp64.
 *
 * The last part's columns stay in registers while a block row has the same as the one before: those of points, where observations are in the order of points.
 *
 * @param cs of the parts, separated by spaces.
 */
export function jointRowsKernel(m: ModuleBuilder<JointRowsKernel>, r: number, cs: string, layout: Layout, arithmetic: AnyPrecision): void {
  const sizes = cs.split(" ").map(Number);
  const vectors = laneFormat(arithmetic) as LaneFormat;
  const { lanes, bytes } = vectors;
  const c = sizes.reduce((sum, size) => sum + size, 0);
  const rowBytes = jointRowBytes(r, c, layout);
  const places = placesOf(sizes, lanes);
  const last = sizes.length - 1;
  const ofLast = places.map((of) => of.filter(({ part }) => part === last));
  const ofOthers = places.map((of) => of.filter(({ part }) => part !== last));

  /** Block row by block row: reads x where there is one, adds to w where there is one; q are the products, or what stands for them. */
  function rows(
    f: FunctionBuilder<"void">,
    { columns, columnsEnd, values }: Rows,
    x: Address | undefined,
    w: Address | undefined,
    productsOf: (entries: readonly (readonly Vector[])[], row: readonly Vector[]) => readonly Vector[],
  ): void {
    const at = f.let(i32.add(columns, 0));
    const v = f.let(i32.add(values, 0));
    f.while(i32.lt_u(at, columnsEnd), () => {
      const shared = f.let(i32.load(at, 4 * last));
      const addressIn = (base: Address, column: Expr<"i32">): Address => f.let(i32.add(base, i32.shl(column, Math.log2(bytes))));
      const zero = f.let(i32x4.splat(0));
      const keptOf = (base: Address): Kept => {
        const address = addressIn(base, shared);
        return {
          address,
          vectors: ofLast.map((of) => readPlaces(f, of.length > 0 ? f.let(i32x4.splat(0)) : zero, of, () => address, bytes)),
        };
      };
      const addressesOf = (base: Address): readonly Address[] => sizes.slice(0, last).map((_, k) => addressIn(base, i32.load(at, 4 * k)));
      const xLast = x && keptOf(x);
      const wLast = w && keptOf(w);
      f.doWhile(() => {
        const entries = rowEntries(f, r, places.length, v, layout, arithmetic);
        const xs = x && addressesOf(x);
        const row = xs === undefined ? [] : places.map((_, k) => readPlaces(f, xLast!.vectors[k], ofOthers[k], (part) => xs[part], bytes));
        const q = productsOf(entries, row);
        if (w !== undefined) {
          const ws = addressesOf(w);
          wLast!.vectors.forEach((kept, k) => {
            const before = readPlaces(f, kept, ofOthers[k], (part) => ws[part], bytes);
            const sum = ofLast[k].length > 0 ? kept : before;
            if (sum !== before) f.set(sum, before);
            for (let a = 0; a < r; a++) f.set(sum, vectors.add(f, sum, vectors.mul(f, entries[a][k], q[a])));
            writePlaces(f, sum, ofOthers[k], (part) => ws[part], bytes);
          });
        }
        f.set(v, i32.add(v, rowBytes));
        f.set(at, i32.add(at, 4 * sizes.length));
        // Behind the last block row this reads what lies there, and does not use it.
        return i32.and(i32.lt_u(at, columnsEnd), i32.eq(i32.load(at, 4 * last), shared));
      });
      if (wLast !== undefined) {
        wLast.vectors.forEach((sum, k) => {
          writePlaces(f, sum, ofLast[k], () => wLast.address, bytes);
        });
      }
    });
  }

  const span = { columns: "i32", columnsEnd: "i32", values: "i32" } as const;
  m.func("multiplyNormal", { ...span, x: "i32", w: "i32", squares: "i32" }, "void", (f, { x, w, squares, ...span }) => {
    const sums = Array.from({ length: Math.ceil(r / 2) }, (_, k) => f.let(v128.load(squares, 16 * k)));
    rows(f, span, x, w, (entries, row) => {
      const { everywhere, squares } = products(f, vectors, entries, row);
      for (const [k, square] of squares.entries()) f.set(sums[k], f64x2.add(sums[k], square));
      return everywhere;
    });
    for (const [k, sum] of sums.entries()) f.store(squares, sum, 16 * k);
  });
  m.func("multiply", { ...span, x: "i32", y: "i32" }, "void", (f, { x, y, ...span }) => {
    const to = f.let(i32.add(y, 0));
    rows(f, span, x, undefined, (entries, row) => {
      const q = products(f, vectors, entries, row).everywhere;
      q.forEach((sum, a) => {
        f.storeLane((8 * bytes) as 32 | 64, to, sum, 0, a * bytes);
      });
      f.set(to, i32.add(to, r * bytes));
      return q;
    });
  });
  m.func("multiplyTransposed", { ...span, y: "i32", w: "i32" }, "void", (f, { y, w, ...span }) => {
    const from = f.let(i32.add(y, 0));
    rows(f, span, undefined, w, (entries) => {
      const q = entries.map((_, a) => f.let(bytes === 8 ? v128.load64_splat(from, 8 * a) : v128.load32_splat(from, 4 * a)));
      f.set(from, i32.add(from, r * bytes));
      return q;
    });
  });
  m.func("damp", { d: "i32", x: "i32", w: "i32", n: "i32", sum: "i32" }, "void", (f, { d, x, w, n, sum }) =>
    damp(f, vectors, { d, x, w, n, sum }),
  );
  m.func("countInfinite", { w: "i32", n: "i32" }, "i32", (f, { w, n }) => {
    const infinities = new Infinities(f, vectors);
    const end = f.let(i32.mul(n, bytes));
    const whole = f.let(i32.and(end, -16));
    f.for(0, whole, 16, (i) => infinities.add(f.let(v128.load(i32.add(w, i))), lanes));
    f.for(whole, end, bytes, (i) => infinities.add(f.let(one(bytes, i32.add(w, i))), 1));
    return infinities.count();
  });
}

interface Rows {
  readonly columns: Address;
  readonly columnsEnd: Address;
  readonly values: Address;
}

/** The last part's block of a vector, in registers. */
interface Kept {
  readonly address: Address;
  readonly vectors: readonly Vector[];
}

function one(bytes: number, address: Expr<"i32">): Expr<"v128"> {
  return bytes === 8 ? v128.load64_zero(address) : v128.load32_zero(address);
}

/** The values of a block row in vectors of the arithmetic, a row after the other. */
function rowEntries(
  f: FunctionBuilder,
  r: number,
  perRow: number,
  v: Address,
  layout: Layout,
  arithmetic: AnyPrecision,
): readonly (readonly Vector[])[] {
  const row = (read: (k: number) => Expr<"v128">): readonly (readonly Vector[])[] =>
    Array.from({ length: r }, (_, a) => Array.from({ length: perRow }, (_, k) => f.let(read(a * perRow + k))));
  if (layout === "fp64") return row((k) => v128.load(v, 16 * k));
  const quads = quadsOf(f, v, layout);
  if (arithmetic !== fp64) return row(quads);
  const kept: Vector[] = [];
  return row((k) => {
    kept[k >> 1] ??= f.let(quads(k >> 1));
    const quad = kept[k >> 1];
    return f64x2.promote_low_f32x4(k % 2 === 0 ? quad : i64x2.shuffle(quad, quad, [1, 1]));
  });
}

/** Reads the k-th four values as fp32 lanes. */
function quadsOf(f: FunctionBuilder, v: Address, codec: LaneCodec): (k: number) => Expr<"v128"> {
  const parts = 32 / codec.bits;
  const words: Vector[] = [];
  return (k) => {
    const at = Math.floor(k / parts);
    if (codec.bits === 32) return v128.load(v, 16 * at);
    words[at] ??= f.let(v128.load(v, 16 * at));
    const decoded = codec.decode<Expr<"v128">>(laneEmitter(f), words[at], k % parts);
    return codec.scale === 1 ? decoded : f32x4.mul(decoded, f32x4.splat(1 / codec.scale));
  };
}

/** A block row of A x. */
interface Products {
  /** Each in all lanes. */
  readonly everywhere: readonly Vector[];
  /** In fp64, of two rows each; beside the last of an odd number, its own again. */
  readonly squares: readonly Expr<"v128">[];
}

function products(f: FunctionBuilder, vectors: LaneFormat, entries: readonly (readonly Vector[])[], row: readonly Vector[]): Products {
  const { lanes } = vectors;
  const sums = entries.map((values) => {
    const ofLanes = Array.from({ length: 4 / lanes }, (_, k) => f.let(vectors.mul(f, values[k], row[k])));
    for (let k = ofLanes.length; k < row.length; k++) {
      const sum = ofLanes[k % ofLanes.length];
      f.set(sum, vectors.add(f, sum, vectors.mul(f, values[k], row[k])));
    }
    return ofLanes;
  });
  const everywhere: Vector[] = [];
  const squares: Expr<"v128">[] = [];
  for (let a = 0; a < sums.length; a += 2) {
    const pair = [sums[a], sums[Math.min(a + 1, sums.length - 1)]] as const;
    const both = f.let(lanes === 4 ? fourLanes(f, pair[0][0], pair[1][0]) : twoLanes(f, pair[0], pair[1]));
    for (let k = 0; k < Math.min(2, sums.length - a); k++) {
      everywhere.push(f.let(lanes === 4 ? i32x4.shuffle(both, both, [k, k, k, k]) : i64x2.shuffle(both, both, [k, k])));
    }
    const wide = lanes === 4 ? f.let(f64x2.promote_low_f32x4(both)) : both;
    squares.push(f64x2.mul(wide, wide));
  }
  return { everywhere, squares };
}

/** (L0 + L2) + (L1 + L3) of two rows, in the two lowest lanes. */
function fourLanes(f: FunctionBuilder, s: Vector, t: Vector): Expr<"v128"> {
  const pairs = f.let(f32x4.add(i32x4.shuffle(s, t, [0, 4, 1, 5]), i32x4.shuffle(s, t, [2, 6, 3, 7])));
  return f32x4.add(pairs, i64x2.shuffle(pairs, pairs, [1, 1]));
}

function twoLanes(f: FunctionBuilder, [low, high]: readonly Vector[], [otherLow, otherHigh]: readonly Vector[]): Expr<"v128"> {
  const [s, t] = [f.let(f64x2.add(low, high)), f.let(f64x2.add(otherLow, otherHigh))];
  return f64x2.add(i64x2.shuffle(s, t, [0, 2]), i64x2.shuffle(s, t, [1, 3]));
}

interface Damped {
  readonly d: Address;
  readonly x: Address;
  readonly w: Address;
  readonly n: Address;
  readonly sum: Address;
}

function damp(f: FunctionBuilder<"void">, vectors: LaneFormat, { d, x, w, n, sum }: Damped): void {
  const { lanes, bytes } = vectors;
  const sums = [0, 1].map(() => f.let(f64x2.splat(0)));
  const end = f.let(i32.mul(n, bytes));
  const whole = f.let(i32.and(end, -4 * bytes));
  const widened = (v: Vector, high: boolean): Expr<"v128"> =>
    lanes === 2 ? v : f64x2.promote_low_f32x4(high ? i64x2.shuffle(v, v, [1, 1]) : v);
  const add = (k: number, product: Expr<"v128">): void => f.set(sums[k], f64x2.add(sums[k], product));
  f.for(0, whole, 4 * bytes, (i) => {
    const [di, xi, wi] = [d, x, w].map((base) => f.let(i32.add(base, i)));
    for (let k = 0; k < 4 / lanes; k++) {
      const xs = f.let(v128.load(xi, 16 * k));
      const ws = f.let(vectors.mul(f, v128.load(di, 16 * k), xs));
      f.store(wi, ws, 16 * k);
      if (lanes === 2) add(k, f64x2.mul(xs, ws));
      else for (const half of [0, 1]) add(half, f64x2.mul(widened(xs, half === 1), widened(ws, half === 1)));
    }
  });
  const lane = f.let(i32.const(0));
  f.for(whole, end, bytes, (i) => {
    const xs = f.let(one(bytes, i32.add(x, i)));
    const ws = f.let(vectors.mul(f, one(bytes, i32.add(d, i)), xs));
    f.storeLane((8 * bytes) as 32 | 64, i32.add(w, i), ws, 0);
    const product = f.let(f64x2.mul(widened(xs, false), widened(ws, false)));
    // Beside it is zero: added to a sum that is not -0 it changes nothing.
    f.if(
      i32.eq(lane, 0),
      () => add(0, product),
      () => {
        f.if(
          i32.eq(lane, 1),
          () => add(0, i64x2.shuffle(product, product, [1, 0])),
          () => add(1, product),
        );
      },
    );
    f.set(lane, i32.add(lane, 1));
  });
  const pair = f.let(f64x2.add(sums[0], sums[1]));
  f.store(sum, f64.add(f64x2.extract_lane(pair, 0), f64x2.extract_lane(pair, 1)));
}
