import { checkInteger, checkLength, checkNumber, OptionError } from "@slam/errors";
import { cos } from "@slam/float";
import { se3 } from "@slam/lie";
import { Random } from "@slam/sim";
import type { Place, PlaceMatch, PlaceRecognizer } from "./place.ts";

export interface OracleOptions {
  /** Where the camera truly was: n x 7, worldFromCamera. */
  readonly truth: Float64Array;
  /** When, in ascending seconds. */
  readonly times: ArrayLike<number>;
  /** The true landmark behind a track: loops are then measured from those that two places share. Default unknown: the oracle measures loops itself. */
  readonly landmarkOf?: (track: number) => number | undefined;
  /** Metres between two cameras that see the same place, at most. Default 2. */
  readonly distance?: number;
  /** Radians between the directions that they look in, at most. Default 0.6. */
  readonly angle?: number;
  /** Of landmarks: the share of the poorer place that both have to see. Default 0.2. */
  readonly overlap?: number;
  /** As of the other recognizer. Default 50. */
  readonly recent?: number;
  /** Standard deviations of what the oracle measures itself, metres and radians in each axis. Default 0.02 and 0.005. */
  readonly noise?: { readonly translation: number; readonly rotation: number };
  /** With what probability a place is taken for an earlier one that it is not. Default 0. */
  readonly falsePositives?: number;
  /** The same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/** Seconds that a key frame may be away from a true pose that is its own. */
const SAME_TIME = 1e-3;

/**
 * Recognises places by where the camera truly was: the nearest of the earlier key frames that are within distance and angle, and with landmarks known, share enough of
 * them.
 *
 * A false positive claims that a place drawn from all earlier ones that are elsewhere is this one, with a motion between them as small as between true ones: the
 * kind that no count of inliers finds out.
 */
export class PlaceOracle implements PlaceRecognizer {
  readonly #options: Required<Omit<OracleOptions, "landmarkOf">> & Pick<OracleOptions, "landmarkOf">;
  readonly #random: Random;
  /** By key frame: its row of the truth, -1 without one, and its landmarks with their indices. */
  readonly #rows: number[] = [];
  readonly #landmarks: ReadonlyMap<number, number>[] = [];

  /** @throws OptionError, DimensionError for options out of range. */
  constructor(options: OracleOptions) {
    const { truth, times, landmarkOf, seed = 0, recent = 50, overlap = 0.2, falsePositives = 0 } = options;
    const { distance = 2, angle = 0.6, noise = { translation: 0.02, rotation: 0.005 } } = options;
    checkLength("oracle: truth", truth.length, 7 * times.length);
    for (const [name, value] of Object.entries({ distance, angle })) checkNumber(`oracle: ${name}`, value, 0);
    for (const [name, value] of Object.entries({ overlap, falsePositives })) checkNumber(`oracle: ${name}`, value, 0, 1);
    for (const [name, value] of Object.entries(noise)) {
      if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
        throw new OptionError(`oracle: noise.${name}`, { expected: "a finite number > 0", actual: value });
      }
    }
    checkInteger("oracle: recent", recent, 0);
    checkInteger("oracle: seed", seed, 0, 2 ** 32 - 1);
    this.#options = { truth, times, distance, angle, overlap, recent, noise, falsePositives, seed, ...(landmarkOf && { landmarkOf }) };
    this.#random = new Random(seed);
  }

