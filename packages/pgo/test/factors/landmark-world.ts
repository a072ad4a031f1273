import { se2, se3 } from "@slam/lie";
import { Random } from "@slam/sim";
import type { FactorSet } from "../../src/factors/sets.ts";
import type { PoseGraph } from "../../src/graph.ts";

/** How a world is measured. */
export interface LandmarkWorldOptions {
  readonly poses: number;
  readonly landmarks: number;
  /** Standard deviations of angles in radians, and of lengths in metres; 0: exact. */
  readonly noise: number;
  readonly seed?: number;
}

/** A world with landmarks: its graph, whose estimates are the truth. */
export type LandmarkWorld = PoseGraph & { readonly landmarks: NonNullable<PoseGraph["landmarks"]>; readonly factors: readonly FactorSet[] };

/** Two laps of a circle of 10 m among landmarks up to 3 m beside it: odometry, and each landmark within 8 m seen as a position or as a bearing. */
export function planarWorld({ poses: n, landmarks: l, noise, seed = 1 }: LandmarkWorldOptions): LandmarkWorld {
  const random = new Random(seed);
  const poses = new Float64Array(3 * n);
  for (let k = 0; k < n; k++) {
    const angle = (4 * Math.PI * k) / n;
    se2.normalize(Float64Array.of(10 * Math.cos(angle), 10 * Math.sin(angle), angle + Math.PI / 2), 0, poses, 3 * k);
  }
  const positions = new Float64Array(2 * l);
  for (let j = 0; j < l; j++) {
    const [radius, angle] = [7 + 6 * random.uniform(), (2 * Math.PI * (j + random.uniform())) / l];
    positions.set([radius * Math.cos(angle), radius * Math.sin(angle)], 2 * j);
  }
  const sets = { position: newSet("EDGE_SE2_XY"), bearing: newSet("EDGE_BEARING_SE2_XY") };
  const seen = new Float64Array(2);
  const inverse = new Float64Array(3);
  for (let k = 0; k < n; k++) {
    se2.inverse(poses, 3 * k, inverse, 0);
    for (let j = 0; j < l; j++) {
      se2.act(inverse, 0, positions, 2 * j, seen, 0);
      if (Math.hypot(seen[0], seen[1]) > 8) continue;
      const isBearing = (j + k) % 3 === 0;
      const z = isBearing ? [Math.atan2(seen[1], seen[0])] : [...seen];
      const set = isBearing ? sets.bearing : sets.position;
      set.variables.push(k, j);
      set.measurements.push(...z.map((x) => x + noise * random.gaussian()));
      set.information.push(...(isBearing ? [400] : [50, 7, 80]));
    }
  }
  return {
    ...chain(2, poses, noise, random),
    landmarks: landmarksAt(2, positions),
    factors: [packed(sets.position), packed(sets.bearing)],
  };
}

