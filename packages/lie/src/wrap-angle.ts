const TWO_PI = 2 * Math.PI;

/**
 * x modulo 2 pi in [-pi, pi), with pi as fp64 has it: exact, so an angle already in the range comes back as it is.
 * NaN for what is not finite.
 */
export function wrapAngle(x: number): number {
  if (x >= -Math.PI && x < Math.PI) return x;
  // The remainder is exact by definition; the subtraction too, within a factor of two (Sterbenz).
  const r = x % TWO_PI;
  return r >= Math.PI ? r - TWO_PI : r < -Math.PI ? r + TWO_PI : r;
}
