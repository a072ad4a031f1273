import { type AnyPrecision, bf16, fp32, fp64, type LaneCodec } from "@slam/float";
import type { Expr } from "./expression.ts";
import { type FloatLanes, f32x4, f64x2 } from "./float-lanes.ts";
import type { FunctionBuilder } from "./function-builder.ts";
import { i8x16, i16x8, i32x4 } from "./integer-lanes.ts";
import { laneEmitter } from "./lane-emitter.ts";

type V = Expr<"v128">;

/** A format as kernels compute in it: numbers in lanes of fp64 or fp32, every operation rounded to the format. */
export interface LaneFormat {
  readonly floats: FloatLanes<"f32"> | FloatLanes<"f64">;
  readonly lanes: 2 | 4;
  /** Of a stored number. */
  readonly bytes: 1 | 2 | 4 | 8;
  /** Sums and products of this magnitude or more are infinite when rounded; undefined where there are no infinities. */
  readonly overflowThreshold: number | undefined;
  /** As many numbers as lanes, from where they lie side by side, as stored, in the lowest bytes. Exact. */
  decode(f: FunctionBuilder, stored: V): V;
  /** The other way: one to 16 / (bytes lanes) vectors, each number rounded. */
  encode(f: FunctionBuilder, vectors: readonly V[]): V;
  add(f: FunctionBuilder, a: V, b: V): V;
  mul(f: FunctionBuilder, a: V, b: V): V;
}

const FP64: LaneFormat = plain(f64x2, 2, 8);
const FP32: LaneFormat = plain(f32x4, 4, 4);
const NARROW = new WeakMap<AnyPrecision, LaneFormat>();

/**
 * The format P, with arithmetic in P; undefined where no kernel computes in it. Beside fp64 and fp32 these are the formats with lanes and of at most
 * 11 bits: of two of their numbers, fp32 has the product, and rounds the sum so that rounding it again to P rounds once.
 * @see Figueroa, When is double rounding innocuous?, ACM SIGNUM Newsletter 30, 1995.
 */
export function laneFormat(P: AnyPrecision): LaneFormat | undefined {
  if (P === fp64) return FP64;
  if (P === fp32) return FP32;
  const { lanes } = P;
  if (lanes === undefined || lanes.limit < Infinity || P.significandBits > 11) return undefined;
  let format = NARROW.get(P);
  if (format === undefined) {
    format = narrow(P, lanes);
    NARROW.set(P, format);
  }
  return format;
}

function plain(floats: LaneFormat["floats"], lanes: 2 | 4, bytes: 4 | 8): LaneFormat {
  return {
    floats,
    lanes,
    bytes,
    overflowThreshold: Infinity,
    decode: (_, stored) => stored,
    encode: (_, [x]) => x,
    add: (_, a, b) => floats.add(a, b),
    mul: (_, a, b) => floats.mul(a, b),
  };
}

function narrow(P: AnyPrecision, codec: LaneCodec): LaneFormat {
  return {
    floats: f32x4,
    lanes: 4,
    bytes: (codec.bits / 8) as 1 | 2,
    overflowThreshold: P.round(Infinity) === Infinity ? P.overflowThreshold : undefined,
    decode: (f, stored) => decodeLanes(f, codec, stored),
    encode: (f, vectors) => encodeLanes(f, codec, vectors),
    add: (f, a, b) => codec.round(laneEmitter(f), f.let(f32x4.add(a, b))),
    mul: (f, a, b) => codec.round(laneEmitter(f), f.let(f32x4.mul(a, b))),
  };
}

/** Four numbers as fp32, from where their codes lie side by side in the lowest bytes. Exact. */
export function decodeLanes(f: FunctionBuilder, codec: LaneCodec, codes: V): V {
  if (codec.bits === 32) return codes;
  const zero = i32x4.splat(0);
  // In the highest bits of each lane: where a codec has the last four of its word.
  const word =
    codec.bits === 16
      ? i16x8.shuffle(zero, codes, [0, 8, 1, 9, 2, 10, 3, 11])
      : i8x16.shuffle(zero, codes, [0, 0, 0, 16, 0, 0, 0, 17, 0, 0, 0, 18, 0, 0, 0, 19]);
  // Upper halves of fp32 numbers with zeros beside them: there is nothing to decode.
  if (codec === bf16.lanes) return word;
  const values = codec.decode(laneEmitter(f), f.let(word), 32 / codec.bits - 1);
  return codec.scale === 1 ? values : f32x4.mul(values, f32x4.splat(1 / codec.scale));
}

/** The codes side by side, from the lowest byte, of four numbers in fp32 or of a few times four: as many as 16 bytes hold, or fewer. Each is rounded. */
export function encodeLanes(f: FunctionBuilder, codec: LaneCodec, vectors: readonly V[]): V {
  const kept = vectors.map((x) => f.let(x));
  const word = f.let(codec.encode(laneEmitter(f), kept));
  if (codec.bits === 32) return word;
  const bytes = codec.bits / 8;
  // Value 4 part + lane of a word is in the bytes of its part.
  const inOrder = Array.from({ length: 16 }, (_, k) => 4 * (Math.floor(k / bytes) % 4) + bytes * Math.floor(k / (4 * bytes)) + (k % bytes));
  return i8x16.shuffle(word, word, inOrder);
}
