import type { LaneOps } from "../src/lanes.ts";

/** Four lanes as 32-bit patterns. */
export type Lanes = Uint32Array;

/** LaneOps by doing what they say, on numbers. */
export const interpreted: LaneOps<Lanes> = {
  bits: (value) => lanes(() => value),
  number: (x) => lanes(() => asBits(x)),
  and: (a, b) => lanes((i) => a[i] & b[i]),
  or: (a, b) => lanes((i) => a[i] | b[i]),
  xor: (a, b) => lanes((i) => a[i] ^ b[i]),
  andNot: (a, b) => lanes((i) => a[i] & ~b[i]),
  select: (mask, a, b) => lanes((i) => (a[i] & mask[i]) | (b[i] & ~mask[i])),
  shl: (a, count) => lanes((i) => a[i] << count),
  shrU: (a, count) => lanes((i) => a[i] >>> count),
  shrS: (a, count) => lanes((i) => (a[i] | 0) >> count),
  addI: (a, b) => lanes((i) => a[i] + b[i]),
  subI: (a, b) => lanes((i) => a[i] - b[i]),
  mulI: (a, b) => lanes((i) => Math.imul(a[i], b[i])),
  minI: (a, b) => lanes((i) => Math.min(a[i] | 0, b[i] | 0)),
  maxI: (a, b) => lanes((i) => Math.max(a[i] | 0, b[i] | 0)),
  eqI: (a, b) => lanes((i) => (a[i] === b[i] ? -1 : 0)),
  ltI: (a, b) => lanes((i) => ((a[i] | 0) < (b[i] | 0) ? -1 : 0)),
  dotI16: (a, b) => lanes((i) => ((a[i] << 16) >> 16) * ((b[i] << 16) >> 16) + ((a[i] | 0) >> 16) * ((b[i] | 0) >> 16)),
  addF: (a, b) => lanes((i) => asBits(asNumber(a[i]) + asNumber(b[i]))),
  subF: (a, b) => lanes((i) => asBits(asNumber(a[i]) - asNumber(b[i]))),
  mulF: (a, b) => lanes((i) => asBits(asNumber(a[i]) * asNumber(b[i]))),
  divF: (a, b) => lanes((i) => asBits(asNumber(a[i]) / asNumber(b[i]))),
  ltF: (a, b) => lanes((i) => (asNumber(a[i]) < asNumber(b[i]) ? -1 : 0)),
  toNumber: (a) => lanes((i) => asBits(a[i] | 0)),
  toInteger: (a) => lanes((i) => Math.trunc(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, asNumber(a[i]) || 0)))),
};

const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** The bits of x rounded to fp32. */
export function asBits(x: number): number {
  f32[0] = x;
  return u32[0];
}

/** The fp32 number of these bits. */
export function asNumber(bits: number): number {
  u32[0] = bits;
  return f32[0];
}

function lanes(compute: (lane: number) => number): Lanes {
  return Uint32Array.of(compute(0), compute(1), compute(2), compute(3));
}