  recognize(place: Place): readonly PlaceMatch[] {
    const { recent, falsePositives, landmarkOf } = this.#options;
    const row = this.#rowAt(place.time);
    this.#rows[place.id] = row;
    this.#landmarks[place.id] = landmarkOf === undefined ? new Map() : landmarksOf(place, landmarkOf);
    // One number a place, so that a rate draws the same places whatever else there is.
    const isFooled = this.#random.uniform() < falsePositives;
    if (row < 0) return [];
    const seen: number[] = [];
    const elsewhere: number[] = [];
    for (let id = 0; id < place.id - recent; id++) {
      if (!(this.#rows[id] >= 0)) continue;
      if (!this.#isNear(this.#rows[id], row)) elsewhere.push(id);
      else if (this.#overlaps(id, place.id)) seen.push(id);
    }
    const matches: PlaceMatch[] = [];
    if (isFooled && elsewhere.length > 0) matches.push(this.#falseMatch(elsewhere));
    const nearest = this.#nearest(seen, row);
    if (nearest !== undefined) matches.push(this.#trueMatch(nearest, place.id));
    return matches;
  }

  /** The row of the truth at a time; -1 where none is there. */
  #rowAt(time: number): number {
    const { times } = this.#options;
    let [least, most] = [0, times.length];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (times[middle] < time - SAME_TIME) least = middle + 1;
      else most = middle;
    }
    return least < times.length && Math.abs(times[least] - time) <= SAME_TIME ? least : -1;
  }

  #isNear(a: number, b: number): boolean {
    const { truth, distance, angle } = this.#options;
    se3.relative(truth, 7 * a, truth, 7 * b, T, 0);
    if (!(T[0] * T[0] + T[1] * T[1] + T[2] * T[2] <= distance * distance)) return false;
    // Of the directions along z: the last diagonal entry of R.
    return 1 - 2 * (T[3] * T[3] + T[4] * T[4]) >= cos(Math.min(angle, Math.PI));
  }

  #overlaps(a: number, b: number): boolean {
    const { landmarkOf, overlap } = this.#options;
    if (landmarkOf === undefined) return true;
    const [earlier, later] = [this.#landmarks[a], this.#landmarks[b]];
    return sharedPairs(earlier, later).length / 2 >= Math.max(3, overlap * Math.min(earlier.size, later.size));
  }

  #nearest(ids: readonly number[], row: number): number | undefined {
    const { truth } = this.#options;
    const away = (id: number): number => [0, 1, 2].reduce((sum, k) => sum + (truth[7 * this.#rows[id] + k] - truth[7 * row + k]) ** 2, 0);
    let best: number | undefined;
    for (const id of ids) if (best === undefined || away(id) < away(best)) best = id;
    return best;
  }

  #trueMatch(id: number, later: number): PlaceMatch {
    const { truth, landmarkOf } = this.#options;
    if (landmarkOf !== undefined) return { id, pairs: Int32Array.from(sharedPairs(this.#landmarks[id], this.#landmarks[later])) };
    se3.relative(truth, 7 * this.#rows[id], truth, 7 * this.#rows[later], T, 0);
    return { id, ...this.#measured(T) };
  }

  #falseMatch(elsewhere: readonly number[]): PlaceMatch {
    const { distance, angle } = this.#options;
    const reach = [distance, distance, distance, angle, angle, angle];
    se3.exp(
      Float64Array.from(reach, (most) => (this.#random.uniform() - 0.5) * most),
      0,
      T,
      0,
    );
    return { id: elsewhere[this.#random.integer(elsewhere.length)], ...this.#measured(T) };
  }

  /** A motion with noise on it. */
  #measured(motion: Float64Array): { readonly measurement: Float64Array; readonly covariance: Float64Array } {
    const { translation, rotation } = this.#options.noise;
    const deviations = [translation, translation, translation, rotation, rotation, rotation];
    const measurement = new Float64Array(7);
    se3.retract(
      motion,
      0,
      Float64Array.from(deviations, (sigma) => sigma * this.#random.gaussian()),
      0,
      measurement,
      0,
    );
    se3.normalize(measurement, 0, measurement, 0);
    const covariance = new Float64Array(36);
    for (const [k, sigma] of deviations.entries()) covariance[7 * k] = sigma * sigma;
    return { measurement, covariance };
  }
}

const T = new Float64Array(7);

/** The index of each true landmark in a place: the first, where two tracks are of one. */
function landmarksOf({ track }: Place, landmarkOf: (track: number) => number | undefined): ReadonlyMap<number, number> {
  const landmarks = new Map<number, number>();
  for (const [at, number] of track.entries()) {
    const landmark = landmarkOf(number);
    if (landmark !== undefined && !landmarks.has(landmark)) landmarks.set(landmark, at);
  }
  return landmarks;
}

/** Indices in both places, pair after pair. */
function sharedPairs(earlier: ReadonlyMap<number, number>, later: ReadonlyMap<number, number>): number[] {
  const pairs: number[] = [];
  for (const [landmark, j] of later) {
    const i = earlier.get(landmark);
    if (i !== undefined) pairs.push(i, j);
  }
  return pairs;
}
