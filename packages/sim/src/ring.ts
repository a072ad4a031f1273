import { cos, sin } from "@slam/float";
import { wrapAngle } from "@slam/lie";
import { checkOptions, observe, type Pair, type PoseGraphWorld, type WorldOptions } from "./world.ts";

/**
 * A drive around a circle that ends on the stretch it began with, and meets there, pose by pose, the poses of the first time: the public
 * ring in character. Poses are 1 m apart; `loops` of them are on the common stretch.
 *
 * Defaults: 434 poses, 6 % of them as loop closures, standard deviations 0.05 m and 0.01 rad.
 *
 * @throws OptionError for options out of range.
 */
export function ring(options: WorldOptions = {}): PoseGraphWorld {
  const given = checkOptions("ring", options, 434);
  const loops = Math.min(given.loops ?? Math.round(0.06 * given.poses), given.poses - 2);
  const lap = given.poses - loops;
  const radius = lap / (2 * Math.PI);
  const truth = new Float64Array(3 * given.poses);
  const candidates: Pair[] = [];
  for (let i = 0; i < given.poses; i++) {
    const angle = (2 * Math.PI * (i % lap)) / lap;
    truth.set([radius * sin(angle), radius * (1 - cos(angle)), wrapAngle(angle)], 3 * i);
    if (i >= lap) candidates.push([i - lap, i]);
  }
  return observe({ dimension: 2, truth, candidates, sigma: { translation: 0.05, rotation: 0.01 } }, given);
}
