import { log } from "@slam/float";
import { se3 } from "@slam/lie";
import type { Random } from "@slam/sim";
import { Reprojector, type UnitCamera } from "../camera.ts";
import type { Place } from "../places/place.ts";
import { resect } from "../resect.ts";
import { rowsOf } from "../rows.ts";
import { rigidMotion } from "./rigid-motion.ts";

export interface Consensus {
  /** X_earlier^-1 X_later, from the inliers' positions. */
  readonly motion: Float64Array;
  /** Which of the pairs. */
  readonly inliers: Int32Array;
}

/** Samples at most: 3 of 3 inliers are drawn with a probability of 0.99 where a fifth of the pairs are. */
const MOST_SAMPLES = 600;
const MISSED = 0.01;

/** Standard deviations of chi-square above its mean that a true pair is allowed: 99 of 100 are within, whatever a measurement has of components. */
const DEVIATIONS = 3.5;

/** Of the Cauchy loss, in standard deviations; and how often those that agree are asked at most. */
const SCALE = 3;
const ROUNDS = 10;

/**
 * The motion between two places that most pairs of landmarks agree with, by random samples of three of them; a pair agrees where the landmark as one place has it, moved into the
 * other's camera, is seen where that has measured it. Whenever more agree than ever the motion is fitted to them, until no others do.
 *
 * @returns undefined where fewer than `least` pairs agree with any.
 * @see Fischler and Bolles, Random sample consensus, CACM 24, 1981; Chum, Matas and Kittler, Locally optimized RANSAC, DAGM 2003.
 */
export function findConsensus(
  camera: UnitCamera,
  earlier: Place,
  later: Place,
  pairs: Int32Array,
  least: number,
  random: Random,
): Consensus | undefined {
  const count = pairs.length / 2;
  if (count < Math.max(3, least)) return undefined;
  const agreement = new Agreement(camera, earlier, later, pairs);
  const T = new Float64Array(7);
  let best: Consensus = { motion: T, inliers: new Int32Array(0) };
  for (let k = 0, samples = MOST_SAMPLES; k < samples; k++) {
    rigidMotion(earlier.points, later.points, pairs, sampleOfThree(count, random), T);
    const inliers = agreement.inliersOf(T);
    if (inliers.length <= best.inliers.length) continue;
    best = agreement.grown({ motion: T.slice(), inliers });
    samples = Math.min(MOST_SAMPLES, samplesFor(best.inliers.length / count));
  }
  return best.inliers.length < Math.max(3, least) ? undefined : best;
}

/** How many samples there have to be for one of them to be all inliers. */
function samplesFor(share: number): number {
  const whole = share ** 3;
  return whole >= 1 ? 1 : Math.ceil(log(MISSED) / log(1 - whole));
}

function sampleOfThree(count: number, random: Random): readonly number[] {
  const a = random.integer(count);
  let b = random.integer(count - 1);
  if (b >= a) b++;
  let c = random.integer(count - 2);
  const [low, high] = a < b ? [a, b] : [b, a];
  if (c >= low) c++;
  if (c >= high) c++;
  return [a, b, c];
}

class Agreement {
  readonly #camera: UnitCamera;
  readonly #reprojector: Reprojector;
  readonly #earlier: Place;
  readonly #later: Place;
  readonly #pairs: Int32Array;
  /** Twice what chi-square allows: what one place measured and where the other's landmark ends up in it both carry noise. */
  readonly #bound: number;
  readonly #q = new Float64Array(3);
  readonly #inverse = new Float64Array(7);

  constructor(camera: UnitCamera, earlier: Place, later: Place, pairs: Int32Array) {
    this.#camera = camera;
    this.#reprojector = new Reprojector(camera);
    this.#bound = 2 * (camera.rows + DEVIATIONS * Math.sqrt(2 * camera.rows));
    this.#earlier = earlier;
    this.#later = later;
    this.#pairs = pairs;
  }

  inliersOf(T: Float64Array): Int32Array {
    const [earlier, later, pairs] = [this.#earlier, this.#later, this.#pairs];
    se3.inverse(T, 0, this.#inverse, 0);
    const inliers: number[] = [];
    for (let k = 0; k < pairs.length / 2; k++) {
      const [i, j] = [pairs[2 * k], pairs[2 * k + 1]];
      // Its place may be well known from one of the two alone, which is then seen from the other where it has to be, and not the other way round.
      const agrees =
        this.#squared(T, later, j, earlier, i) <= this.#bound || this.#squared(this.#inverse, earlier, i, later, j) <= this.#bound;
      if (agrees) inliers.push(k);
    }
    return Int32Array.from(inliers);
  }

  /**
   * The motion from which the earlier place's landmarks are seen where the later one has measured those that agree, and all that agree with that, until no others do: three positions, each off by what
   * its depth is off by, are a poor motion that yet shows whom to ask.
   */
  grown(start: Consensus): Consensus {
    let best = start;
    for (let round = 0; round < ROUNDS && best.inliers.length >= 3; round++) {
      const side = (which: 0 | 1): Int32Array => best.inliers.map((k) => this.#pairs[2 * k + which]);
      const points = rowsOf(this.#earlier.points, side(0), 3);
      const measurements = rowsOf(this.#later.measurements, side(1), this.#camera.rows);
      const motion = resect(this.#camera, { points, measurements }, best.motion, SCALE);
      const inliers = this.inliersOf(motion);
      if (inliers.length <= best.inliers.length) break;
      best = { motion, inliers };
    }
    return best;
  }

  #squared(T: Float64Array, from: Place, j: number, to: Place, i: number): number {
    se3.act(T, 0, from.points, 3 * j, this.#q, 0);
    return this.#reprojector.squared(this.#q, to.measurements, i);
  }
}
