import type { CameraModel } from "./camera.ts";
import { writeRatio } from "./rows.ts";

/** A rectified pair, b metres apart along x: uL = fx x/z + cx, uR = fx (x - b)/z + cx, v = fy y/z + cy; sees z > 0. */
export const stereo: CameraModel = {
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
  unproject(k, z, p) {
    const depth = (k[0] * k[4]) / (z[0] - z[1]);
    if (!(depth > 0 && depth < Number.POSITIVE_INFINITY)) return false;
    p[0] = ((z[0] - k[2]) / k[0]) * depth;
    p[1] = ((z[2] - k[3]) / k[1]) * depth;
    p[2] = depth;
    return true;
  },
};
