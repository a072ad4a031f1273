import type { Expr, Local } from "./expression.ts";
import { type FloatLanes, f32x4, f64x2 } from "./float-lanes.ts";
import type { FunctionBuilder } from "./function-builder.ts";
import { i32x4, i64x2 } from "./integer-lanes.ts";
import type { ModuleBuilder } from "./module-builder.ts";
import { type FloatScalar, f32, f64, i32, select } from "./scalar.ts";
import { v128 } from "./v128.ts";

/**
 * The operations of a vector space on n elements at addresses in an arena, in fp64 or fp32. Those that store return how many infinities
 * they stored.
 */
export interface VectorKernels {
  dot(x: number, y: number, n: number): number;
  axpy(alpha: number, x: number, y: number, n: number): number;
  xpby(x: number, beta: number, y: number, n: number): number;
  diagonalAxpy(d: number, x: number, y: number, n: number): number;
}

/** Elements of a dot product summed before the chunks' sums are. */
const CHUNK = 4096;

type Address = Local<"i32">;

/** What a format's kernels are written with. */
interface Format<T extends "f32" | "f64"> {
  readonly type: T;
  readonly bytes: 4 | 8;
  readonly scalar: FloatScalar<T>;
  readonly lanes: FloatLanes<T>;
  readonly infinity: Expr<"v128">;
  /** Reads one element into a lane. */
  readonly loadLane: typeof v128.load64_lane;
}

const FP64: Format<"f64"> = {
  type: "f64",
  bytes: 8,
  scalar: f64,
  lanes: f64x2,
  infinity: f64x2.splat(Infinity),
  loadLane: v128.load64_lane,
};
const FP32: Format<"f32"> = {
  type: "f32",
  bytes: 4,
  scalar: f32,
  lanes: f32x4,
  infinity: f32x4.splat(Infinity),
  loadLane: v128.load32_lane,
};

/** Writes the kernels. Products and sums are rounded to the format one by one, in the order that VectorSpace of @slam/linop gives. */
export function vectorKernels(m: ModuleBuilder<VectorKernels>, format: "fp64" | "fp32"): void {
  if (format === "fp64") write(m, FP64);
  else write(m, FP32);
}

function write<T extends "f32" | "f64">(m: ModuleBuilder<VectorKernels>, format: Format<T>): void {
  const { type, lanes } = format;
  const { add, mul } = lanes;
  m.func("dot", { x: "i32", y: "i32", n: "i32" }, type, (f, { x, y, n }) => dot(f, format, x, y, n));
  m.func("axpy", { alpha: type, x: "i32", y: "i32", n: "i32" }, "i32", (f, { alpha, x, y, n }) => {
    const a = f.let(lanes.splat(alpha));
    // y <- y + a x
    return elementwise(f, format, [x, y], n, ([xi, yi]) => add(yi, mul(a, xi)));
  });
  m.func("xpby", { x: "i32", beta: type, y: "i32", n: "i32" }, "i32", (f, { x, beta, y, n }) => {
    const b = f.let(lanes.splat(beta));
    // y <- x + b y
    return elementwise(f, format, [x, y], n, ([xi, yi]) => add(xi, mul(b, yi)));
  });
  m.func("diagonalAxpy", { d: "i32", x: "i32", y: "i32", n: "i32" }, "i32", (f, { d, x, y, n }) => {
    // y <- y + d .* x
    return elementwise(f, format, [d, x, y], n, ([di, xi, yi]) => add(yi, mul(di, xi)));
  });
}

