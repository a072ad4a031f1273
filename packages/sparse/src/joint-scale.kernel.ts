import { type AnyPrecision, fp64 } from "@slam/float";
import { type Expr, type FunctionBuilder, f64x2, i32, i64x2, type Local, laneEmitter, type ModuleBuilder, select } from "@slam/wasm";
import { jointRowBytes } from "./joint-rows.kernel.ts";
import { roundedToNearest, roundedToOdd } from "./narrowing.kernel.ts";
import { RangeEvents } from "./range-events.kernel.ts";
import { gather } from "./segments.kernel.ts";
import { bytesOf, type Layout, type StoredLanes, storedLanes } from "./stored-lanes.kernel.ts";

type Address = Local<"i32">;
type Vector = Local<"v128">;

/** Arguments are addresses, but for the block rows. */
export interface JointScaleKernel {
  /** The values of block rows first ... end - 1 of [A_1 A_2 ...] diag(scale), as `JointRowsKernel` reads them; counts as `ScaleKernel`. */
  scale(table: number, first: number, end: number, values: number): void;
}

/** The addresses that `table` holds, as 32-bit integers; behind them, for each part: its rowPtr, and its values. `zeros` is a block of them. */
export const JOINT_TABLE = ["columns", "scale", "zeros", "counts"] as const;

interface Source {
  readonly stored: StoredLanes;
  readonly block: Address;
  /** Of the scale of the block's columns. */
  readonly factors: Address;
}

/**
 * @param cs columns of the parts' blocks, separated by spaces.
 * @param below Infinity where the layout holds all of P.
 */
export function jointScaleKernel(
  m: ModuleBuilder<JointScaleKernel>,
  r: number,
  cs: string,
  M: AnyPrecision,
  from: Layout,
  P: AnyPrecision,
  layout: Layout,
  below: number,
): void {
  const sizes = cs.split(" ").map(Number);
  const c = sizes.reduce((sum, size) => sum + size, 0);
  const storedParts = sizes.map((size) => storedLanes(M, from, fp64, r, size));
  const entries = sizes.flatMap((size, part) => Array.from({ length: size }, (_, column) => ({ part, column })));
  const perRow = Math.ceil(c / 4);
  m.func("scale", { table: "i32", first: "i32", end: "i32", values: "i32" }, "void", (f, { table, first, end, values }) => {
    const [columns, scale, zeros, counts] = JOINT_TABLE.map((_, k) => f.let(i32.load(table, 4 * k)));
    const parts = sizes.map((_, k) => {
      const [rowPtr, blocks] = [0, 1].map((field) => f.let(i32.load(table, 4 * (JOINT_TABLE.length + 2 * k + field))));
      return { rowPtr, blocks };
    });
    const events = new RangeEvents(f, P, below);
    const into = f.let(i32.add(values, 0));
    f.for(first, end, 1, (i) => {
      const at = f.let(i32.mul(i, 4));
      const columnsAt = f.let(i32.add(columns, i32.mul(i, 4 * sizes.length)));
      const sources = parts.map(({ rowPtr, blocks }, k): Source => {
        const index = f.let(i32.load(i32.add(rowPtr, at)));
        const isThere = i32.gt_s(i32.load(i32.add(rowPtr, at), 4), index);
        const there = i32.add(blocks, i32.mul(index, r * sizes[k] * bytesOf(from)));
        const column = i32.load(columnsAt, 4 * k);
        return {
          stored: storedParts[k],
          block: f.let(select(there, zeros, isThere)),
          factors: f.let(i32.add(scale, i32.shl(column, 3))),
        };
      });
      /** Entries j and j + 1 of row a. */
      const pairAt = (a: number, j: number): Vector => {
        const product = f.let(pairOf(f, sources, sizes, a, entries.slice(j, j + 2)));
        events.add(product);
        return product;
      };
      const places = Array.from({ length: r * perRow }, (_, k) => ({ a: Math.floor(k / perRow), j: 4 * (k % perRow) }));
      if (layout === "fp64") {
        places.forEach(({ a, j }, k) => {
          for (const half of [0, 1]) f.store(into, pairAt(a, j + 2 * half), 32 * k + 16 * half);
        });
      } else {
        const perWord = 32 / layout.bits;
        for (let k = 0; k < places.length; k += perWord) {
          const quads = places.slice(k, k + perWord).map(({ a, j }) => {
            const [low, high] = [pairAt(a, j), pairAt(a, j + 2)];
            // The codec rounds again.
            return f.let(layout.bits === 32 ? roundedToNearest(low, high) : roundedToOdd(f, low, high));
          });
          const word = layout.bits === 32 ? quads[0] : layout.encode<Expr<"v128">>(laneEmitter(f), quads);
          f.store(into, word, (16 * k) / perWord);
        }
      }
      f.set(into, i32.add(into, jointRowBytes(r, c, layout)));
    });
    events.store(counts);
  });
}

/** Two entries of a row times their scales in fp64, or one and a zero, or zeros. */
function pairOf(
  f: FunctionBuilder,
  sources: readonly Source[],
  sizes: readonly number[],
  a: number,
  pair: readonly { readonly part: number; readonly column: number }[],
): Expr<"v128"> {
  if (pair.length === 0) return f64x2.splat(0);
  const read = ({ part, column }: (typeof pair)[number], count: number): Expr<"v128"> => {
    const { stored, block, factors } = sources[part];
    const values = stored.read(f, [{ address: block, offset: (a * sizes[part] + column) * stored.bytes, count }]);
    return f64x2.mul(values, gather([{ address: factors, offset: 8 * column, count }], 8));
  };
  const [one, other] = pair;
  if (other !== undefined && other.part === one.part) return read(one, 2);
  return i64x2.shuffle(read(one, 1), other === undefined ? f64x2.splat(0) : read(other, 1), [0, 2]);
}
