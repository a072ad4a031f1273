import { atan2 } from "@slam/float";
import { checkOptions, observe, type Pair, type PoseGraphWorld, type WorldOptions } from "./world.ts";
import { writeYawPitch } from "./yaw-pitch.ts";

const LEVELS = 5;
const LEVEL_HEIGHT = 3;

/**
 * A drive up a garage of five levels, each lap a rectangle twice as long as wide that rises by 3 m; a pose sees the nearest three of the
 * level below: parking-garage in character. Poses are 1 m apart, the body's x axis points ahead.
 *
 * Defaults: 1660 poses, every loop closure, standard deviations 0.02 m and 0.01 rad.
 *
 * @throws OptionError for options out of range.
 */
export function garage(options: WorldOptions = {}): PoseGraphWorld {
  const given = checkOptions("garage", options, 1660);
  const perLap = Math.ceil(given.poses / LEVELS);
  const pitch = -atan2(LEVEL_HEIGHT, perLap);
  const truth = new Float64Array(7 * given.poses);
  const candidates: Pair[] = [];
  for (let i = 0; i < given.poses; i++) {
    const { x, y, yaw } = onRectangle(i % perLap, perLap);
    truth.set([x, y, (LEVEL_HEIGHT * i) / perLap], 7 * i);
    writeYawPitch(yaw, pitch, truth, 7 * i + 3);
    for (const below of [i - perLap - 1, i - perLap, i - perLap + 1]) if (below >= 0 && below < i - 1) candidates.push([below, i]);
  }
  return observe({ dimension: 3, truth, candidates, sigma: { translation: 0.02, rotation: 0.01 } }, given);
}

/** Where one is after `distance` along a rectangle of sides perimeter / 3 and perimeter / 6, and where one looks. */
function onRectangle(distance: number, perimeter: number): { x: number; y: number; yaw: number } {
  const long = perimeter / 3;
  const wide = perimeter / 6;
  const half = long + wide;
  const back = distance >= half;
  const d = back ? distance - half : distance;
  const x = Math.min(d, long);
  const y = Math.max(0, d - long);
  const yaw = d < long ? 0 : Math.PI / 2;
  return back ? { x: long - x, y: wide - y, yaw: yaw + Math.PI } : { x, y, yaw };
}
