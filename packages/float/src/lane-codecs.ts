import type { LaneCodec, LaneOps } from "./lanes.ts";

/** The widths of a float whose code is sign, biased exponent, fraction; as in `FloatDefinition`. */
export interface LaneWidths {
  readonly name: string;
  readonly exponentBits: number;
  readonly significandBits: number;
  readonly infinities?: boolean;
  readonly saturate?: boolean;
}

const SIGN = 0x80000000;
const MAGNITUDE = 0x7fffffff;
const INFINITY = 0x7f800000;
const HIDDEN = 0x00800000;
const NAN = 0x7fc00000;

/** fp32: stored as it is. */
export const fp32Lanes: LaneCodec = {
  name: "fp32",
  bits: 32,
  scale: 1,
  limit: Infinity,
  decode: (_, word) => word,
  encode: (_, [x]) => x,
  round: (_, x) => x,
};

/** The codec of a float of at most 16 bits, subnormals, infinities and NaN included; undefined where it has values that fp32 does not. */
export function floatLanes(widths: LaneWidths): LaneCodec | undefined {
  const { exponentBits: e, infinities = true } = widths;
  if (e < 8) return narrowLanes(widths);
  return e === 8 && infinities ? upperLanes(widths) : undefined;
}

const fp16Lanes = narrowLanes({ name: "fp16", exponentBits: 5, significandBits: 11 });
const F16K: readonly LaneCodec[] = Array.from({ length: 11 }, (_, shift) => f16kLanes(shift));

/**
 * The fast layout of fp16 for finite values of magnitude up to `largest`: the codes of values times 2^shift, which one product of integers
 * and a mask decode, with no path for subnormals: at shift 10 (up to 63.97) there are none. Undefined where `largest` is beyond 65504 or no
 * number.
 */
export function f16k(largest: number): LaneCodec | undefined {
  return F16K.findLast(({ limit }) => largest <= limit);
}

function f16kLanes(shift: number): LaneCodec {
  return {
    name: "f16k",
    bits: 16,
    // Exponent and fraction of a code in fp32's place, its bias not corrected: 2^(15 - 127).
    scale: 2 ** (shift - 112),
    limit: 65504 / 2 ** shift,
    decode: (ops, word, part) => {
      // The code, its sign extended, 13 bits up; the sign's copies among the exponent's bits cleared.
      const aligned = ops.dotI16(word, ops.bits(part === 0 ? 0x2000 : 0x20000000));
      return ops.and(aligned, ops.bits(0x8fffe000));
    },
    encode: (ops, parts) => {
      const scaled = parts.map((x) => ops.mulF(fp16Lanes.round(ops, x), ops.number(2 ** shift)));
      return fp16Lanes.encodeRounded(ops, scaled);
    },
    round: fp16Lanes.round,
  };
}

/** Formats with fp32's exponents, such as bf16: a code is the upper bits of an fp32 number. */
function upperLanes({ name, significandBits: p, saturate = false }: LaneWidths): LaneCodec {
  const width = 8 + p;
  const cut = 32 - width;
  const kept = (-1 << cut) >>> 0;
  const largest = 0x7f7fffff & kept;

  function round<V>(ops: LaneOps<V>, x: V): V {
    const magnitude = ops.and(x, ops.bits(MAGNITUDE));
    const odd = ops.and(ops.shrU(magnitude, cut), ops.bits(1));
    const rounded = ops.and(ops.addI(ops.addI(magnitude, ops.bits(2 ** (cut - 1) - 1)), odd), ops.bits(kept));
    const clamped = saturate ? ops.minI(rounded, ops.bits(largest)) : rounded;
    const signed = ops.or(clamped, ops.and(x, ops.bits(SIGN)));
    return ops.select(ops.ltI(ops.bits(INFINITY), magnitude), ops.bits(NAN), signed);
  }

  return {
    name,
    bits: 16,
    scale: 1,
    limit: Infinity,
    decode: (ops, word, part) => {
      const top = shiftLeft(ops, word, cut - 16 * part);
      return part === 0 ? top : ops.and(top, ops.bits(kept));
    },
    encode: (ops, parts) =>
      parts.map((x, part) => shiftRight(ops, round(ops, x), cut - 16 * part)).reduce((word, code) => ops.or(word, code)),
    round,
  };
}

interface NarrowCodec extends LaneCodec {
  /** `encode` of numbers that are values of the format. */
  encodeRounded<V>(ops: LaneOps<V>, parts: readonly V[]): V;
}

