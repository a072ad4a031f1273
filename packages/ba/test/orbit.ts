import type { Bundle } from "@slam/ba";
import { type CameraModel, newProjection } from "@slam/camera";
import { se3 } from "@slam/lie";

export interface OrbitOptions {
  readonly model: CameraModel;
  /** Of each camera, or of all where they share one. */
  readonly lens: readonly number[];
  readonly cameras?: number;
  readonly points?: number;
  readonly isShared?: boolean;
  /** How far poses and points are from the truth, in metres and radians; measurements are exact. */
  readonly away?: number;
  readonly seed?: number;
}

/** Cameras on a circle of radius 5 that look at points in a ball of radius 1, with what they measure; and the truth that they measure. */
export function orbit(options: OrbitOptions): { readonly bundle: Bundle; readonly truth: Bundle } {
  const { model, lens, cameras = 6, points = 20, isShared = false, away = 0.01, seed = 1 } = options;
  const random = mulberry(seed);
  const signed = (): number => 2 * random() - 1;
  const poses = new Float64Array(7 * cameras);
  for (let c = 0; c < cameras; c++) poses.set(lookAtOrigin((2 * Math.PI * c) / cameras + 0.1 * signed(), model.name === "snavely"), 7 * c);
  const positions = Float64Array.from({ length: 3 * points }, signed);
  const sets = isShared ? 1 : cameras;
  const intrinsics = Float64Array.from({ length: sets * lens.length }, (_, i) => lens[i % lens.length]);
  const intrinsicsOf = Int32Array.from({ length: cameras }, (_, c) => (isShared ? 0 : c));
  const camera = Int32Array.from({ length: cameras * points }, (_, i) => i % cameras);
  const point = Int32Array.from({ length: cameras * points }, (_, i) => Math.floor(i / cameras));
  const out = newProjection(model);
  const rows = model.measurement.length;
  const measurements = new Float64Array(rows * camera.length);
  const inverse = new Float64Array(7);
  const q = new Float64Array(3);
  for (let i = 0; i < camera.length; i++) {
    se3.inverse(poses, 7 * camera[i], inverse, 0);
    se3.act(inverse, 0, positions, 3 * point[i], q, 0);
    model.project(lens, q, out, false);
    measurements.set(out.value, rows * i);
  }
  const truth = { model, poses, intrinsics, intrinsicsOf, points: positions, camera, point, measurements };
  const moved = poses.slice();
  for (let c = 0; c < cameras; c++)
    se3.retract(
      poses,
      7 * c,
      Float64Array.from({ length: 6 }, () => away * signed()),
      0,
      moved,
      7 * c,
    );
  return { truth, bundle: { ...truth, poses: moved, points: positions.map((x) => x + away * signed()) } };
}

/** The pose of a camera at an angle of the circle, looking inwards along z, or along -z. */
function lookAtOrigin(angle: number, isBackwards: boolean): Float64Array {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  // Columns x, y, z in the world.
  const [x, y, z] = isBackwards
    ? [
        [-s, c, 0],
        [0, 0, 1],
        [c, s, 0],
      ]
    : [
        [-s, c, 0],
        [0, 0, -1],
        [-c, -s, 0],
      ];
  const matrix = Float64Array.of(x[0], y[0], z[0], 5 * c, x[1], y[1], z[1], 5 * s, x[2], y[2], z[2], 0, 0, 0, 0, 1);
  const pose = new Float64Array(7);
  se3.fromMatrix(matrix, 0, pose, 0);
  return pose;
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
