import type { AnyPrecision } from "@slam/float";
import type { Expr, Local } from "./expression.ts";
import type { FloatLanes } from "./float-lanes.ts";
import type { FunctionBuilder } from "./function-builder.ts";
import { i32x4, i64x2 } from "./integer-lanes.ts";
import { type LaneFormat, laneFormat } from "./lane-format.ts";
import type { ModuleBuilder } from "./module-builder.ts";
import { i32, select } from "./scalar.ts";
import { v128 } from "./v128.ts";

/**
 * The operations of a vector space on n elements at addresses in an arena. Scalars are numbers of the format. Those that store return how many
 * infinities they stored.
 */
export interface VectorKernels {
  /** sum + x'y, chunk by chunk. */
  dot(sum: number, x: number, y: number, n: number): number;
  axpy(alpha: number, x: number, y: number, n: number): number;
  xpby(x: number, beta: number, y: number, n: number): number;
  diagonalAxpy(d: number, x: number, y: number, n: number): number;
}

/** Elements of a dot product summed before the chunks' sums are. */
const CHUNK = 4096;
const LANE_LOADS = { 1: v128.load8_lane, 2: v128.load16_lane, 4: v128.load32_lane, 8: v128.load64_lane } as const;

type Address = Local<"i32">;

/**
 * Writes the kernels for a format that has a `laneFormat`. Products and sums are rounded to it one by one, in the order that VectorSpace of
 * @slam/linop gives.
 */
export function vectorKernels(m: ModuleBuilder<VectorKernels>, P: AnyPrecision): void {
  const format = laneFormat(P) as LaneFormat;
  if (format.lanes === 2) write(m, format, "f64", format.floats as FloatLanes<"f64">);
  else write(m, format, "f32", format.floats as FloatLanes<"f32">);
}

function write<T extends "f32" | "f64">(m: ModuleBuilder<VectorKernels>, format: LaneFormat, type: T, lanes: FloatLanes<T>): void {
  m.func("dot", { sum: type, x: "i32", y: "i32", n: "i32" }, type, (f, { sum, x, y, n }) =>
    lanes.extract_lane(dot(f, format, f.let(lanes.splat(sum)), x, y, n), 0),
  );
  m.func("axpy", { alpha: type, x: "i32", y: "i32", n: "i32" }, "i32", (f, { alpha, x, y, n }) => {
    const a = f.let(lanes.splat(alpha));
    // y <- y + a x
    return elementwise(f, format, [x, y], n, ([xi, yi]) => lanes.add(yi, format.mul(f, a, xi)));
  });
  m.func("xpby", { x: "i32", beta: type, y: "i32", n: "i32" }, "i32", (f, { x, beta, y, n }) => {
    const b = f.let(lanes.splat(beta));
    // y <- x + b y
    return elementwise(f, format, [x, y], n, ([xi, yi]) => lanes.add(xi, format.mul(f, b, yi)));
  });
  m.func("diagonalAxpy", { d: "i32", x: "i32", y: "i32", n: "i32" }, "i32", (f, { d, x, y, n }) => {
    // y <- y + d .* x
    return elementwise(f, format, [d, x, y], n, ([di, xi, yi]) => lanes.add(yi, format.mul(f, di, xi)));
  });
}

