import { sim3 } from "@slam/lie";
import { driftScale, Random, type SimilarityWorld, sphere } from "@slam/sim";
import fc from "fast-check";
import type { PoseGraph } from "../../src/graph.ts";
import { drawInformation } from "../loopy-graph.ts";

/** The graph of a world as its file would give it. */
export function similarityGraph({ initial, from, to, measurements, information }: SimilarityWorld): PoseGraph {
  const n = initial.length / 8;
  return {
    dimension: 3,
    similarity: "quat",
    ids: Float64Array.from({ length: n }, (_, k) => k),
    poses: initial,
    known: new Uint8Array(n).fill(1),
    from,
    to,
    measurements,
    information,
    fixed: new Int32Array(0),
  };
}

/** A sphere of 300 poses seen by one camera, whose unit of length drifts by 5 % a step. */
export function driftedSphere(): SimilarityWorld {
  return driftScale(sphere({ poses: 300, seed: 3 }), { drift: 0.05, seed: 3 });
}

/** Small graphs with a loop or two, anywhere, turned anyhow and of any size; measurements are off by some tenths, informations full and positive definite. */
export const smallGraph: fc.Arbitrary<PoseGraph> = fc
  .record({ n: fc.integer({ min: 3, max: 5 }), seed: fc.nat(1e6) })
  .map(({ n, seed }) => {
    const random = new Random(seed);
    const pairs = [...Array.from({ length: n - 1 }, (_, k) => [k, k + 1] as const), [n - 1, 0] as const, [2, 0] as const];
    const draw = (spread: number): Float64Array => {
      const xi = Float64Array.from({ length: 7 }, () => spread * random.gaussian());
      const X = new Float64Array(8);
      sim3.exp(xi, 0, X, 0);
      sim3.normalize(X, 0, X, 0);
      return X;
    };
    const poses = Float64Array.of(...Array.from({ length: n }, () => [...draw(0.8)]).flat());
    const measurements = new Float64Array(pairs.length * 8);
    pairs.forEach(([i, j], e) => {
      sim3.relative(poses, 8 * i, poses, 8 * j, measurements, 8 * e);
      sim3.compose(measurements, 8 * e, draw(0.1), 0, measurements, 8 * e);
      sim3.normalize(measurements, 8 * e, measurements, 8 * e);
    });
    return {
      dimension: 3,
      similarity: "quat",
      ids: Float64Array.from({ length: n }, (_, k) => 10 * k),
      poses,
      known: new Uint8Array(n).fill(1),
      from: Int32Array.from(pairs, ([i]) => i),
      to: Int32Array.from(pairs, ([, j]) => j),
      measurements,
      information: Float64Array.from(pairs.flatMap(() => drawInformation(7, random))),
      fixed: new Int32Array(0),
    };
  });
