import { checkInteger, OptionError } from "@slam/errors";
import { exp, log } from "@slam/float";
import { se3 } from "@slam/lie";
import { checkCamera, type MovingCamera } from "./camera.ts";
import { checkMotion, type Motion } from "./motion.ts";
import { PointGrid } from "./point-grid.ts";
import type { Random } from "./random.ts";
import { streamOf } from "./streams.ts";
import { View } from "./view.ts";

/** In a row, without a place. An image a degree wide and high has one of 40,000 points that are drawn. */
const MOST_TRIES = 1_000_000;

export interface LandmarksAroundOptions {
  /** How many landmarks each frame sees at least. Default 100. */
  readonly perFrame?: number;
  /** An integer in 0 ... 2^32 - 1; the same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/**
 * Landmarks for a motion that comes without a world, such as a recorded trajectory: frame after frame, where fewer are in sight than are asked for, others are put in front of the camera, their directions even over its view and the logarithms of their
 * distances even over its range, none of them nearer to any place of the path than the camera's range begins. They lie there for all later frames.
 *
 * @returns p x 3, in the world; with the motion they are a DriveWorld.
 * @throws DimensionError, OptionError for a motion or a camera that contradicts itself, options out of range, and where no place can be found, since the camera sees too little of its range or the path is everywhere.
 */
export function landmarksAround(motion: Motion, camera: MovingCamera, options: LandmarksAroundOptions = {}): Float64Array {
  const { perFrame = 100, seed = 0 } = options;
  checkMotion("landmarksAround", motion);
  checkInteger("landmarksAround: perFrame", perFrame, 1);
  checkInteger("landmarksAround: seed", seed, 0, 2 ** 32 - 1);
  const complete = checkCamera("landmarksAround", camera);
  const { poses } = motion;
  const [nearest, farthest] = complete.range;
  const random = streamOf(seed, "landmarks");
  const path = new PointGrid(Math.max(nearest, farthest / 64) / 2);
  for (let at = 0; at < poses.length; at += 7) path.add(poses[at], poses[at + 1], poses[at + 2]);
  const landmarks = new PointGrid(farthest / 2);
  const view = new View(complete, landmarks);
  const p = new Float64Array(3);
  for (let at = 0; at < poses.length; at += 7) {
    for (let seen = view.look(poses, at), tries = 0; seen < perFrame; tries++) {
      if (tries === MOST_TRIES) {
        throw new OptionError("landmarksAround: camera", {
          expected: "one that sees places off the path",
          actual: `none in ${MOST_TRIES} draws before pose ${at / 7}`,
        });
      }
      drawAhead(complete, random, p);
      if (!view.sees(p)) continue;
      se3.act(poses, at, p, 0, p, 0);
      if (path.within(p[0], p[1], p[2], nearest).length > 0) continue;
      landmarks.add(p[0], p[1], p[2]);
      seen++;
      tries = -1;
    }
  }
  return landmarks.points.slice();
}

/** p <- a point before the camera, in its frame. */
function drawAhead({ range: [nearest, farthest] }: Required<MovingCamera>, random: Random, p: Float64Array): void {
  // Directions even over the half sphere, by rejection from the cube around it.
  let square: number;
  do {
    p[0] = 2 * random.uniform() - 1;
    p[1] = 2 * random.uniform() - 1;
    p[2] = random.uniform();
    square = p[0] * p[0] + p[1] * p[1] + p[2] * p[2];
  } while (square > 1 || square === 0);
  const least = Math.max(nearest, farthest * 2 ** -10);
  const distance = least * exp(random.uniform() * log(farthest / least));
  for (let a = 0; a < 3; a++) p[a] *= distance / Math.sqrt(square);
}