/** The last vector <- value(elements of all vectors), element by element; returns how many infinities were stored. */
function elementwise<T extends "f32" | "f64">(
  f: FunctionBuilder<"i32">,
  { bytes, lanes, infinity, loadLane }: Format<T>,
  vectors: readonly Address[],
  n: Address,
  value: (elements: readonly Expr<"v128">[]) => Expr<"v128">,
): Expr<"i32"> {
  const zero = i32x4.splat(0);
  const infinities = f.let(i32x4.splat(0));
  /** The value of the elements that `load` reads at vector + i. */
  const compute = (i: Address, load: (address: Expr<"i32">) => Expr<"v128">): Local<"v128"> => {
    const result = f.let(value(vectors.map((vector) => load(i32.add(vector, i)))));
    // The comparison gives -1 in every 32 bits.
    f.set(infinities, i32x4.sub(infinities, lanes.eq(lanes.abs(result), infinity)));
    return result;
  };
  const target = (i: Address): Expr<"i32"> => i32.add(vectors[vectors.length - 1], i);

  const end = f.let(i32.mul(n, bytes));
  const unrolledEnd = f.let(i32.and(end, -4 * 16));
  const wholeEnd = f.let(i32.and(end, -16));
  f.for(0, unrolledEnd, 4 * 16, (i) => {
    for (const offset of [0, 16, 32, 48]) {
      const result = compute(i, (address) => v128.load(address, offset));
      f.store(target(i), result, offset);
    }
  });
  f.for(unrolledEnd, wholeEnd, 16, (i) => {
    const result = compute(i, (address) => v128.load(address));
    f.store(target(i), result);
  });
  f.for(wholeEnd, end, bytes, (i) => {
    // The other lanes compute with zeros: no infinities, and they are not stored.
    const result = compute(i, (address) => loadLane(address, zero, 0));
    f.storeLane(bytes === 8 ? 64 : 32, target(i), result, 0);
  });
  const count = sumOf([0, 1, 2, 3].map((lane) => i32x4.extract_lane(infinities, lane)));
  return i32.shr_u(count, bytes === 8 ? 1 : 0);
}

function sumOf(terms: readonly Expr<"i32">[]): Expr<"i32"> {
  return terms.reduce((a, b) => i32.add(a, b));
}

/**
 * x'y: in chunks of 4096, element i into sum i mod 8, then ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)).
 * Sums are never -0, so that products of zeros, in lanes past the end, change nothing.
 */
function dot<T extends "f32" | "f64">(
  f: FunctionBuilder<T>,
  { bytes, scalar, lanes, loadLane }: Format<T>,
  x: Address,
  y: Address,
  n: Address,
): Expr<T> {
  const perVector = 16 / bytes;
  const zero = i32x4.splat(0);
  const total = f.let(lanes.extract_lane(zero, 0));
  const end = f.let(i32.mul(n, bytes));
  f.for(0, end, CHUNK * bytes, (from) => {
    const chunkEnd = f.let(i32.add(from, CHUNK * bytes));
    f.set(chunkEnd, select(end, chunkEnd, i32.lt_u(end, chunkEnd)));
    const wholeEnd = f.let(i32.and(chunkEnd, -8 * bytes));
    // s0 ... s7, in as many vectors as they take
    const sums = Array.from({ length: 8 / perVector }, () => f.let(i32x4.splat(0)));
    const addProduct = (k: number, load: (vector: Address) => Expr<"v128">): void => {
      f.set(sums[k], lanes.add(sums[k], lanes.mul(load(x), load(y))));
    };
    f.for(from, wholeEnd, 8 * bytes, (i) => {
      for (const k of sums.keys()) addProduct(k, (vector) => v128.load(i32.add(vector, i), 16 * k));
    });
    const rest = f.let(i32.sub(chunkEnd, wholeEnd));
    const addElements = (k: number): void => {
      if (k === 7) return;
      f.if(i32.gt_u(rest, k * bytes), () => {
        addProduct(Math.floor(k / perVector), (vector) => loadLane(i32.add(vector, wholeEnd), zero, k % perVector, k * bytes));
        addElements(k + 1);
      });
    };
    addElements(0);
    f.set(total, scalar.add(total, sumOfEight(f, lanes, scalar, sums)));
  });
  return total;
}

/** ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)) of two vectors of four lanes or four of two. */
function sumOfEight<T extends "f32" | "f64">(
  f: FunctionBuilder<T>,
  lanes: FloatLanes<T>,
  scalar: FloatScalar<T>,
  sums: readonly Local<"v128">[],
): Expr<T> {
  const half = sums.length / 2;
  // (s0 + s4, s1 + s5, s2 + s6, s3 + s7), then (s0 + s4 + s2 + s6, s1 + s5 + s3 + s7)
  const four = sums.slice(0, half).map((low, k) => f.let(lanes.add(low, sums[half + k])));
  const two = f.let(half === 2 ? lanes.add(four[0], four[1]) : lanes.add(four[0], i64x2.shuffle(four[0], four[0], [1, 1])));
  return scalar.add(lanes.extract_lane(two, 0), lanes.extract_lane(two, 1));
}
