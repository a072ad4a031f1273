import { se2, se3 } from "@slam/lie";
import { Random } from "@slam/sim";
import type { FactorTag } from "../src/factors/built-in.ts";
import { type PoseGraph, poseSize } from "../src/graph.ts";

/** A robot that measures where trees are, and takes some for others. */
export interface Park {
  readonly honest: PoseGraph;
  /** A share of the measurements is given to a tree drawn at random. */
  readonly spoiled: PoseGraph;
  /** Which, by their numbers. */
  readonly wrong: ReadonlySet<number>;
}

const LAP = 60;
const TREES = 60;
/** Of odometry a step, of angles, and of a tree's position. */
const NOISE = { step: 0.02, turn: 0.01, tree: 0.05 };

/** Two laps around a park of 26 x 18 m among trees seen up to 4 m away. Poses are as odometry has them, trees without an estimate. */
export function park(dimension: 2 | 3, share: number, seed: number): Park {
  const random = new Random(seed);
  const group = dimension === 2 ? se2 : se3;
  const size = poseSize({ dimension });
  const trees = Array.from({ length: TREES }, () => [26 * (random.uniform() - 0.5), 18 * (random.uniform() - 0.5), random.uniform()]);
  const truth = new Float64Array(2 * LAP * size);
  for (let k = 0; k < 2 * LAP; k++) {
    const angle = (2 * Math.PI * k) / LAP;
    const [x, y, heading] = [10 * Math.cos(angle), 6 * Math.sin(angle), Math.atan2(6 * Math.cos(angle), -10 * Math.sin(angle))];
    truth.set(dimension === 2 ? [x, y, heading] : [x, y, 0, 0, 0, Math.sin(heading / 2), Math.cos(heading / 2)], k * size);
  }
  const poses = truth.slice();
  const measurements = new Float64Array(truth.length - size);
  const dof = dimension === 2 ? 3 : 6;
  for (let k = 0; k + 1 < 2 * LAP; k++) {
    const drift = Float64Array.from({ length: dof }, (_, a) => (a < dimension ? NOISE.step : NOISE.turn) * random.gaussian());
    group.relative(truth, k * size, truth, (k + 1) * size, measurements, k * size);
    group.retract(measurements, k * size, drift, 0, measurements, k * size);
    group.compose(poses, k * size, measurements, k * size, poses, (k + 1) * size);
  }
  const seen: { readonly pose: number; readonly tree: number; readonly z: readonly number[] }[] = [];
  const inverse = new Float64Array(size);
  const inBody = new Float64Array(dimension);
  for (let pose = 0; pose < 2 * LAP; pose++) {
    for (const [tree, position] of trees.entries()) {
      const at = pose * size;
      if (Math.hypot(position[0] - truth[at], position[1] - truth[at + 1]) > 4) continue;
      group.inverse(truth, at, inverse, 0);
      group.act(inverse, 0, Float64Array.from(position), 0, inBody, 0);
      seen.push({ pose, tree, z: Array.from(inBody, (x) => x + NOISE.tree * random.gaussian()) });
    }
  }
  const known = [...new Set(seen.map(({ tree }) => tree))].sort((a, b) => a - b);
  const variables = Int32Array.from(seen.flatMap(({ pose, tree }) => [pose, known.indexOf(tree)]));
  const associated = variables.slice();
  const wrong = new Set<number>();
  for (let k = 0; k < seen.length; k++) {
    const other = random.integer(known.length);
    if (random.uniform() >= share || other === variables[2 * k + 1]) continue;
    associated[2 * k + 1] = other;
    wrong.add(k);
  }
  const diagonal = (...squares: readonly number[]): number[] =>
    squares.flatMap((square, i) => Array.from({ length: squares.length - i }, (_, j) => (j === 0 ? 1 / square : 0)));
  // Of a rotation in space half the angle is measured.
  const turn = dimension === 2 ? NOISE.turn ** 2 : NOISE.turn ** 2 / 4;
  const ofEdge = diagonal(...Array.from({ length: dof }, (_, a) => (a < dimension ? NOISE.step ** 2 : turn)));
  const ofTree = diagonal(...Array.from({ length: dimension }, () => NOISE.tree ** 2));
  const steps = 2 * LAP - 1;
  const graph = (associations: Int32Array): PoseGraph => ({
    dimension,
    ids: Float64Array.from({ length: 2 * LAP }, (_, k) => k),
    poses,
    known: new Uint8Array(2 * LAP).fill(1),
    from: Int32Array.from({ length: steps }, (_, k) => k),
    to: Int32Array.from({ length: steps }, (_, k) => k + 1),
    measurements,
    information: Float64Array.from({ length: steps * ofEdge.length }, (_, i) => ofEdge[i % ofEdge.length]),
    fixed: new Int32Array(0),
    landmarks: {
      ids: Float64Array.from(known, (tree) => 1000 + tree),
      positions: new Float64Array(dimension * known.length),
      known: new Uint8Array(known.length),
      fixed: new Int32Array(0),
    },
    ...(dimension === 3 && { sensors: { ids: Float64Array.of(0), poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1) } }),
    factors: [
      {
        factor: (dimension === 2 ? "EDGE_SE2_XY" : "EDGE_SE3_TRACKXYZ") satisfies FactorTag,
        variables: associations,
        measurements: Float64Array.from(seen.flatMap(({ z }) => z)),
        information: Float64Array.from({ length: seen.length * ofTree.length }, (_, i) => ofTree[i % ofTree.length]),
        ...(dimension === 3 && { sensors: new Int32Array(seen.length) }),
      },
    ],
  });
  return { honest: graph(variables), spoiled: graph(associated), wrong };
}

/** RMS distance of the poses of two points, and the median and largest distance of their landmarks, metres. */
export function distances(
  { dimension, ids }: PoseGraph,
  a: Float64Array,
  b: Float64Array,
): { poses: number; median: number; largest: number } {
  const size = poseSize({ dimension });
  const apart = (at: number): number => Math.hypot(...Array.from({ length: dimension }, (_, k) => a[at + k] - b[at + k]));
  const squares = Array.from(ids, (_, k) => apart(k * size) ** 2);
  const first = ids.length * size;
  const trees = Array.from({ length: (a.length - first) / dimension }, (_, k) => apart(first + k * dimension)).sort((x, y) => x - y);
  return {
    poses: Math.sqrt(squares.reduce((sum, x) => sum + x, 0) / squares.length),
    median: trees[trees.length >> 1],
    largest: trees[trees.length - 1],
  };
}
