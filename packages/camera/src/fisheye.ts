import { atan2, writeCosSin } from "@slam/float";
import type { CameraModel } from "./camera.ts";
import { invertRadial } from "./invert-radial.ts";
import { writeByPoint } from "./rows.ts";

/** Below it theta / tan(theta), and d / theta for distortions a lens has, are 1 to fp64's precision. */
const TINY = 1e-9;

/**
 * OpenCV's fisheye (Kannala and Brandt 2006): with rho = |[x y]| and theta = atan2(rho, z), the angle off the axis,
 * d = theta (1 + k1 theta^2 + k2 theta^4 + k3 theta^6 + k4 theta^8), u = fx d x/rho + cx, v = fy d y/rho + cy. Sees past 90 degrees, all but the axis behind
 * it, as far out as d grows with theta.
 */
export const fisheye: CameraModel = Object.freeze<CameraModel>({
  name: "fisheye",
  intrinsics: ["fx", "fy", "cx", "cy", "k1", "k2", "k3", "k4"],
  measurement: ["u", "v"],
  project(k, p, out, derivatives) {
    const x = p[0];
    const y = p[1];
    const z = p[2];
    const square = x * x + y * y;
    const rho = Math.sqrt(square);
    const theta = atan2(rho, z);
    const t2 = theta * theta;
    const d = theta * (1 + t2 * (k[4] + t2 * (k[5] + t2 * (k[6] + t2 * k[7]))));
    const growth = 1 + t2 * (3 * k[4] + t2 * (5 * k[5] + t2 * (7 * k[6] + t2 * 9 * k[7])));
    const onAxis = rho < TINY * z;
    const scale = onAxis ? 1 / z : d / rho;
    out.value[0] = k[0] * scale * x + k[2];
    out.value[1] = k[1] * scale * y + k[3];
    if (derivatives) {
      // d(theta)/d(rho) = z / |p|^2 and d(theta)/dz = -rho / |p|^2; on the axis the first's share beside 1/z vanishes.
      const distance2 = square + z * z;
      const byRho = onAxis ? 0 : (growth * (z / distance2) - scale) / square;
      const byZ = -growth / distance2;
      writeByPoint(out, 0, k[0] * (scale + byRho * x * x), k[0] * byRho * x * y, k[0] * byZ * x);
      writeByPoint(out, 1, k[1] * byRho * x * y, k[1] * (scale + byRho * y * y), k[1] * byZ * y);
      const perTheta = onAxis ? 1 / z : theta / rho;
      out.byIntrinsics.fill(0);
      writeByIntrinsics(out.byIntrinsics, 0, 0, scale * x, k[0] * perTheta * x, t2);
      writeByIntrinsics(out.byIntrinsics, 8, 1, scale * y, k[1] * perTheta * y, t2);
    }
    return (rho > 0 || z > 0) && growth > 0;
  },
  unproject(k, z, p) {
    const x = (z[0] - k[2]) / k[0];
    const y = (z[1] - k[3]) / k[1];
    const d = Math.sqrt(x * x + y * y);
    const theta = invertRadial(d, [k[4], k[5], k[6], k[7]]);
    if (!(theta < Math.PI)) return false;
    writeCosSin(theta, cosSin, 0);
    const scale = d === 0 ? 1 : cosSin[1] / d;
    p[0] = scale * x;
    p[1] = scale * y;
    p[2] = cosSin[0];
    return true;
  },
});

const cosSin = new Float64Array(2);

/** The row of dz/dk that begins at `at`; f b is what k1 multiplies by theta^2. */
function writeByIntrinsics(byIntrinsics: Float64Array, at: number, axis: 0 | 1, byFocal: number, fb: number, t2: number): void {
  byIntrinsics[at + axis] = byFocal;
  byIntrinsics[at + 2 + axis] = 1;
  let power = fb;
  for (let i = 4; i < 8; i++) {
    power *= t2;
    byIntrinsics[at + i] = power;
  }
}
