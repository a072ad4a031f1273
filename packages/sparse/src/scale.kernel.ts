import { type AnyPrecision, fp64 } from "@slam/float";
import { type Expr, encodeLanes, type FunctionBuilder, f64x2, i32, type Local, laneEmitter, type ModuleBuilder } from "@slam/wasm";
import { isInterleaved } from "./interleaved.ts";
import { roundedToNearest, roundedToOdd } from "./narrowing.kernel.ts";
import { RangeEvents } from "./range-events.kernel.ts";
import { gather, scatter } from "./segments.kernel.ts";
import { bytesOf, type Layout, storedLanes } from "./stored-lanes.kernel.ts";

type Vector = Local<"v128">;
type Address = Local<"i32">;

/** Arguments are addresses, and a number of blocks. */
export interface ScaleKernel {
  /** into <- A diag(scale), and counts <- counts + [overflows, flushed]; counts[2] becomes 1 where a number is not below `below`. */
  scale(colIdx: number, blocks: number, from: number, scale: number, into: number, counts: number): void;
}

/**
 * Writes `scale` for blocks of r x c from a layout of the format M into one of the format P: products in fp64, rounded once to P.
 *
 * @param below Infinity where the layout holds all of P.
 */
export function scaleKernel(
  m: ModuleBuilder<ScaleKernel>,
  r: number,
  c: number,
  M: AnyPrecision,
  from: Layout,
  P: AnyPrecision,
  layout: Layout,
  below: number,
): void {
  const parameters = { colIdx: "i32", blocks: "i32", from: "i32", scale: "i32", into: "i32", counts: "i32" } as const;
  m.func("scale", parameters, "void", (f, { colIdx, blocks, from: values, scale, into, counts }) => {
    const source = storedLanes(M, from, fp64, r, c);
    const events = new RangeEvents(f, P, below);
    const v = f.let(i32.add(values, 0));
    const w = f.let(i32.add(into, 0));
    const end = f.let(i32.add(colIdx, i32.mul(blocks, 4)));
    f.for(colIdx, end, 4, (k) => {
      const s = f.let(i32.add(scale, i32.mul(i32.load(k), c * 8)));
      const factors = new Map<number, Vector>();
      /** Entries e and e + 1 of the block; beside the last of an odd number, zero. */
      const productsAt = (e: number): Vector => {
        const count = Math.min(2, r * c - e);
        const columns = Array.from({ length: count }, (_, lane) => ({ address: s, offset: ((e + lane) % c) * 8, count: 1 }));
        let factor = factors.get(count === 2 ? e % c : -1);
        if (factor === undefined) {
          factor = f.let(gather(count === 2 && (e % c) + 1 < c ? [{ ...columns[0], count: 2 }] : columns, 8));
          factors.set(count === 2 ? e % c : -1, factor);
        }
        const product = f.let(f64x2.mul(source.read(f, [{ address: v, offset: e * source.bytes, count }]), factor));
        events.add(product);
        return product;
      };
      if (layout === "fp64") for (let e = 0; e < r * c; e += 2) storeSome(f, w, e, Math.min(2, r * c - e), 8, productsAt(e));
      else storeCodes(f, layout, r * c, isInterleaved(r, c, layout), w, productsAt);
      f.set(v, i32.add(v, r * c * source.bytes));
      f.set(w, i32.add(w, r * c * bytesOf(layout)));
    });
    events.store(counts);
  });
}

type Codec = Exclude<Layout, "fp64">;

/** n entries of a block, a word of codes at a time. */
function storeCodes(
  f: FunctionBuilder<"void">,
  codec: Codec,
  n: number,
  interleaved: boolean,
  w: Address,
  productsAt: (e: number) => Vector,
): void {
  const perWord = 128 / codec.bits;
  for (let first = 0; first < n; first += perWord) {
    const count = Math.min(perWord, n - first);
    const vectors = Array.from({ length: Math.ceil(count / 4) }, (_, part) => {
      const e = first + 4 * part;
      const low = productsAt(e);
      const high = e + 2 < n ? productsAt(e + 2) : f.let<"v128">(f64x2.splat(0));
      // The codec rounds again.
      return codec.bits === 32 ? roundedToNearest(low, high) : roundedToOdd(f, low, high);
    });
    if (interleaved && count === perWord) {
      const word = codec.encode<Expr<"v128">>(
        laneEmitter(f),
        vectors.map((x) => f.let(x)),
      );
      f.store(w, word, 2 * first);
    } else {
      storeSome(f, w, first, count, codec.bits / 8, f.let(encodeLanes(f, codec, vectors)));
    }
  }
}

function storeSome(f: FunctionBuilder<"void">, address: Address, first: number, count: number, bytes: number, v: Vector): void {
  scatter(f, [{ address, offset: first * bytes, count }], bytes, v);
}
