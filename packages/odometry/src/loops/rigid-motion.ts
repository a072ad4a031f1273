import { nearestRotation, so3 } from "@slam/lie";

/**
 * T <- the rigid motion, of the least sum |a_i - T b_i|^2 over the pairs of points chosen.
 *
 * @param a points, 3 numbers each.
 * @param pairs indices of a point in `a` and one in `b`, pair after pair.
 * @param chosen which of the pairs.
 * @see Horn, Closed-form solution of absolute orientation using unit quaternions, JOSA A 4 (4), 1987.
 */
export function rigidMotion(a: Float64Array, b: Float64Array, pairs: Int32Array, chosen: ArrayLike<number>, T: Float64Array): void {
  const n = chosen.length;
  to.fill(0);
  from.fill(0);
  for (let k = 0; k < n; k++) {
    for (let c = 0; c < 3; c++) {
      to[c] += a[3 * pairs[2 * chosen[k]] + c] / n;
      from[c] += b[3 * pairs[2 * chosen[k] + 1] + c] / n;
    }
  }
  correlation.fill(0);
  for (let k = 0; k < n; k++) {
    const [i, j] = [3 * pairs[2 * chosen[k]], 3 * pairs[2 * chosen[k] + 1]];
    for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) correlation[3 * r + c] += (a[i + r] - to[r]) * (b[j + c] - from[c]);
  }
  nearestRotation(correlation, 0, T, 3);
  so3.act(T, 3, from, 0, from, 0);
  for (let c = 0; c < 3; c++) T[c] = to[c] - from[c];
}

const to = new Float64Array(3);
const from = new Float64Array(3);
const correlation = new Float64Array(9);
