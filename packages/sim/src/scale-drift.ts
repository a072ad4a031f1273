import { checkInteger, OptionError } from "@slam/errors";
import { exp } from "@slam/float";
import { se3, sim3 } from "@slam/lie";
import { Random } from "./random.ts";
import type { PoseGraphWorld } from "./world.ts";

export interface ScaleDriftOptions {
  /** Standard deviation of the logarithm of the scale, from each pose to the next and of each loop's measurement; > 0. */
  readonly drift: number;
  /** An integer in 0 ... 2^32 - 1; the same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/** A pose graph of similarities p -> s R p + t whose answer is known: [x, y, z, qx, qy, qz, qw, s]. n poses, m edges. */
export interface SimilarityWorld {
  /** n poses; the scale is that of the map's unit there, 1 at the first. */
  readonly truth: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** m similarities Z = Xfrom^-1 Xto N. */
  readonly measurements: Float64Array;
  /** m upper triangles, row-major, 28 numbers for [v, phi, sigma] of Log(Z^-1 Xfrom^-1 Xto). */
  readonly information: Float64Array;
  /** n poses: the first is the truth's, the others follow the measured odometry. */
  readonly initial: Float64Array;
}

/** So that the drift is not made of the numbers that made the world's noise. */
const OTHER_STREAM = 0x9e3779b9;

/**
 * The world as one camera sees it, which knows lengths only in a unit that drifts: the logarithm of the unit walks from pose to pose, odometry does not notice it and
 * measures a scale of 1, and loops measure what the unit has become. Noise of translations is that of the world in the units of the place.
 *
 * @throws OptionError for a world in the plane and for options out of range.
 * @see Strasdat, Montiel and Davison, Scale drift-aware large scale monocular SLAM, RSS 2010.
 */
export function driftScale(world: PoseGraphWorld, { drift, seed = 0 }: ScaleDriftOptions): SimilarityWorld {
  if (world.dimension !== 3) throw new OptionError("scale drift: world", { expected: "one in space", actual: "one in the plane" });
  if (!(drift > 0 && drift < Infinity)) throw new OptionError("scale drift", { expected: "a finite number > 0", actual: drift });
  checkInteger("scale drift: seed", seed, 0, 2 ** 32 - 1);
  const random = new Random((seed ^ OTHER_STREAM) >>> 0);
  const { from, to } = world;
  const truth = walkingScales(world.truth, drift, random);
  const measurements = new Float64Array(from.length * 8);
  for (let e = 0; e < from.length; e++) measure(world, e, truth, drift, random, measurements);
  return {
    truth,
    from,
    to,
    measurements,
    information: informationOf(world.information, drift),
    initial: chain(truth, from, to, measurements),
  };
}

/** The rigid poses with scales whose logarithms walk from 0. */
function walkingScales(rigid: Float64Array, drift: number, random: Random): Float64Array {
  const poses = new Float64Array((rigid.length / 7) * 8);
  for (let k = 0, sigma = 0; 7 * k < rigid.length; k++) {
    poses.set(rigid.subarray(7 * k, 7 * k + 7), 8 * k);
    poses[8 * k + 7] = exp(sigma);
    sigma += drift * random.gaussian();
  }
  return poses;
}

const noise = new Float64Array(8);
const exact = new Float64Array(7);

/** Z_e <- Xi^-1 Xj N, N the world's own noise of this edge and the error of its scale. */
function measure(
  { truth: rigid, from, to, measurements: rigidZ }: PoseGraphWorld,
  e: number,
  truth: Float64Array,
  drift: number,
  random: Random,
  Z: Float64Array,
): void {
  const [i, j] = [from[e], to[e]];
  se3.relative(rigid, 7 * i, rigid, 7 * j, exact, 0);
  se3.relative(exact, 0, rigidZ, 7 * e, noise, 0);
  const isOdometry = j - i === 1;
  noise[7] = isOdometry ? truth[8 * i + 7] / truth[8 * j + 7] : exp(drift * random.gaussian());
  sim3.relative(truth, 8 * i, truth, 8 * j, Z, 8 * e);
  sim3.compose(Z, 8 * e, noise, 0, Z, 8 * e);
  sim3.normalize(Z, 8 * e, Z, 8 * e);
  if (isOdometry) Z[8 * e + 7] = 1;
}

/** Of [v, phi, sigma] from that of [t, vec q]: phi is twice vec q. */
function informationOf(rigid: Float64Array, drift: number): Float64Array {
  const information = new Float64Array((rigid.length / 21) * 28);
  for (let from = 0, at = 0; from < rigid.length; at++) {
    for (let row = 0; row < 6; row++, at++) {
      for (let column = row; column < 6; column++) information[at++] = rigid[from++] / ((row < 3 ? 1 : 2) * (column < 3 ? 1 : 2));
    }
    information[at] = 1 / (drift * drift);
  }
  return information;
}

function chain(truth: Float64Array, from: Int32Array, to: Int32Array, Z: Float64Array): Float64Array {
  const initial = truth.slice();
  for (let e = 0; e < from.length; e++) if (to[e] - from[e] === 1) sim3.compose(initial, 8 * from[e], Z, 8 * e, initial, 8 * to[e]);
  return initial;
}
