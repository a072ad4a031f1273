import { checkInteger, checkNumber } from "@slam/errors";
import { type LieGroup, se2, se3 } from "@slam/lie";
import { Random } from "./random.ts";

export interface WorldOptions {
  /** How many, at least 5. Each world has its own default. */
  readonly poses?: number;
  /** At most so many loop closures, drawn from all that the world offers. Each world has its own default. */
  readonly loops?: number;
  /** Factor on the world's standard deviations. Default 1. */
  readonly noise?: number;
  /** An integer in 0 ... 2^32 - 1; the same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/**
 * A pose graph whose answer is known. Poses are [x, y, theta] or [x, y, z, qx, qy, qz, qw], worldFromBody; metres and radians.
 * n poses, m edges; edges are in the order of `to`, the odometry edge first.
 */
export interface PoseGraphWorld {
  readonly dimension: 2 | 3;
  /** n poses. */
  readonly truth: Float64Array;
  /** m pose numbers; from < to. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** m poses: Z = Xfrom^-1 Xto N, the noise N = [n; Exp(m)] of independent normal n and m. */
  readonly measurements: Float64Array;
  /**
   * m upper triangles, row-major: 6 numbers for [x, y, theta], 21 for [t; vec q]. A vec q is half an angle, so a rotation's information is
   * 1 / sigma^2 in the plane and 4 / sigma^2 in space. With `noise` 0 it is that of `noise` 1.
   */
  readonly information: Float64Array;
  /** n poses: the first is the truth's, the others follow the measured odometry. */
  readonly initial: Float64Array;
}

/** The options of a world, checked and complete. */
export interface Settings {
  readonly poses: number;
  readonly loops: number | undefined;
  readonly noise: number;
  readonly random: Random;
}

export type Pair = readonly [from: number, to: number];

/** A world before anything is measured in it. */
export interface Layout {
  readonly dimension: 2 | 3;
  readonly truth: Float64Array;
  /** The loop closures the world offers. */
  readonly candidates: readonly Pair[];
  readonly sigma: Deviations;
  /** Of loop closures. Default `sigma`. */
  readonly loopSigma?: Deviations;
}

/** Standard deviations per axis: metres, radians. */
export interface Deviations {
  readonly translation: number;
  readonly rotation: number;
}

/** @throws OptionError for options out of range. */
export function checkOptions(world: string, options: WorldOptions, defaultPoses: number): Settings {
  const { poses = defaultPoses, loops, noise = 1, seed = 0 } = options;
  checkInteger(`${world}: poses`, poses, 5);
  if (loops !== undefined) checkInteger(`${world}: loops`, loops, 0);
  checkNumber(`${world}: noise`, noise, 0);
  checkInteger(`${world}: seed`, seed, 0, 2 ** 32 - 1);
  return { poses, loops, noise, random: new Random(seed) };
}

/** Chooses the loop closures, measures every edge, and chains the odometry. */
export function observe(layout: Layout, { loops, noise, random }: Settings): PoseGraphWorld {
  const { dimension, truth, candidates, sigma, loopSigma = sigma } = layout;
  const group = dimension === 2 ? se2 : se3;
  const poses = truth.length / group.size;
  const weighted = noise === 0 ? 1 : noise;
  const edges = order(poses, sample(candidates, loops ?? candidates.length, random));
  const measurements = new Float64Array(edges.length * group.size);
  const error = new Float64Array(group.size);
  const odometryInformation = informationOf(dimension, sigma.translation * weighted, sigma.rotation * weighted);
  const loopInformation = informationOf(dimension, loopSigma.translation * weighted, loopSigma.rotation * weighted);
  const information = new Float64Array(edges.length * odometryInformation.length);
  edges.forEach(([from, to], k) => {
    const at = k * group.size;
    const isOdometry = to - from === 1;
    const { translation, rotation } = isOdometry ? sigma : loopSigma;
    information.set(isOdometry ? odometryInformation : loopInformation, k * odometryInformation.length);
    drawError(group, translation * noise, rotation * noise, random, error);
    group.relative(truth, from * group.size, truth, to * group.size, measurements, at);
    group.compose(measurements, at, error, 0, measurements, at);
    group.normalize(measurements, at, measurements, at);
  });
  return {
    dimension,
    truth,
    from: Int32Array.from(edges, ([from]) => from),
    to: Int32Array.from(edges, ([, to]) => to),
    measurements,
    information,
    initial: chain(group, truth, edges, measurements),
  };
}

/** [n; Exp(m)]: errors in position and rotation that are independent, as the information matrix says they are. */
export function drawError(group: LieGroup, translation: number, rotation: number, random: Random, out: Float64Array): void {
  const xi = new Float64Array(group.dof);
  const axes = group.pointSize;
  for (let k = 0; k < group.dof; k++) xi[k] = random.gaussian() * (k < axes ? translation : rotation);
  group.exp(
    xi.map((x, k) => (k < axes ? 0 : x)),
    0,
    out,
    0,
  );
  out.set(xi.subarray(0, axes));
}

function informationOf(dimension: 2 | 3, translation: number, rotation: number): Float64Array {
  const dof = dimension === 2 ? 3 : 6;
  const upper = new Float64Array((dof * (dof + 1)) / 2);
  const angles = (dimension === 2 ? 1 : 4) / (rotation * rotation);
  for (let row = 0, k = 0; row < dof; k += dof - row, row++) upper[k] = row < dimension ? 1 / (translation * translation) : angles;
  return upper;
}

/** `count` of the pairs, or all where there are fewer; each set is equally likely (Fisher and Yates, stopped early). */
function sample(pairs: readonly Pair[], count: number, random: Random): Pair[] {
  const deck = [...pairs];
  const taken = Math.min(count, deck.length);
  for (let k = 0; k < taken; k++) {
    const other = k + random.integer(deck.length - k);
    [deck[k], deck[other]] = [deck[other], deck[k]];
  }
  return deck.slice(0, taken);
}

/** All edges by the pose they end in, odometry first: as a robot would meet them. */
function order(poses: number, loops: Pair[]): Pair[] {
  const odometry = Array.from({ length: poses - 1 }, (_, i): Pair => [i, i + 1]);
  const steps = ([from, to]: Pair): number => to - from;
  return [...odometry, ...loops].sort((a, b) => a[1] - b[1] || steps(a) - steps(b));
}

function chain(group: LieGroup, truth: Float64Array, edges: readonly Pair[], measurements: Float64Array): Float64Array {
  const initial = truth.slice();
  edges.forEach(([from, to], k) => {
    if (to - from === 1) group.compose(initial, from * group.size, measurements, k * group.size, initial, to * group.size);
  });
  return initial;
}
