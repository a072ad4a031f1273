import { se3, so3 } from "@slam/lie";
import type { Factor } from "./factor.ts";

const R = new Float64Array(9);
const Ro = new Float64Array(9);
const inBody = new Float64Array(3);

/** p = R'(l - t), with R left in `R`. */
function writeInBody(X: Float64Array, l: Float64Array): void {
  so3.toMatrix(X, 3, R, 0);
  for (let a = 0; a < 3; a++) inBody[a] = R[a] * (l[0] - X[0]) + R[3 + a] * (l[1] - X[1]) + R[6 + a] * (l[2] - X[2]);
}

/** e = (X O)^-1 l - z: where a sensor at O in the body sees a landmark, g2o's EDGE_SE3_TRACKXYZ. z is the measurement, then O. */
export const positionSe3: Factor = {
  tag: "EDGE_SE3_TRACKXYZ",
  dimension: 3,
  variables: ["pose", "landmark"],
  rows: 3,
  measurement: 3,
  hasSensor: true,
  error([X, l], z, e) {
    writeInBody(X, l);
    so3.toMatrix(z, 6, Ro, 0);
    for (let a = 0; a < 3; a++) {
      e[a] = Ro[a] * (inBody[0] - z[3]) + Ro[3 + a] * (inBody[1] - z[4]) + Ro[6 + a] * (inBody[2] - z[5]) - z[a];
    }
  },
  // With p = R'(l - t): of the pose Ro' [-I, [p]x], of the landmark Ro'R'
  jacobians([X, l], z, [ofPose, ofLandmark]) {
    writeInBody(X, l);
    so3.toMatrix(z, 6, Ro, 0);
    const [px, py, pz] = inBody;
    for (let a = 0; a < 3; a++) {
      const [u, v, w] = [Ro[a], Ro[3 + a], Ro[6 + a]];
      ofPose.set([-u, -v, -w, v * pz - w * py, w * px - u * pz, u * py - v * px], 6 * a);
      for (let b = 0; b < 3; b++) ofLandmark[3 * a + b] = u * R[3 * b] + v * R[3 * b + 1] + w * R[3 * b + 2];
    }
  },
};

/** Where a sensor at z[3 ...] in the body of pose X measures z[0 ... 2]: X O z. */
export function placeSeen(X: Float64Array, z: Float64Array, l: Float64Array): void {
  se3.act(z, 3, z, 0, l, 0);
  se3.act(X, 0, l.slice(), 0, l, 0);
}
