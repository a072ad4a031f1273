import { apartment, type MovingCamera, simulateDrive } from "@slam/sim";

// z = pi(k, p): a model of @slam/camera has this form, `pinhole` or `stereo`, and so may one of one's own.
const camera: MovingCamera = {
  model: {
    intrinsics: ["f", "cx", "cy"],
    measurement: ["u", "v"],
    project(k, p, { value }) {
      value[0] = (k[0] * p[0]) / p[2] + k[1];
      value[1] = (k[0] * p[1]) / p[2] + k[2];
      return p[2] > 0;
    },
  },
  intrinsics: [320, 320, 240],
  limits: [
    [0, 640],
    [0, 480],
  ],
  sigma: [0.5, 0.5],
};
const { frames } = simulateDrive(apartment({ length: 30, seed: 7 }), camera, { features: 200, outliers: 0.02 });

const last = frames[frames.length - 1];
console.log(`${frames.length} frames; the last has ${last.track.length} measurements, the newest of track ${Math.max(...last.track)}`);
