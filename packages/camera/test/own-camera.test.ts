import type { CameraModel } from "@slam/camera";
import { fp64, tolerance } from "@slam/float";
import { cameraLaws } from "@slam/testing";

/** What a user would write: f [x y] / (z + a |p|), the unified model with one focal length. */
const unified: CameraModel = {
  name: "unified",
  intrinsics: ["f", "a"],
  measurement: ["u", "v"],
  project([f, a]: Float64Array, [x, y, z]: Float64Array, { value, byPoint, byIntrinsics }, derivatives) {
    const distance = Math.sqrt(x * x + y * y + z * z);
    const depth = z + a * distance;
    value.set([(f * x) / depth, (f * y) / depth]);
    if (derivatives) {
      const slope = [(a * x) / distance, (a * y) / distance, 1 + (a * z) / distance];
      const row = (q: number, axis: number): number[] => slope.map((s, i) => ((i === axis ? 1 : 0) - (q * s) / depth) * (f / depth));
      byPoint.set([...row(x, 0), ...row(y, 1)]);
      byIntrinsics.set([x / depth, (-f * x * distance) / depth ** 2, y / depth, (-f * y * distance) / depth ** 2]);
    }
    return z > 0;
  },
};

cameraLaws(unified, [300, 0.6], [0, 0, 1], tolerance(fp64, 256));
