import type { CameraModel } from "./camera.ts";
import { invertRadial } from "./invert-radial.ts";
import { writeByPoint, writeUnit } from "./rows.ts";

/**
 * The camera of "bundle adjustment in the large" (Agarwal et al. 2010) and Bundler (Snavely 2006): x right, y up, looking down -z, pixels from the image's
 * centre with v up. q = -[x y]/z, [u v] = f (1 + k1 |q|^2 + k2 |q|^4) q. Sees z < 0.
 */
export const snavely: CameraModel = Object.freeze<CameraModel>({
  name: "snavely",
  intrinsics: ["f", "k1", "k2"],
  measurement: ["u", "v"],
  project(k, p, out, derivatives) {
    const inverse = -1 / p[2];
    const x = p[0] * inverse;
    const y = p[1] * inverse;
    const r2 = x * x + y * y;
    const distortion = 1 + r2 * (k[1] + r2 * k[2]);
    out.value[0] = k[0] * distortion * x;
    out.value[1] = k[0] * distortion * y;
    if (derivatives) {
      // d(distortion) = slope (x dx + y dy), and d[x y] = inverse ([dpx dpy] + [x y] dpz).
      const slope = 2 * (k[1] + 2 * r2 * k[2]);
      const f = k[0] * inverse;
      const xx = f * (distortion + slope * x * x);
      const xy = f * slope * x * y;
      const yy = f * (distortion + slope * y * y);
      writeByPoint(out, 0, xx, xy, xx * x + xy * y);
      writeByPoint(out, 1, xy, yy, xy * x + yy * y);
      writeByIntrinsics(out.byIntrinsics, 0, k[0] * x, distortion * x, r2);
      writeByIntrinsics(out.byIntrinsics, 3, k[0] * y, distortion * y, r2);
    }
    return p[2] < 0;
  },
  formulas(A, k, p) {
    const { add, mul, constant } = A;
    const inverse = A.div(constant(-1), p[2]);
    const x = mul(p[0], inverse);
    const y = mul(p[1], inverse);
    const r2 = add(mul(x, x), mul(y, y));
    const distortion = add(constant(1), mul(r2, add(k[1], mul(r2, k[2]))));
    const slope = mul(constant(2), add(k[1], mul(mul(constant(2), r2), k[2])));
    const f = mul(k[0], inverse);
    const xx = mul(f, add(distortion, mul(mul(slope, x), x)));
    const xy = mul(mul(mul(f, slope), x), y);
    const yy = mul(f, add(distortion, mul(mul(slope, y), y)));
    const fx = mul(mul(k[0], x), r2);
    const fy = mul(mul(k[0], y), r2);
    return {
      byPoint: [xx, xy, add(mul(xx, x), mul(xy, y)), xy, yy, add(mul(xy, x), mul(yy, y))],
      byIntrinsics: [mul(distortion, x), fx, mul(fx, r2), mul(distortion, y), fy, mul(fy, r2)],
    };
  },
  unproject(k, z, p) {
    const d = Math.sqrt(z[0] * z[0] + z[1] * z[1]) / k[0];
    const r = invertRadial(d, [k[1], k[2]]);
    if (Number.isNaN(r)) return false;
    const scale = d === 0 ? 1 / k[0] : r / d / k[0];
    writeUnit(p, z[0] * scale, z[1] * scale, -1);
    return true;
  },
});

function writeByIntrinsics(byIntrinsics: Float64Array, at: number, fq: number, byF: number, r2: number): void {
  byIntrinsics[at] = byF;
  byIntrinsics[at + 1] = fq * r2;
  byIntrinsics[at + 2] = fq * r2 * r2;
}
