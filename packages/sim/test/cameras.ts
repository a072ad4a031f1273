import type { MovingCamera, ProjectionModel } from "@slam/sim";

/** As a user would write them: @slam/camera is a sibling of @slam/sim, which never imports it. */
const pinhole: ProjectionModel = {
  intrinsics: ["f", "cx", "cy"],
  measurement: ["u", "v"],
  project(k, p, { value }) {
    value[0] = (k[0] * p[0]) / p[2] + k[1];
    value[1] = (k[0] * p[1]) / p[2] + k[2];
    return p[2] > 0;
  },
};

const stereo: ProjectionModel = {
  intrinsics: ["f", "cx", "cy", "b"],
  measurement: ["uL", "uR", "v"],
  project(k, p, { value }) {
    value[0] = (k[0] * p[0]) / p[2] + k[1];
    value[1] = (k[0] * (p[0] - k[3])) / p[2] + k[1];
    value[2] = (k[0] * p[1]) / p[2] + k[2];
    return p[2] > 0;
  },
};

const rgbd: ProjectionModel = {
  intrinsics: ["f", "cx", "cy"],
  measurement: ["u", "v", "depth"],
  project(k, p, out, derivatives) {
    out.value[2] = p[2];
    return pinhole.project(k, p, out, derivatives);
  },
};

const WIDTH = [0, 640] as const;
const HEIGHT = [0, 480] as const;

/** 90 degrees wide. */
export const mono: MovingCamera = { model: pinhole, intrinsics: [320, 320, 240], limits: [WIDTH, HEIGHT], sigma: [0, 0] };
export const pair: MovingCamera = { model: stereo, intrinsics: [320, 320, 240, 0.1], limits: [WIDTH, WIDTH, HEIGHT] };
export const depth: MovingCamera = { model: rgbd, intrinsics: [320, 320, 240], limits: [WIDTH, HEIGHT, [0.5, 6]], sigma: [0.5, 0.5, 0.01] };
