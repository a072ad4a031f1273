import { cos, sin } from "@slam/float";
import { checkOptions, observe, type Pair, type PoseGraphWorld, type WorldOptions } from "./world.ts";
import { writeYawPitch } from "./yaw-pitch.ts";

/**
 * A spiral from pole to pole of a sphere, each pose seeing the one below it on the turn before: sphere2500 in character.
 * sqrt(poses) turns of as many poses, 1 m apart at the equator; the body's x axis points outwards.
 *
 * Defaults: 2500 poses, every loop closure, standard deviations 0.05 m and 0.02 rad.
 *
 * @throws OptionError for options out of range.
 */
export function sphere(options: WorldOptions = {}): PoseGraphWorld {
  const given = checkOptions("sphere", options, 2500);
  const perTurn = Math.round(Math.sqrt(given.poses));
  const radius = perTurn / (2 * Math.PI);
  const truth = new Float64Array(7 * given.poses);
  const candidates: Pair[] = [];
  for (let i = 0; i < given.poses; i++) {
    const yaw = (2 * Math.PI * i) / perTurn;
    const pitch = Math.PI * (i / given.poses - 0.5);
    truth.set([radius * cos(yaw) * cos(pitch), radius * sin(yaw) * cos(pitch), -radius * sin(pitch)], 7 * i);
    writeYawPitch(yaw, pitch, truth, 7 * i + 3);
    if (i >= perTurn) candidates.push([i - perTurn, i]);
  }
  return observe({ dimension: 3, truth, candidates, sigma: { translation: 0.05, rotation: 0.02 } }, given);
}
