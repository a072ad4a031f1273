import { se2, se3 } from "@slam/lie";
import { Random } from "@slam/sim";
import fc from "fast-check";
import type { PoseGraph } from "../src/graph.ts";
import { normalizeQuaternion } from "../src/io/quaternion.ts";

/** Small graphs with loops, anywhere and turned anyhow; measurements are off by some tenths, and informations positive definite. */
export const loopyGraph: fc.Arbitrary<PoseGraph> = fc
  .record({ dimension: fc.constantFrom(2 as const, 3 as const), n: fc.integer({ min: 2, max: 7 }), seed: fc.integer({ min: 0, max: 1e6 }) })
  .chain(({ dimension, n, seed }) => {
    const pose = fc.nat(n - 1);
    return fc
      .record({ pairs: fc.array(fc.tuple(pose, pose), { maxLength: 5 }), fixed: fc.uniqueArray(pose, { maxLength: 2 }) })
      .map(({ pairs, fixed }) => draw(dimension, n, pairs, fixed, new Random(seed)));
  });

function draw(dimension: 2 | 3, n: number, pairs: readonly [number, number][], fixed: readonly number[], random: Random): PoseGraph {
  const group = dimension === 2 ? se2 : se3;
  const { size, dof } = group;
  const poses = Float64Array.from({ length: n * size }, () => random.gaussian());
  if (dimension === 3) for (let at = 3; at < poses.length; at += 7) normalizeQuaternion(poses, at);
  const edges = [...Array.from({ length: n - 1 }, (_, k) => [k, k + 1] as const), ...pairs.filter(([i, j]) => i !== j)];
  const measurements = new Float64Array(edges.length * size);
  edges.forEach(([i, j], e) => {
    group.relative(poses, i * size, poses, j * size, measurements, e * size);
    const error = Float64Array.from({ length: dof }, () => 0.1 * random.gaussian());
    group.retract(measurements, e * size, error, 0, measurements, e * size);
    group.normalize(measurements, e * size, measurements, e * size);
  });
  return {
    dimension,
    ids: Float64Array.from({ length: n }, (_, k) => 10 * k),
    poses,
    known: new Uint8Array(n).fill(1),
    from: Int32Array.from(edges, ([i]) => i),
    to: Int32Array.from(edges, ([, j]) => j),
    measurements,
    information: Float64Array.from(edges.flatMap(() => drawInformation(dof, random))),
    fixed: Int32Array.from(fixed),
  };
}

/** B B' + I / 2, its upper triangle. */
export function drawInformation(dof: number, random: Random): number[] {
  const B = Array.from({ length: dof }, () => Array.from({ length: dof }, () => random.gaussian()));
  return B.flatMap((x, i) => B.slice(i).map((y, k) => x.reduce((sum, xk, at) => sum + xk * y[at], k === 0 ? 0.5 : 0)));
}
