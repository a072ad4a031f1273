import { defineFloat } from "./define-float.ts";
import { fma64, fmaToOdd } from "./fma.ts";
import { fp32Lanes } from "./lane-codecs.ts";
import type { Precision } from "./precision.ts";

export type FP64 = Precision<"fp64", Float64Array>;
export type FP32 = Precision<"fp32", Float32Array>;
export type FP16 = Precision<"fp16", Uint16Array>;
export type BF16 = Precision<"bf16", Uint16Array>;
export type E4M3 = Precision<"e4m3", Uint8Array>;
export type E5M2 = Precision<"e5m2", Uint8Array>;

/** IEEE binary64: JavaScript numbers. */
export const fp64: FP64 = {
  name: "fp64",
  significandBits: 53,
  unitRoundoff: 2 ** -53,
  maxFinite: Number.MAX_VALUE,
  overflowThreshold: Infinity,
  minNormal: 2 ** -1022,
  minSubnormal: 2 ** -1074,
  Storage: Float64Array,
  load: (s, i) => s[i],
  store: (s, i, x) => {
    s[i] = x;
  },
  round: (x) => x,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: Math.sqrt,
  fma: fma64,
};

/** IEEE binary32: each operation is fp64's, rounded again, which is innocuous with 53 >= 2 * 24 + 2 bits. */
export const fp32: FP32 = {
  name: "fp32",
  significandBits: 24,
  unitRoundoff: 2 ** -24,
  maxFinite: (2 - 2 ** -23) * 2 ** 127,
  overflowThreshold: (2 - 2 ** -24) * 2 ** 127,
  minNormal: 2 ** -126,
  minSubnormal: 2 ** -149,
  Storage: Float32Array,
  load: (s, i) => s[i],
  store: (s, i, x) => {
    s[i] = x;
  },
  round: Math.fround,
  add: (a, b) => Math.fround(a + b),
  sub: (a, b) => Math.fround(a - b),
  mul: (a, b) => Math.fround(a * b),
  div: (a, b) => Math.fround(a / b),
  sqrt: (a) => Math.fround(Math.sqrt(a)),
  fma: (a, b, c) => Math.fround(fmaToOdd(a, b, c)),
  lanes: fp32Lanes,
};

/** IEEE binary16. */
export const fp16: FP16 = defineFloat({ name: "fp16", exponentBits: 5, significandBits: 11 });

/** bfloat16: the upper half of binary32. */
export const bf16: BF16 = defineFloat({ name: "bf16", exponentBits: 8, significandBits: 8 });

/** OCP 8-bit FN: no infinities, largest 448. OCP 8-bit Floating Point Specification, 2023. */
export const e4m3: E4M3 = defineFloat({ name: "e4m3", exponentBits: 4, significandBits: 4, infinities: false });

/** OCP 8-bit, IEEE-like. */
export const e5m2: E5M2 = defineFloat({ name: "e5m2", exponentBits: 5, significandBits: 3 });
