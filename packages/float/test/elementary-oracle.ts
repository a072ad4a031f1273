import { floorLog2, integerSqrt, magnitude, minus, over, plus, power, type Rational, rational, times } from "./rational.ts";

// Elementary functions of doubles in fixed point with F fraction bits: rationals that are right to 150 bits and more.

const F = 400;
const ONE = 1n << BigInt(F);

function fixed(a: Rational): bigint {
  return (a.n << BigInt(F)) / a.d;
}

function multiply(a: bigint, b: bigint): bigint {
  return (a * b) >> BigInt(F);
}

/** sum of z^k c(k) r, k = 0, 1, ...: all the series below. */
function series(first: bigint, next: (term: bigint, k: bigint) => bigint, weight: (k: bigint) => bigint): bigint {
  let sum = 0n;
  let term = first;
  for (let k = 0n; term > 1n || term < -1n; k++) {
    sum += term / weight(k);
    term = next(term, k);
  }
  return sum;
}

/** atan(1 / n) 2^bits. */
function atanOfInverse(n: bigint, bits: number): bigint {
  const first = (1n << BigInt(bits)) / n;
  return series(
    first,
    (term) => -term / (n * n),
    (k) => 2n * k + 1n,
  );
}

/** pi/2 to 1600 bits. Machin 1706. */
const HALF_PI: Rational = { n: 2n * (4n * atanOfInverse(5n, 1600) - atanOfInverse(239n, 1600)), d: 1n << 1600n };
const LN2: bigint = atanh(ONE / 3n) * 2n;

function sinOfFixed(r: bigint): bigint {
  const z = multiply(r, r);
  return series(
    r,
    (term, k) => -multiply(term, z) / ((2n * k + 2n) * (2n * k + 3n)),
    () => 1n,
  );
}

function cosOfFixed(r: bigint): bigint {
  const z = multiply(r, r);
  return series(
    ONE,
    (term, k) => -multiply(term, z) / ((2n * k + 1n) * (2n * k + 2n)),
    () => 1n,
  );
}

function atanh(s: bigint): bigint {
  const z = multiply(s, s);
  return series(
    s,
    (term) => multiply(term, z),
    (k) => 2n * k + 1n,
  );
}

/** atan t, 0 <= t <= 1: atan t = atan c + atan((t - c) / (1 + c t)), c = i / 8. */
function atanOfFixed(t: bigint): bigint {
  const i = (t * 8n + ONE / 2n) / ONE;
  const c = (i * ONE) / 8n;
  return (i === 0n ? 0n : atanSeries(c)) + atanSeries(((t - c) * ONE) / (ONE + multiply(c, t)));
}

function atanSeries(t: bigint): bigint {
  if (t === ONE) return fixed(HALF_PI) / 2n;
  const z = multiply(t, t);
  return series(
    t,
    (term) => -multiply(term, z),
    (k) => 2n * k + 1n,
  );
}

/** sin(x + turns pi/2), for |x| > 2^-100 or zero. */
export function sinExactly(x: number, turns = 0): Rational {
  const ratio = over(rational(x), HALF_PI);
  const n = (2n * ratio.n + ratio.d) / (2n * ratio.d) - (ratio.n < 0n ? 1n : 0n);
  const r = fixed(minus(rational(x), times({ n, d: 1n }, HALF_PI)));
  const quadrant = Number(BigInt.asUintN(2, n + BigInt(turns)));
  const value = quadrant % 2 === 0 ? sinOfFixed(r) : cosOfFixed(r);
  return { n: quadrant < 2 ? value : -value, d: ONE };
}

export function cosExactly(x: number): Rational {
  return sinExactly(x, 1);
}

export function expExactly(x: number): Rational {
  const X = fixed(rational(x));
  const n = X / LN2;
  const r = X - n * LN2;
  const value = series(
    ONE,
    (term, k) => multiply(term, r) / (k + 1n),
    () => 1n,
  );
  return times({ n: value, d: ONE }, power(Number(n)));
}

/** log x, for x > 0. */
export function logExactly(x: number): Rational {
  const q = rational(x);
  const k = floorLog2(times(q, { n: 2n, d: 3n })) + 1;
  const m = over(q, power(k));
  const s = fixed({ n: m.n - m.d, d: m.n + m.d });
  return { n: BigInt(k) * LN2 + 2n * atanh(s), d: ONE };
}

/** The angle of (x, y), not both zero, for a ratio of y and x of at least 2^-200. */
export function atan2Exactly(y: number, x: number): Rational {
  const ax = magnitude(rational(x));
  const ay = magnitude(rational(y));
  const steep = ay.n * ax.d > ax.n * ay.d;
  const t = fixed(steep ? over(ax, ay) : over(ay, ax));
  const octant: Rational = { n: atanOfFixed(t), d: ONE };
  const quadrant = steep ? minus(HALF_PI, octant) : octant;
  const half = x < 0 ? minus(times({ n: 2n, d: 1n }, HALF_PI), quadrant) : quadrant;
  return y < 0 ? minus({ n: 0n, d: 1n }, half) : half;
}

export function hypotExactly(x: number, y: number): Rational {
  const square = plus(times(rational(x), rational(x)), times(rational(y), rational(y)));
  const scale = 2n * BigInt(Math.max(0, F - floorLog2(square)));
  return { n: integerSqrt((square.n << scale) / square.d), d: 1n << (scale / 2n) };
}

/** |computed - exact| in units of the last place that fp64 has there. */
export function errorInUlps(computed: number, exact: Rational): number {
  const exponent = exact.n === 0n ? -1022 : Math.max(floorLog2(magnitude(exact)), -1022);
  const error = over(magnitude(minus(rational(computed), exact)), power(exponent - 52));
  return Number((error.n << 40n) / error.d) / 2 ** 40;
}
