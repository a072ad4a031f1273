import type { CameraModel } from "./camera.ts";
import { ratioRow, stacked, writeRatio } from "./rows.ts";

/** A rectified pair, b metres apart along x: uL = fx x/z + cx, uR = fx (x - b)/z + cx, v = fy y/z + cy; sees z > 0. */
export const stereo: CameraModel = Object.freeze<CameraModel>({
  name: "stereo",
  intrinsics: ["fx", "fy", "cx", "cy", "b"],
  measurement: ["uL", "uR", "v"],
  project(k, p, out, derivatives) {
    const inverse = 1 / p[2];
    writeRatio(out, 0, 0, k, p[0] * inverse, inverse, derivatives);
    writeRatio(out, 1, 0, k, (p[0] - k[4]) * inverse, inverse, derivatives);
    writeRatio(out, 2, 1, k, p[1] * inverse, inverse, derivatives);
    if (derivatives) out.byIntrinsics[9] = -k[0] * inverse;
    return p[2] > 0;
  },
  formulas(A, k, p) {
    const inverse = A.div(A.constant(1), p[2]);
    const right = ratioRow(A, 0, k, A.mul(A.sub(p[0], k[4]), inverse), inverse);
    const byBaseline = A.mul(A.neg(k[0]), inverse);
    return stacked([
      ratioRow(A, 0, k, A.mul(p[0], inverse), inverse),
      { ...right, byIntrinsics: [...right.byIntrinsics.slice(0, 4), byBaseline] },
      ratioRow(A, 1, k, A.mul(p[1], inverse), inverse),
    ]);
  },
  unproject(k, z, p) {
    const depth = (k[0] * k[4]) / (z[0] - z[1]);
    if (!(depth > 0 && depth < Number.POSITIVE_INFINITY)) return false;
    p[0] = ((z[0] - k[2]) / k[0]) * depth;
    p[1] = ((z[2] - k[3]) / k[1]) * depth;
    p[2] = depth;
    return true;
  },
});
