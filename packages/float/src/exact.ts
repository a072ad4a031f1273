// Error-free transforms: pairs (s, e) whose sum is the exact result. All arithmetic is fp64, ties to even.

/** s + e = a + b exactly, s = fl(a + b). Knuth, TAOCP 2, 4.2.2 theorem B. */
export function twoSum(a: number, b: number): readonly [s: number, e: number] {
  const s = a + b;
  const t = s - a;
  return [s, a - (s - t) + (b - t)];
}

/** As twoSum in three operations; needs |a| >= |b| or a = 0. Dekker 1971. */
export function fastTwoSum(a: number, b: number): readonly [s: number, e: number] {
  const s = a + b;
  return [s, b - (s - a)];
}

/** 2^27 + 1: splits 53 bits into 26 + 26 (Veltkamp). */
const SPLITTER = 134217729;

/** hi + lo = a exactly, each of at most 26 bits; |a| < 2^996. */
export function split(a: number): readonly [hi: number, lo: number] {
  const c = SPLITTER * a;
  const hi = c - (c - a);
  return [hi, a - hi];
}

/** p + e = a b exactly, unless the product's error underflows (|a b| < 2^-969) or |a|, |b| >= 2^996. Dekker 1971. */
export function twoProduct(a: number, b: number): readonly [p: number, e: number] {
  const p = a * b;
  const [ah, al] = split(a);
  const [bh, bl] = split(b);
  return [p, al * bl - (p - ah * bh - al * bh - ah * bl)];
}
