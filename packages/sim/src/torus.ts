import { cos, sin } from "@slam/float";
import { checkOptions, observe, type Pair, type PoseGraphWorld, type WorldOptions } from "./world.ts";
import { writeYawPitch } from "./yaw-pitch.ts";

/**
 * A line wound around a torus until it meets its beginning, each pose seeing the one beside it on the turn before; the last turn sees the
 * first: torus3D in character. Turns are 1 m apart, and twice as many as there are poses in each; the body's x axis points outwards.
 *
 * Defaults: 5000 poses, every loop closure, standard deviations 0.05 m and 0.05 rad.
 *
 * @throws OptionError for options out of range.
 */
export function torus(options: WorldOptions = {}): PoseGraphWorld {
  const given = checkOptions("torus", options, 5000);
  const perTurn = Math.round(Math.sqrt(given.poses / 2));
  const minor = perTurn / (2 * Math.PI);
  const major = given.poses / perTurn / (2 * Math.PI);
  const truth = new Float64Array(7 * given.poses);
  const candidates: Pair[] = [];
  for (let i = 0; i < given.poses; i++) {
    const around = (2 * Math.PI * i) / given.poses;
    const tube = (2 * Math.PI * i) / perTurn;
    const distance = major + minor * cos(tube);
    truth.set([distance * cos(around), distance * sin(around), minor * sin(tube)], 7 * i);
    writeYawPitch(around, -tube, truth, 7 * i + 3);
    if (i >= perTurn) candidates.push([i - perTurn, i]);
    if (i >= given.poses - perTurn) candidates.push([i - (given.poses - perTurn), i]);
  }
  return observe({ dimension: 3, truth, candidates, sigma: { translation: 0.05, rotation: 0.05 } }, given);
}
