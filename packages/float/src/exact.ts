// Error-free transforms: pairs (s, e) whose sum is the exact result. All arithmetic is fp64, ties to even.

/** s + e = a + b exactly, s = fl(a + b). Knuth, TAOCP 2, 4.2.2 theorem B. */
export function twoSum(a: number, b: number): readonly [s: number, e: number] {
  const s = a + b;
  return [s, errorOfSum(a, b, s)];
}

/** As twoSum in three operations; needs |a| >= |b| or a = 0. Dekker 1971. */
export function fastTwoSum(a: number, b: number): readonly [s: number, e: number] {
  const s = a + b;
  return [s, b - (s - a)];
}

/** hi + lo = a exactly, each of at most 26 bits; |a| < 2^996. */
export function split(a: number): readonly [hi: number, lo: number] {
  const hi = highHalf(a);
  return [hi, a - hi];
}

/** p + e = a b exactly, unless the product's error underflows (|a b| < 2^-969) or |a|, |b| >= 2^996. Dekker 1971. */
export function twoProduct(a: number, b: number): readonly [p: number, e: number] {
  const p = a * b;
  return [p, errorOfProduct(a, b, p)];
}

// The second halves alone: in a hot loop a pair costs more than all its arithmetic.

/** a + b - s, for s = fl(a + b). */
export function errorOfSum(a: number, b: number, s: number): number {
  const t = s - a;
  return a - (s - t) + (b - t);
}

/** a b - p, for p = fl(a b). */
export function errorOfProduct(a: number, b: number, p: number): number {
  const ah = highHalf(a);
  const al = a - ah;
  const bh = highHalf(b);
  const bl = b - bh;
  return al * bl - (p - ah * bh - al * bh - ah * bl);
}

/** a to 26 bits: 2^27 + 1 splits 53 (Veltkamp). */
function highHalf(a: number): number {
  const c = 134217729 * a;
  return c - (c - a);
}
