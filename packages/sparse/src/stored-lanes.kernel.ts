import { type AnyPrecision, fp32, fp64, type LaneCodec } from "@slam/float";
import {
  decodeLanes,
  type Expr,
  type FunctionBuilder,
  f32x4,
  f64x2,
  type LaneFormat,
  type Local,
  laneEmitter,
  laneFormat,
} from "@slam/wasm";
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
  /** Where words of 32 bits hold several values, and lanes are as wide. */
  readonly words: StoredWords | undefined;
  readVector(f: FunctionBuilder, segments: readonly Segment[]): Expr<"v128">;
  storeVector(f: FunctionBuilder, segments: readonly Segment[], x: Local<"v128">): void;
}

/** Four words of 32 bits in lanes, as they lie in memory. */
export interface StoredWords {
  /** Values in a word, the first in its lowest bits. */
  readonly parts: 2 | 4;
  /** A value of each word, rounded to the arithmetic. */
  decode(f: FunctionBuilder, words: Local<"v128">, part: number): Expr<"v128">;
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
    words: storedWords(M, layout, arithmetic),
    readVector: (f, segments) => vectors.decode(f, gather(segments, vectors.bytes)),
    storeVector: (f, segments, x) => scatter(f, segments, vectors.bytes, f.let(vectors.encode(f, [x]))),
  };
}

function reader(M: AnyPrecision, layout: Layout, arithmetic: AnyPrecision): StoredLanes["read"] {
  if (layout === "fp64") return (_, segments) => gather(segments, 8);
  const decoded: StoredLanes["read"] = (f, segments) => decodeLanes(f, layout, gather(segments, layout.bits / 8));
  if (arithmetic === fp64) return (f, segments) => f64x2.promote_low_f32x4(decoded(f, segments));
  return (f, segments) => roundedTo(f, M, arithmetic, decoded(f, segments));
}

function storedWords(M: AnyPrecision, layout: Layout, arithmetic: AnyPrecision): StoredWords | undefined {
  if (layout === "fp64" || layout.bits === 32 || arithmetic === fp64) return undefined;
  return {
    parts: (32 / layout.bits) as 2 | 4,
    decode: (f, words, part) => {
      const decoded = layout.decode<Expr<"v128">>(laneEmitter(f), words, part);
      return roundedTo(f, M, arithmetic, layout.scale === 1 ? decoded : f32x4.mul(decoded, f32x4.splat(1 / layout.scale)));
    },
  };
}

/** fp32 lanes that hold values of M, rounded. */
function roundedTo(f: FunctionBuilder, M: AnyPrecision, arithmetic: AnyPrecision, x: Expr<"v128">): Expr<"v128"> {
  return arithmetic === fp32 || arithmetic === M ? x : (arithmetic.lanes as LaneCodec).round(laneEmitter(f), f.let(x));
}
