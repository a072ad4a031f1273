import type { CameraModel } from "./camera.ts";
import { ratioRow, stacked, writeRatio, writeUnit } from "./rows.ts";

/** u = fx x/z + cx, v = fy y/z + cy; sees z > 0. */
export const pinhole: CameraModel = Object.freeze<CameraModel>({
  name: "pinhole",
  intrinsics: ["fx", "fy", "cx", "cy"],
  measurement: ["u", "v"],
  project(k, p, out, derivatives) {
    const inverse = 1 / p[2];
    writeRatio(out, 0, 0, k, p[0] * inverse, inverse, derivatives);
    writeRatio(out, 1, 1, k, p[1] * inverse, inverse, derivatives);
    return p[2] > 0;
  },
  formulas(A, k, p) {
    const inverse = A.div(A.constant(1), p[2]);
    return stacked([ratioRow(A, 0, k, A.mul(p[0], inverse), inverse), ratioRow(A, 1, k, A.mul(p[1], inverse), inverse)]);
  },
  unproject(k, z, p) {
    writeUnit(p, (z[0] - k[2]) / k[0], (z[1] - k[3]) / k[1], 1);
    return true;
  },
});
