// Exact arithmetic for the tests: rationals of BigInts, d > 0, never reduced.

export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

const float = new Float64Array(1);
const word = new BigUint64Array(float.buffer);

export function power(k: number): Rational {
  return k >= 0 ? { n: 1n << BigInt(k), d: 1n } : { n: 1n, d: 1n << BigInt(-k) };
}

/** The value of a finite double. */
export function rational(x: number): Rational {
  float[0] = x;
  const bits = word[0];
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  const m = exponent === 0 ? fraction : fraction + (1n << 52n);
  return times({ n: x < 0 ? -m : m, d: 1n }, power(Math.max(exponent, 1) - 1075));
}

export function plus(a: Rational, b: Rational): Rational {
  return { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
}

export function minus(a: Rational, b: Rational): Rational {
  return plus(a, { n: -b.n, d: b.d });
}

export function times(a: Rational, b: Rational): Rational {
  return { n: a.n * b.n, d: a.d * b.d };
}

export function over(a: Rational, b: Rational): Rational {
  return b.n < 0n ? { n: -a.n * b.d, d: a.d * -b.n } : { n: a.n * b.d, d: a.d * b.n };
}

export function magnitude(a: Rational): Rational {
  return { n: a.n < 0n ? -a.n : a.n, d: a.d };
}

export function isLess(a: Rational, b: Rational): boolean {
  return a.n * b.d < b.n * a.d;
}

export function isEqual(a: Rational, b: Rational): boolean {
  return a.n * b.d === b.n * a.d;
}

/** floor(sqrt n). */
export function integerSqrt(n: bigint): bigint {
  if (n < 2n) return n;
  let r = 1n << BigInt((bitLength(n) + 1) >> 1);
  for (;;) {
    const next = (r + n / r) >> 1n;
    if (next >= r) return r;
    r = next;
  }
}

/** A number that rounds as the square root of a does in any format of at most 60 bits: the root truncated far down, with a sticky bit. */
export function sqrtSticky(a: Rational): Rational {
  const scale = 4200n;
  const scaled = (a.n << (2n * scale)) / a.d;
  const r = integerSqrt(scaled);
  const exact = r * r === scaled && (a.n << (2n * scale)) % a.d === 0n;
  return { n: 2n * r + (exact ? 0n : 1n), d: 1n << (scale + 1n) };
}

function bitLength(n: bigint): number {
  const digits = n.toString(16);
  return 4 * digits.length - (Math.clz32(Number.parseInt(digits[0], 16)) - 28);
}

/** floor(log2 a), a > 0. */
export function floorLog2(a: Rational): number {
  const guess = bitLength(a.n) - bitLength(a.d);
  return isLess(a, power(guess)) ? guess - 1 : guess;
}

/** The integer nearest to a >= 0, ties to even. */
export function nearestEven(a: Rational): bigint {
  const floor = a.n / a.d;
  const twiceRest = 2n * (a.n - floor * a.d);
  return twiceRest > a.d || (twiceRest === a.d && floor % 2n === 1n) ? floor + 1n : floor;
}

/** The double of this value; only for values that are doubles. */
export function toNumber(a: Rational): number {
  if (a.n === 0n) return 0;
  const e = floorLog2(magnitude(a)) - 52;
  const q = Math.max(e, -1074);
  const m = over(a, power(q));
  if (m.n % m.d !== 0n) throw new Error("not a double");
  const half = q >> 1;
  return Number(m.n / m.d) * 2 ** half * 2 ** (q - half);
}
