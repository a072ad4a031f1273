import type { CameraModel } from "./camera.ts";
import { ratioRow, stacked, writeByPoint, writeRatio } from "./rows.ts";

/** A pinhole that measures depth beside each pixel: u = fx x/z + cx, v = fy y/z + cy, depth = z; sees z > 0. */
export const rgbd: CameraModel = Object.freeze<CameraModel>({
  name: "rgbd",
  intrinsics: ["fx", "fy", "cx", "cy"],
  measurement: ["u", "v", "depth"],
  project(k, p, out, derivatives) {
    const inverse = 1 / p[2];
    writeRatio(out, 0, 0, k, p[0] * inverse, inverse, derivatives);
    writeRatio(out, 1, 1, k, p[1] * inverse, inverse, derivatives);
    out.value[2] = p[2];
    if (derivatives) {
      writeByPoint(out, 2, 0, 0, 1);
      out.byIntrinsics.fill(0, 8);
    }
    return p[2] > 0;
  },
  formulas(A, k, p) {
    const inverse = A.div(A.constant(1), p[2]);
    const zero = A.constant(0);
    const depth = { byPoint: [zero, zero, A.constant(1)], byIntrinsics: k.map(() => zero) };
    return stacked([ratioRow(A, 0, k, A.mul(p[0], inverse), inverse), ratioRow(A, 1, k, A.mul(p[1], inverse), inverse), depth]);
  },
  unproject(k, z, p) {
    if (!(z[2] > 0)) return false;
    p[0] = ((z[0] - k[2]) / k[0]) * z[2];
    p[1] = ((z[1] - k[3]) / k[1]) * z[2];
    p[2] = z[2];
    return true;
  },
});
