const SIGN = 0x8000;
const MAGNITUDE = 0x7fff;
const EXPONENT_ONE = 1 << 10;
const SHIFT = 10 * EXPONENT_ONE;
/** The code of 64. */
const LIMIT = 0x5400;

/**
 * to_i <- the fp16 code of 2^10 times the value of code i. Then no code is subnormal, and decoding is a shift and a product.
 *
 * @returns false where a value is 64 or more, or no number: 2^10 times it is none of fp16, and `to` is left half written.
 */
export function scaleFp16Codes(codes: ArrayLike<number>, to: { [i: number]: number }): boolean {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    const magnitude = code & MAGNITUDE;
    if (magnitude >= EXPONENT_ONE) {
      if (magnitude >= LIMIT) return false;
      to[i] = code + SHIFT;
    } else {
      to[i] = (code & SIGN) | scaledSubnormal(magnitude);
    }
  }
  return true;
}

/** m 2^-24 2^10 = 1.f 2^(e - 14), where e is the place of m's first bit. */
function scaledSubnormal(m: number): number {
  if (m === 0) return 0;
  const e = 31 - Math.clz32(m);
  return ((e + 1) << 10) | ((m << (10 - e)) & (EXPONENT_ONE - 1));
}
