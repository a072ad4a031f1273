import type { Random } from "./random.ts";
import { checkOptions, observe, type Pair, type PoseGraphWorld, type WorldOptions } from "./world.ts";

const TURN_PROBABILITY = 0.3;

/** Headings by quarter turns, in [-pi, pi). */
const HEADINGS = [0, Math.PI / 2, -Math.PI, -Math.PI / 2] as const;
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/**
 * A random walk along the streets of a square town, 1 m a step, 30 % of them after a quarter turn; a pose may see the last visit to its
 * crossing and to the four around: M3500 in character.
 *
 * Defaults: 3500 poses, 0.56 loop closures per pose, standard deviations 0.025 m and 0.02 rad.
 *
 * @throws OptionError for options out of range.
 */
export function manhattan(options: WorldOptions = {}): PoseGraphWorld {
  const given = checkOptions("manhattan", options, 3500);
  const { truth, candidates } = walk(given.poses, given.random);
  const loops = given.loops ?? Math.round(0.56 * given.poses);
  return observe({ dimension: 2, truth, candidates, sigma: { translation: 0.025, rotation: 0.02 } }, { ...given, loops });
}

function walk(poses: number, random: Random): { truth: Float64Array; candidates: Pair[] } {
  const side = Math.ceil(Math.sqrt(poses));
  const lastVisit = new Int32Array(side * side).fill(-1);
  const inside = (x: number, y: number): boolean => x >= 0 && x < side && y >= 0 && y < side;
  const truth = new Float64Array(3 * poses);
  const candidates: Pair[] = [];
  let x = Math.floor(side / 2);
  let y = x;
  let heading = 0;
  for (let i = 0; i < poses; i++) {
    truth.set([x, y, HEADINGS[heading]], 3 * i);
    for (const [dx, dy] of [[0, 0], ...STEPS] as const) {
      const visit = inside(x + dx, y + dy) ? lastVisit[(y + dy) * side + x + dx] : -1;
      if (visit >= 0 && visit < i - 1) candidates.push([visit, i]);
    }
    lastVisit[y * side + x] = i;
    heading = nextHeading(heading, random, (h) => inside(x + STEPS[h][0], y + STEPS[h][1]));
    x += STEPS[heading][0];
    y += STEPS[heading][1];
  }
  return { truth, candidates };
}

/** Straight on, left or right, drawn until the way is free; at least one of the turns always is. */
function nextHeading(heading: number, random: Random, free: (heading: number) => boolean): number {
  for (;;) {
    const u = random.uniform();
    const turn = u < TURN_PROBABILITY / 2 ? 1 : u < TURN_PROBABILITY ? 3 : 0;
    const next = (heading + turn) % 4;
    if (free(next)) return next;
  }
}
