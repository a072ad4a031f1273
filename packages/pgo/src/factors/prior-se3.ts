import { se3, so3 } from "@slam/lie";
import type { Factor } from "./factor.ts";

const moved = new Float64Array(7);
const R = new Float64Array(9);
const Rz = new Float64Array(9);
const Ro = new Float64Array(9);

/** moved <- Z^-1 X O with w >= 0 */
function writeMoved(X: Float64Array, z: Float64Array): void {
  se3.compose(X, 0, z, 7, moved, 0);
  se3.relative(z, 0, moved.slice(), 0, moved, 0);
  if (moved[6] < 0) for (let k = 3; k < 7; k++) moved[k] = -moved[k];
}

/** e = [t; vec q] of Z^-1 X O with w >= 0, for a sensor at O in the body: g2o's EDGE_SE3_PRIOR. z is the measurement, then O. */
export const priorSe3: Factor = {
  tag: "EDGE_SE3_PRIOR",
  dimension: 3,
  variables: ["pose"],
  rows: 6,
  measurement: "pose",
  hasSensor: true,
  error([X], z, e) {
    writeMoved(X, z);
    for (let k = 0; k < 6; k++) e[k] = moved[k];
  },
  // [Rz'R, -Rz'R [to]x; 0, (w I + [vec q]x) Ro' / 2]
  jacobians([X], z, [J]) {
    writeMoved(X, z);
    so3.toMatrix(X, 3, R, 0);
    so3.toMatrix(z, 3, Rz, 0);
    so3.toMatrix(z, 10, Ro, 0);
    const [ox, oy, oz] = z.subarray(7, 10);
    const [, , , x, y, r, w] = moved;
    const turn = [w, -r, y, r, w, -x, -y, x, w];
    for (let a = 0; a < 3; a++) {
      const [m0, m1, m2] = [0, 1, 2].map((b) => Rz[a] * R[b] + Rz[3 + a] * R[3 + b] + Rz[6 + a] * R[6 + b]);
      J.set([m0, m1, m2, m2 * oy - m1 * oz, m0 * oz - m2 * ox, m1 * ox - m0 * oy], 6 * a);
      for (let b = 0; b < 3; b++) {
        J[6 * (3 + a) + 3 + b] = (turn[3 * a] * Ro[3 * b] + turn[3 * a + 1] * Ro[3 * b + 1] + turn[3 * a + 2] * Ro[3 * b + 2]) / 2;
      }
    }
  },
};
