import { errorOfProduct } from "./exact.ts";

/**
 * sqrt(x^2 + y^2), within 1 ulp of the exact value, without over- or underflow on the way; infinite where an argument is, even beside NaN.
 * The same bits in every engine. Borges, An improved algorithm for hypot(a, b), 2019: one Newton step on the square root's own residual.
 */
export function hypot(x: number, y: number): number {
  const a = Math.max(Math.abs(x), Math.abs(y));
  const b = Math.min(Math.abs(x), Math.abs(y));
  if (Math.abs(x) === Infinity || Math.abs(y) === Infinity) return Infinity;
  if (a > 2 ** 500) return hypot(x * 2 ** -600, y * 2 ** -600) * 2 ** 600;
  if (a < 2 ** -400 && a > 0) return hypot(x * 2 ** 600, y * 2 ** 600) * 2 ** -600;
  const aa = a * a;
  const bb = b * b;
  const h = Math.sqrt(aa + bb);
  if (!(h > 0)) return h;
  const hh = h * h;
  const tail = errorOfProduct(h, h, hh) - errorOfProduct(a, a, aa) - errorOfProduct(b, b, bb);
  return h - (hh - aa - bb + tail) / (2 * h);
}
