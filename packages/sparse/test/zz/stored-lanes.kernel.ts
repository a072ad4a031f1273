import { type AnyPrecision, fp32, fp64, type LaneCodec } from "@slam/float";
import { decodeLanes, type Expr, type FunctionBuilder, f64x2, type LaneFormat, type Local, laneEmitter, laneFormat } from "@slam/wasm";
import { gather, type Segment, scatter } from "./segments.kernel.ts";

/** How a matrix's values lie in an arena, in the matrix' order: numbers in fp64, or the codes of a codec. */
export type Layout = "fp64" | LaneCodec;

/** What the kernels of one layout and one arithmetic are written with. The vectors are in the arithmetic. */
export interface StoredLanes {
  readonly vectors: LaneFormat;
  /** Of a stored value of the matrix. */
  readonly bytes: 1 | 2 | 4 | 8;
  /** Reads values to the lanes of a vector, rounded to the arithmetic. */
  read(f: FunctionBuilder, segments: readonly Segment[]): Expr<"v128">;
  readVector(f: FunctionBuilder, segments: readonly Segment[]): Expr<"v128">;
  storeVector(f: FunctionBuilder, segments: readonly Segment[], x: Local<"v128">): void;
}

/** The bytes of a stored value. */
export function bytesOf(layout: Layout): 1 | 2 | 4 | 8 {
  return layout === "fp64" ? 8 : ((layout.bits / 8) as 1 | 2 | 4);
}

/** A matrix in the format M. fp64 values only in fp64 arithmetic; codes in any that has a lane format. */
export function storedLanes(M: AnyPrecision, layout: Layout, arithmetic: AnyPrecision): StoredLanes {
  const vectors = laneFormat(arithmetic) as LaneFormat;
  return {
    vectors,
    bytes: bytesOf(layout),
    read: reader(M, layout, arithmetic),
    readVector: (f, segments) => vectors.decode(f, gather(segments, vectors.bytes)),
    storeVector: (f, segments, x) => scatter(f, segments, vectors.bytes, f.let(vectors.encode(f, [x]))),
  };
}

function reader(M: AnyPrecision, layout: Layout, arithmetic: AnyPrecision): StoredLanes["read"] {
  if (layout === "fp64") return (_, segments) => gather(segments, 8);
  const decoded: StoredLanes["read"] = (f, segments) => decodeLanes(f, layout, gather(segments, layout.bits / 8));
  if (arithmetic === fp64) return (f, segments) => f64x2.promote_low_f32x4(decoded(f, segments));
  if (arithmetic === fp32 || arithmetic === M) return decoded;
  const { round } = arithmetic.lanes as LaneCodec;
  return (f, segments) => round(laneEmitter(f), f.let(decoded(f, segments)));
}
