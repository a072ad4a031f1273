const f64 = new Float64Array(1);
const u32 = new Uint32Array(f64.buffer);
const u64 = new BigUint64Array(f64.buffer);
// Typed arrays have the machine's byte order: HIGH_WORD is where the sign and the exponent are, of two words.
f64[0] = 1;
export const HIGH_WORD: 0 | 1 = u32[1] === 0x3ff00000 ? 1 : 0;
const LOW_WORD = 1 - HIGH_WORD;

/** floor(log2 |x|) + 1023 of a normal fp64 number; 0 for zero and subnormals. */
export function biasedExponent(x: number): number {
  f64[0] = x;
  return (u32[HIGH_WORD] >>> 20) & 0x7ff;
}

/** The high word of x: sign, exponent and the first 20 fraction bits. */
export function highWord(x: number): number {
  f64[0] = x;
  return u32[HIGH_WORD];
}

/** x / 2^floor(log2 |x|), in [1, 2), of a normal x > 0. */
export function significand(x: number): number {
  f64[0] = x;
  u32[HIGH_WORD] = (u32[HIGH_WORD] & 0xfffff) | 0x3ff00000;
  return f64[0];
}

/** 2^k for -1022 <= k <= 1023. Not `2 ** k`: the language leaves the accuracy of powers open. */
export function powerOfTwo(k: number): number {
  u32[LOW_WORD] = 0;
  u32[HIGH_WORD] = (k + 1023) << 20;
  return f64[0];
}

/** The integer nearest to x, ties to even; |x| < 2^51. */
export function nearestInteger(x: number): number {
  return x + 1.5 * 2 ** 52 - 1.5 * 2 ** 52;
}

/** The fp64 number after a finite, non-zero x in magnitude (step 1) or before it (step -1). */
export function neighbour(x: number, step: 1 | -1): number {
  f64[0] = x;
  const lo = u32[LOW_WORD] + step;
  u32[LOW_WORD] = lo;
  if (lo > 0xffffffff) u32[HIGH_WORD] = u32[HIGH_WORD] + 1;
  else if (lo < 0) u32[HIGH_WORD] = u32[HIGH_WORD] - 1;
  return f64[0];
}

/** x = m 2^e exactly, of a finite x. */
export function integerAndExponent(x: number): readonly [m: bigint, e: number] {
  const exponent = biasedExponent(x);
  const fraction = BigInt.asUintN(52, u64[0]);
  const m = exponent === 0 ? fraction : fraction | (1n << 52n);
  return [x < 0 ? -m : m, Math.max(exponent, 1) - 1075];
}

/** s + e rounded to odd, where s is s + e rounded to nearest, finite, and e is not 0: truncated, with the last bit set. */
export function toOdd(s: number, e: number): number {
  f64[0] = e;
  const signOfError = u32[HIGH_WORD];
  f64[0] = s;
  const lo = u32[LOW_WORD] - ((u32[HIGH_WORD] ^ signOfError) >>> 31);
  u32[LOW_WORD] = lo | 1;
  if (lo < 0) u32[HIGH_WORD] = u32[HIGH_WORD] - 1;
  return f64[0];
}

/** 1.5 2^(k - 1023). A table, because a double assembled from two words stalls the processor for as long as the whole rounding takes. */
const SHIFTERS = new Float64Array(2047);
for (let k = 1; k < 2047; k++) SHIFTERS[k] = 1.5 * powerOfTwo(k - 1023);

/**
 * x rounded to `bits` significand bits, to nearest, ties to even; below 2^(minExponent - 1023) to multiples of 2^(minExponent - 1022 - bits).
 * `minExponent` is biased by 1023. Needs |x| < 2^970.
 */
export function roundToBits(x: number, bits: number, minExponent: number): number {
  f64[0] = x;
  const exponent = Math.max((u32[HIGH_WORD] >>> 20) & 0x7ff, minExponent);
  // Adding 1.5 2^(e + 53 - bits) leaves no bit below the quantum 2^(e + 1 - bits): fp64's own rounding does the work.
  const shifter = SHIFTERS[exponent + 53 - bits];
  const rounded = x + shifter - shifter;
  return rounded === 0 ? x * 0 : rounded;
}
