import { type Expr, type FloatLanes, type FunctionBuilder, f32x4, f64x2, i16x8, i32x4, v128 } from "@slam/wasm";
import { gather, type Segment } from "./segments.kernel.ts";

/** How a matrix's values lie in an arena: "fp16-scaled" are the codes of 2^10 times the values. */
export type Layout = "fp64" | "fp32" | "bf16" | "fp16" | "fp16-scaled";

/** What the kernels of one layout are written with. The vectors are in the arithmetic: as many lanes as 16 bytes hold. */
export interface StoredLanes {
  readonly floats: FloatLanes<"f32"> | FloatLanes<"f64">;
  readonly lanes: 2 | 4;
  /** Of a stored value. */
  readonly bytes: 2 | 4 | 8;
  /** Called at the start of a function, where its constants are kept; gives what reads values to the lanes of a vector. */
  reader(f: FunctionBuilder): ReadValues;
}

export type ReadValues = (segments: readonly Segment[]) => Expr<"v128">;

const wide = { floats: f64x2, lanes: 2, reader: () => (segments: readonly Segment[]) => gather(segments, 8) } as const;
const single = { floats: f32x4, lanes: 4 } as const;

export const STORED_LANES: { readonly [layout in Layout]: StoredLanes } = {
  fp64: { ...wide, bytes: 8 },
  fp32: { ...single, bytes: 4, reader: () => (segments) => gather(segments, 4) },
  bf16: { ...single, bytes: 2, reader: bf16Reader },
  fp16: { ...single, bytes: 2, reader: fp16Reader },
  "fp16-scaled": { ...single, bytes: 2, reader: scaledFp16Reader },
};

const SIGN = 0x8000_0000 | 0;
/** What the exponents of fp32 are biased by more than those of fp16, in the place of fp32's exponent. */
const REBIAS = (127 - 15) << 23;

/** A code is the upper half of the fp32 number. */
function bf16Reader(f: FunctionBuilder): ReadValues {
  const zero = f.let(i32x4.splat(0));
  return (segments) => i16x8.shuffle(zero, gather(segments, 2), [0, 8, 1, 9, 2, 10, 3, 11]);
}

/** Every code, without an operation on a subnormal number of fp32, which would take some processors a hundred cycles. */
function fp16Reader(f: FunctionBuilder): ReadValues {
  const magnitudes = f.let(i32x4.splat(0x7fff));
  const sign = f.let(i32x4.splat(SIGN));
  const rebias = f.let(i32x4.splat(REBIAS));
  const leastNormal = f.let(i32x4.splat(1 << 23));
  const mostFinite = f.let(i32x4.splat((31 << 23) - 1));
  const unit = f.let(f32x4.splat(2 ** -14));
  return (segments) => {
    const code = f.let(extended(segments));
    const magnitude = f.let(i32x4.shl(v128.and(code, magnitudes), 13));
    const normal = f.let(i32x4.add(magnitude, rebias));
    // 2^-14 (1 + fraction) - 2^-14
    const subnormal = f32x4.sub(i32x4.add(normal, leastNormal), unit);
    const finite = v128.bitselect(subnormal, normal, i32x4.lt_s(magnitude, leastNormal));
    const value = v128.bitselect(i32x4.add(normal, rebias), finite, i32x4.gt_s(magnitude, mostFinite));
    return v128.or(value, v128.and(code, sign));
  };
}

/** No code is subnormal: as fp32 its bits are 2^10 times the value times 2^(15 - 127). */
function scaledFp16Reader(f: FunctionBuilder): ReadValues {
  const places = f.let(i32x4.splat(SIGN | 0x0fff_e000));
  const factor = f.let(f32x4.splat(2 ** 102));
  return (segments) => f32x4.mul(v128.and(i32x4.shl(extended(segments), 13), places), factor);
}

/** Codes with their sign in every place above. */
function extended(segments: readonly Segment[]): Expr<"v128"> {
  const [{ address, offset, count }] = segments;
  return count === 4 ? v128.load16x4_s(address, offset) : i32x4.extend_low_i16x8_s(gather(segments, 2));
}