/** The last vector <- value(elements of all vectors), rounded, element by element; returns how many infinities were stored. */
function elementwise(
  f: FunctionBuilder<"i32">,
  format: LaneFormat,
  vectors: readonly Address[],
  n: Address,
  value: (elements: readonly Expr<"v128">[]) => Expr<"v128">,
): Expr<"i32"> {
  const { bytes, lanes, floats, overflowThreshold } = format;
  const zero = i32x4.splat(0);
  const infinities = f.let(i32x4.splat(0));
  /** The value of the elements that `load` reads at vector + i. */
  const compute = (i: Address, load: (address: Expr<"i32">) => Expr<"v128">): Local<"v128"> => {
    const result = f.let(value(vectors.map((vector) => f.let(format.decode(f, load(i32.add(vector, i)))))));
    if (overflowThreshold !== undefined) {
      // The comparison gives -1 in every 32 bits.
      f.set(infinities, i32x4.sub(infinities, floats.ge(floats.abs(result), floats.splat(overflowThreshold))));
    }
    return result;
  };
  const target = (i: Address): Expr<"i32"> => i32.add(vectors[vectors.length - 1], i);
  const vectorBytes = lanes * bytes;
  const load = vectorBytes === 16 ? v128.load : vectorBytes === 8 ? v128.load64_zero : v128.load32_zero;

  const computeWord = (i: Address, word: number): void => {
    const offsets = Array.from({ length: 16 / vectorBytes }, (_, k) => word + k * vectorBytes);
    const results = offsets.map((offset) => compute(i, (address) => load(address, offset)));
    f.store(target(i), format.encode(f, results), word);
  };

  const end = f.let(i32.mul(n, bytes));
  const unrolledEnd = f.let(i32.and(end, -4 * 16));
  const wholeEnd = f.let(i32.and(end, -16));
  f.for(0, unrolledEnd, 4 * 16, (i) => {
    for (const word of [0, 16, 32, 48]) computeWord(i, word);
  });
  f.for(unrolledEnd, wholeEnd, 16, (i) => computeWord(i, 0));
  f.for(wholeEnd, end, bytes, (i) => {
    // The other lanes compute with zeros: no infinities, and they are not stored.
    const result = compute(i, (address) => LANE_LOADS[bytes](address, zero, 0));
    f.storeLane((8 * bytes) as 8 | 16 | 32 | 64, target(i), format.encode(f, [result]), 0);
  });
  const count = [0, 1, 2, 3].map((lane) => i32x4.extract_lane(infinities, lane)).reduce((a, b) => i32.add(a, b));
  return i32.shr_u(count, lanes === 2 ? 1 : 0);
}

/**
 * total + x'y, in the lowest lane: in chunks of 4096, element i into sum i mod 8, then ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)).
 * Sums are never -0, so that products of zeros, in lanes past the end, change nothing.
 */
function dot<R extends "f32" | "f64">(
  f: FunctionBuilder<R>,
  format: LaneFormat,
  total: Local<"v128">,
  x: Address,
  y: Address,
  n: Address,
): Local<"v128"> {
  const { bytes, lanes } = format;
  const zero = i32x4.splat(0);
  const vectorBytes = lanes * bytes;
  const load = vectorBytes === 16 ? v128.load : vectorBytes === 8 ? v128.load64_zero : v128.load32_zero;
  const end = f.let(i32.mul(n, bytes));
  f.for(0, end, CHUNK * bytes, (from) => {
    const chunkEnd = f.let(i32.add(from, CHUNK * bytes));
    f.set(chunkEnd, select(end, chunkEnd, i32.lt_u(end, chunkEnd)));
    const wholeEnd = f.let(i32.and(chunkEnd, -8 * bytes));
    // s0 ... s7, in as many vectors as they take
    const sums = Array.from({ length: 8 / lanes }, () => f.let(i32x4.splat(0)));
    const addProduct = (k: number, read: (vector: Address) => Expr<"v128">): void => {
      const [xi, yi] = [x, y].map((vector) => f.let(format.decode(f, read(vector))));
      f.set(sums[k], format.add(f, sums[k], format.mul(f, xi, yi)));
    };
    f.for(from, wholeEnd, 8 * bytes, (i) => {
      for (const k of sums.keys()) addProduct(k, (vector) => load(i32.add(vector, i), k * vectorBytes));
    });
    const rest = f.let(i32.sub(chunkEnd, wholeEnd));
    const addElements = (k: number): void => {
      if (k === 7) return;
      f.if(i32.gt_u(rest, k * bytes), () => {
        addProduct(Math.floor(k / lanes), (vector) => LANE_LOADS[bytes](i32.add(vector, wholeEnd), zero, k % lanes, k * bytes));
        addElements(k + 1);
      });
    };
    addElements(0);
    f.set(total, format.add(f, total, sumOfEight(f, format, sums)));
  });
  return total;
}

/** ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)) of two vectors of four lanes or four of two, in the lowest lane. */
function sumOfEight(f: FunctionBuilder, format: LaneFormat, sums: readonly Local<"v128">[]): Expr<"v128"> {
  const half = sums.length / 2;
  const kept = (a: Expr<"v128">, b: Expr<"v128">): Local<"v128"> => f.let(format.add(f, a, b));
  // (s0 + s4, s1 + s5, s2 + s6, s3 + s7), then (s0 + s4 + s2 + s6, s1 + s5 + s3 + s7)
  const four = sums.slice(0, half).map((low, k) => kept(low, sums[half + k]));
  const two = half === 2 ? kept(four[0], four[1]) : kept(four[0], i64x2.shuffle(four[0], four[0], [1, 1]));
  return kept(two, format.lanes === 2 ? i64x2.shuffle(two, two, [1, 1]) : i32x4.shuffle(two, two, [1, 1, 1, 1]));
}
