import { so3 } from "@slam/lie";
import { POSE_SIZE } from "../bundle.ts";
import { POSE_DOF } from "../unknowns.ts";

/** Of moving by the whole baseline, in units of whitened residuals. Any would do: where nothing measures the scale the row is zero at every optimum. */
const WEIGHT = 1e3;

/** A residual that fixes the scale of poses of which the first is held. */
export interface ScaleRow {
  /** w u'(t1 - t1 as it was), u the direction from pose 0 to pose 1 as they were. */
  residual(x: Float64Array): number;
  /** Its derivative by pose 1, where that was: 6 numbers. */
  readonly byPose: Float64Array;
}

/** Keeps how far pose 1 is from pose 0; undefined where they are in one place. */
export function scaleRow(poses: Float64Array): ScaleRow | undefined {
  const [from, to] = [0, POSE_SIZE];
  const u = Float64Array.from({ length: 3 }, (_, a) => poses[to + a] - poses[from + a]);
  const baseline = Math.sqrt(u[0] ** 2 + u[1] ** 2 + u[2] ** 2);
  if (!(baseline > 0)) return undefined;
  const w = WEIGHT / baseline;
  for (let a = 0; a < 3; a++) u[a] /= baseline;
  const t1 = poses.slice(to, to + 3);
  const byPose = new Float64Array(POSE_DOF);
  const inverse = new Float64Array(4);
  so3.inverse(poses, to + 3, inverse, 0);
  so3.act(inverse, 0, u, 0, byPose, 0);
  for (let a = 0; a < 3; a++) byPose[a] *= w;
  return {
    byPose,
    residual: (x) => w * (u[0] * (x[to] - t1[0]) + u[1] * (x[to + 1] - t1[1]) + u[2] * (x[to + 2] - t1[2])),
  };
}
