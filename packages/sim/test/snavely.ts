import type { ProjectionModel } from "@slam/sim";

/** f, k1 and k2, looking down -z, as @slam/camera's. */
export const snavely: ProjectionModel = {
  intrinsics: ["f", "k1", "k2"],
  measurement: ["u", "v"],
  project(k, p, { value }) {
    const [x, y] = [-p[0] / p[2], -p[1] / p[2]];
    const r2 = x * x + y * y;
    const f = k[0] * (1 + r2 * (k[1] + r2 * k[2]));
    value[0] = f * x;
    value[1] = f * y;
    return p[2] < 0;
  },
};