/** A helix through landmarks, seen by two sensors that sit and look differently. */
export function spatialWorld({ poses: n, landmarks: l, noise, seed = 1 }: LandmarkWorldOptions): LandmarkWorld {
  const random = new Random(seed);
  const poses = new Float64Array(7 * n);
  const xi = new Float64Array(6);
  se3.identity(poses, 0);
  for (let k = 1; k < n; k++) {
    xi.set([1, 0.1, 0.2, 0.05 * Math.sin(k), 0.1, 4 / n + 0.1]);
    se3.retract(poses, 7 * (k - 1), xi, 0, poses.subarray(7 * k), 0);
  }
  const sensors = new Float64Array(14);
  se3.exp(Float64Array.of(0.3, -0.2, 0.5, 0.4, -0.3, 1.2), 0, sensors, 0);
  se3.exp(Float64Array.of(-0.4, 0.1, 0.2, -0.7, 0.9, -1.5), 0, sensors, 7);
  const around = (a: number): number => poses[7 * random.integer(n) + a] + 6 * random.uniform() - 3;
  const positions = Float64Array.from({ length: 3 * l }, (_, at) => around(at % 3));
  const set = newSet("EDGE_SE3_TRACKXYZ");
  const sensorOf: number[] = [];
  const eye = new Float64Array(7);
  const seen = new Float64Array(3);
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < l; j++) {
      const sensor = (k + j) % 2;
      se3.compose(poses, 7 * k, sensors, 7 * sensor, eye, 0);
      se3.inverse(eye.slice(), 0, eye, 0);
      se3.act(eye, 0, positions, 3 * j, seen, 0);
      if (Math.hypot(...seen) > 8) continue;
      set.variables.push(k, j);
      sensorOf.push(sensor);
      set.measurements.push(...Array.from(seen, (x) => x + noise * random.gaussian()));
      set.information.push(40, 3, 5, 60, -4, 90);
    }
  }
  return {
    ...chain(3, poses, noise, random),
    landmarks: landmarksAt(3, positions),
    sensors: { ids: Float64Array.of(0, 7), poses: sensors },
    factors: [{ ...packed(set), sensors: Int32Array.from(sensorOf) }],
  };
}

/** The world with estimates off by normal errors of standard deviation sigma; the first pose keeps its own. */
export function disturbed(world: LandmarkWorld, sigma: number, seed: number = 5): LandmarkWorld {
  const random = new Random(seed);
  const group = world.dimension === 2 ? se2 : se3;
  const poses = world.poses.slice();
  for (let k = 1; k < world.ids.length; k++) {
    const xi = Float64Array.from({ length: group.dof }, () => sigma * random.gaussian());
    group.retract(world.poses, k * group.size, xi, 0, poses, k * group.size);
  }
  return {
    ...world,
    poses,
    landmarks: { ...world.landmarks, positions: world.landmarks.positions.map((x) => x + sigma * random.gaussian()) },
  };
}

function newSet(factor: "EDGE_SE2_XY" | "EDGE_BEARING_SE2_XY" | "EDGE_SE3_TRACKXYZ") {
  return { factor, variables: [] as number[], measurements: [] as number[], information: [] as number[] };
}

function packed({ factor, variables, measurements, information }: ReturnType<typeof newSet>): FactorSet {
  return {
    factor,
    variables: Int32Array.from(variables),
    measurements: Float64Array.from(measurements),
    information: Float64Array.from(information),
  };
}

function landmarksAt(dimension: 2 | 3, positions: Float64Array): LandmarkWorld["landmarks"] {
  const l = positions.length / dimension;
  return {
    ids: Float64Array.from({ length: l }, (_, j) => 1000 + 2 * j),
    positions,
    known: new Uint8Array(l).fill(1),
    fixed: new Int32Array(0),
  };
}

/** Poses with an edge from each to the next. */
function chain(dimension: 2 | 3, poses: Float64Array, noise: number, random: Random): PoseGraph {
  const group = dimension === 2 ? se2 : se3;
  const { size, dof } = group;
  const n = poses.length / size;
  const measurements = new Float64Array((n - 1) * size);
  const information: number[] = [];
  for (let e = 0; e + 1 < n; e++) {
    group.relative(poses, e * size, poses, (e + 1) * size, measurements, e * size);
    const xi = Float64Array.from({ length: dof }, () => noise * random.gaussian());
    group.retract(measurements, e * size, xi, 0, measurements, e * size);
    for (let i = 0; i < dof; i++) for (let j = i; j < dof; j++) information.push(i === j ? 100 + 30 * i : 3 + i - j);
  }
  return {
    dimension,
    ids: Float64Array.from({ length: n }, (_, k) => k),
    poses,
    known: new Uint8Array(n).fill(1),
    from: Int32Array.from({ length: n - 1 }, (_, e) => e),
    to: Int32Array.from({ length: n - 1 }, (_, e) => e + 1),
    measurements,
    information: Float64Array.from(information),
    fixed: new Int32Array(0),
  };
}