/** Formats with fewer exponents than fp32: the bias is moved; subnormals are made and unmade by adding the least normal number. */
function narrowLanes(widths: LaneWidths): NarrowCodec {
  const { name, exponentBits: e, significandBits: p, infinities = true, saturate = false } = widths;
  const width = e + p;
  const bits = width <= 8 ? 8 : 16;
  // A code's exponent and fraction, moved up to where fp32 has them ("aligned"), lack this bias.
  const up = 24 - p;
  const bias = (128 - 2 ** (e - 1)) * HIDDEN;
  const leastNormal = bias + HIDDEN;
  const topExponent = (2 ** e - 1) * HIDDEN;
  const largest = infinities ? topExponent - 2 ** up : topExponent + HIDDEN - 2 ** (up + 1);
  const nan = infinities ? topExponent + HIDDEN / 2 : topExponent + HIDDEN - 2 ** up;
  // Numbers above this overflow: those from halfway to the next, which is even, or without infinities odd.
  const last = largest + bias + 2 ** (up - 1) - (infinities ? 1 : 0);
  const overflowed = saturate ? largest + bias : infinities ? INFINITY : NAN;

  function round<V>(ops: LaneOps<V>, x: V): V {
    const magnitude = ops.and(x, ops.bits(MAGNITUDE));
    // x + 1.5 2^(exponent + up) - 1.5 2^(exponent + up): fp32's own rounding leaves p bits; fewer below the least normal number.
    const exponent = ops.maxI(ops.and(x, ops.bits(INFINITY)), ops.bits(leastNormal));
    const shifter = ops.addI(exponent, ops.bits(up * HIDDEN + HIDDEN / 2));
    const rounded = ops.subF(ops.addF(x, shifter), shifter);
    const inRange = ops.select(ops.ltF(ops.bits(last), magnitude), ops.bits(overflowed), rounded);
    return ops.or(inRange, ops.and(x, ops.bits(SIGN)));
  }

  /** The code of a value of the format, in the low bits. */
  function codeOf<V>(ops: LaneOps<V>, rounded: V): V {
    const magnitude = ops.and(rounded, ops.bits(MAGNITUDE));
    const subnormal = ops.subI(ops.addF(magnitude, ops.bits(leastNormal)), ops.bits(leastNormal));
    const normal = ops.subI(magnitude, ops.bits(bias));
    const finite = ops.select(ops.ltI(magnitude, ops.bits(leastNormal)), subnormal, normal);
    // Infinity's exponent is cut to the widest there is.
    const aligned = ops.minI(finite, ops.bits(infinities ? topExponent : largest));
    const signed = ops.or(ops.shrU(aligned, up), ops.shrU(ops.and(rounded, ops.bits(SIGN)), 32 - width));
    // NaN is stored without a sign.
    return ops.select(ops.ltI(ops.bits(INFINITY), magnitude), ops.bits(nan >>> up), signed);
  }

  function encodeRounded<V>(ops: LaneOps<V>, parts: readonly V[]): V {
    return parts.map((x, part) => shiftLeft(ops, codeOf(ops, x), bits * part)).reduce((word, placed) => ops.or(word, placed));
  }

  return {
    name,
    bits,
    scale: 1,
    limit: Infinity,
    decode: (ops, word, part) => {
      const top = shiftLeft(ops, word, 32 - width - bits * part);
      const aligned = ops.and(ops.shrU(top, 8 - e), ops.bits((2 ** (width - 1) - 1) * 2 ** up));
      // The value with a hidden bit, and twice that less the least normal number twice: with an exponent of 0 the second is the value and the
      // smaller, otherwise the first. Numbers that are not negative compare as integers.
      const normal = ops.addI(aligned, ops.bits(bias));
      const subnormal = ops.subF(ops.addI(aligned, ops.bits(leastNormal)), ops.bits(leastNormal));
      const finite = ops.minI(normal, subnormal);
      // All ones are a NaN as well.
      const beyond = ops.ltI(ops.bits(largest), aligned);
      const infinite = infinities ? ops.and(beyond, ops.bits(INFINITY)) : beyond;
      return ops.or(ops.or(finite, infinite), ops.and(top, ops.bits(SIGN)));
    },
    encode: (ops, parts) =>
      encodeRounded(
        ops,
        parts.map((x) => round(ops, x)),
      ),
    encodeRounded,
    round,
  };
}

function shiftLeft<V>(ops: LaneOps<V>, a: V, count: number): V {
  return count === 0 ? a : ops.shl(a, count);
}

function shiftRight<V>(ops: LaneOps<V>, a: V, count: number): V {
  return count === 0 ? a : ops.shrU(a, count);
}
