import { type BundleLoss, SlidingWindow } from "@slam/ba";
import { se3 } from "@slam/lie";
import type { Policy } from "@slam/nlls";
import type { Random } from "@slam/sim";
import type { UnitCamera } from "../camera.ts";
import type { Linear } from "../options.ts";
import type { Place } from "../places/place.ts";
import { rowsOf } from "../rows.ts";
import { findConsensus } from "./consensus.ts";

/** How a loop is measured. */
export interface LoopSettings {
  readonly camera: UnitCamera;
  /** Landmarks that have to agree. */
  readonly leastInliers: number;
  readonly policy: Policy;
  readonly linear: Linear;
  readonly loss: BundleLoss;
}

export interface MeasuredLoop {
  /** X_earlier^-1 X_later. */
  readonly measurement: Float64Array;
  /** 6 x 6, of the xi of measurement Exp(xi). */
  readonly covariance: Float64Array;
  /** Landmarks that it is made of. */
  readonly inliers: number;
}

/**
 * The motion between two places, from the landmarks that both show: the consensus of their positions, then bundle adjustment of both cameras and the landmarks that agree, by what
 * the two measured. The covariance is that of the adjustment, so it says what these measurements say and no more.
 *
 * @returns undefined where too few landmarks agree on any motion, or leave it open.
 */
export function measureLoop(
  { camera, leastInliers, ...settings }: LoopSettings,
  earlier: Place,
  later: Place,
  pairs: Int32Array,
  random: Random,
): MeasuredLoop | undefined {
  const consensus = findConsensus(camera, earlier, later, pairs, leastInliers, random);
  if (consensus === undefined) return undefined;
  const { motion, inliers } = consensus;
  const window = new SlidingWindow({ model: camera.model, intrinsics: camera.intrinsics, size: 2, ...settings, maxIterations: 20 });
  const landmark = Int32Array.from(inliers, (_, k) => k);
  const side = (which: 0 | 1): Int32Array => inliers.map((k) => pairs[2 * k + which]);
  const [first, second] = [side(0), side(1)];
  window.addKeyFrame({
    pose: [0, 0, 0, 0, 0, 0, 1],
    landmark,
    measurements: rowsOf(earlier.measurements, first, camera.rows),
    points: rowsOf(earlier.points, first, 3),
  });
  window.addKeyFrame({ pose: motion, landmark, measurements: rowsOf(later.measurements, second, camera.rows) });
  window.solve();
  const covariance = window.relativeCovariance(0, 1);
  if (covariance === undefined) return undefined;
  const measurement = new Float64Array(7);
  se3.normalize(window.keyFrames[1].pose, 0, measurement, 0);
  return { measurement, covariance, inliers: inliers.length };
}
