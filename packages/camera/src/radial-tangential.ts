import type { CameraModel } from "./camera.ts";
import { writeByPoint, writeUnit } from "./rows.ts";

/** Newton's method from the distorted point; lenses take 4 to 6 steps. */
const MAX_STEPS = 50;

/**
 * OpenCV's pinhole with distortion (Brown 1966), coefficients in OpenCV's order: with x, y = p_x/p_z, p_y/p_z, r2 = x^2 + y^2 and R = 1 + k1 r2 + k2 r2^2 + k3 r2^3
 *
 *   xd = x R + 2 p1 x y + p2 (r2 + 2 x^2)
 *   yd = y R + p1 (r2 + 2 y^2) + 2 p2 x y,
 *
 * u = fx xd + cx, v = fy yd + cy. Sees z > 0 as far out as r R grows with r: beyond, points far outside the image are folded back into it.
 */
export const radialTangential: CameraModel = Object.freeze<CameraModel>({
  name: "radial-tangential",
  intrinsics: ["fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2", "k3"],
  measurement: ["u", "v"],
  project(k, p, out, derivatives) {
    const inverse = 1 / p[2];
    const x = p[0] * inverse;
    const y = p[1] * inverse;
    const grows = distort(k, x, y);
    const { xd, yd, xByX, cross, yByY } = distorted;
    const fx = k[0];
    const fy = k[1];
    out.value[0] = fx * xd + k[2];
    out.value[1] = fy * yd + k[3];
    if (derivatives) {
      writeByPoint(out, 0, fx * xByX * inverse, fx * cross * inverse, -fx * (xByX * x + cross * y) * inverse);
      writeByPoint(out, 1, fy * cross * inverse, fy * yByY * inverse, -fy * (cross * x + yByY * y) * inverse);
      const r2 = x * x + y * y;
      out.byIntrinsics.fill(0);
      writeByIntrinsics(out.byIntrinsics, 0, 0, fx, xd, x, r2, 2 * x * y, r2 + 2 * x * x);
      writeByIntrinsics(out.byIntrinsics, 9, 1, fy, yd, y, r2, r2 + 2 * y * y, 2 * x * y);
    }
    return p[2] > 0 && grows;
  },
  unproject(k, z, p) {
    const xd = (z[0] - k[2]) / k[0];
    const yd = (z[1] - k[3]) / k[1];
    let x = xd;
    let y = yd;
    let error = Number.POSITIVE_INFINITY;
    for (let step = 0; step < MAX_STEPS; step++) {
      const grows = distort(k, x, y);
      const ex = distorted.xd - xd;
      const ey = distorted.yd - yd;
      const left = Math.abs(ex) + Math.abs(ey);
      // As small as rounding lets it become: it has stopped shrinking.
      if (left >= error && left <= 64 * Number.EPSILON * (1 + Math.abs(xd) + Math.abs(yd))) {
        if (!grows) return false;
        writeUnit(p, x, y, 1);
        return true;
      }
      error = left;
      const { xByX, cross, yByY } = distorted;
      const determinant = xByX * yByY - cross * cross;
      x -= (yByY * ex - cross * ey) / determinant;
      y -= (xByX * ey - cross * ex) / determinant;
    }
    return false;
  },
});

/** What `distort` wrote last: no allocation for each point. The matrix of its derivatives is symmetric. */
const distorted = { xd: 0, yd: 0, xByX: 0, cross: 0, yByY: 0 };

/** @returns whether r R grows with r. */
function distort(k: ArrayLike<number>, x: number, y: number): boolean {
  const k1 = k[4];
  const k2 = k[5];
  const p1 = k[6];
  const p2 = k[7];
  const k3 = k[8];
  const r2 = x * x + y * y;
  const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
  // dR/d(r2).
  const slope = k1 + r2 * (2 * k2 + r2 * 3 * k3);
  distorted.xd = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x);
  distorted.yd = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y;
  distorted.xByX = radial + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x;
  distorted.cross = 2 * (x * y * slope + p1 * x + p2 * y);
  distorted.yByY = radial + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x;
  return radial + 2 * r2 * slope > 0;
}

/** The row of dz/dk that begins at `at`, for f (q R + p1 byP1 + p2 byP2) + c. */
function writeByIntrinsics(
  byIntrinsics: Float64Array,
  at: number,
  axis: 0 | 1,
  f: number,
  distortedQ: number,
  q: number,
  r2: number,
  byP1: number,
  byP2: number,
): void {
  byIntrinsics[at + axis] = distortedQ;
  byIntrinsics[at + 2 + axis] = 1;
  byIntrinsics[at + 4] = f * q * r2;
  byIntrinsics[at + 5] = f * q * r2 * r2;
  byIntrinsics[at + 6] = f * byP1;
  byIntrinsics[at + 7] = f * byP2;
  byIntrinsics[at + 8] = f * q * r2 * r2 * r2;
}
