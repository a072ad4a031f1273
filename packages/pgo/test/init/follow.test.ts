import { garage, manhattan, sphere } from "@slam/sim";
import { expectSameBits } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PoseGraph, poseSize } from "../../src/graph.ts";
import { freeComponents, fromFile, odometry, spanningTree } from "../../src/init/chain.ts";
import { planarPose, similarPose, spatialPose } from "../arbitrary-pose.ts";
import { worldGraph } from "../world-graph.ts";

/** Poses with or without an estimate, and edges of any direction between any two of them. */
function anyGraph(shape: Pick<PoseGraph, "dimension" | "similarity">, pose: fc.Arbitrary<Float64Array>): fc.Arbitrary<PoseGraph> {
  return fc.integer({ min: 2, max: 8 }).chain((n) => {
    const edge = fc.record({ from: fc.nat(n - 1), step: fc.integer({ min: 1, max: n - 1 }), z: pose });
    return fc
      .record({
        poses: fc.array(pose, { minLength: n, maxLength: n }),
        known: fc.array(fc.constantFrom(0, 1), { minLength: n, maxLength: n }),
        edges: fc.array(edge, { maxLength: 2 * n }),
      })
      .map(({ poses, known, edges }) => ({
        ...shape,
        ids: Float64Array.from(poses, (_, k) => k),
        poses: Float64Array.from(poses.flatMap((x) => [...x])),
        known: Uint8Array.from(known),
        from: Int32Array.from(edges, ({ from }) => from),
        to: Int32Array.from(edges, ({ from, step }) => (from + step) % n),
        measurements: Float64Array.from(edges.flatMap(({ z }) => [...z])),
        information: new Float64Array(0),
        fixed: new Int32Array(0),
      }));
  });
}

describe.each([
  ["the plane", anyGraph({ dimension: 2 }, planarPose)],
  ["space", anyGraph({ dimension: 3 }, spatialPose)],
  ["Sim(3), which has no kernel,", anyGraph({ dimension: 3, similarity: "quat" }, similarPose)],
])("in %s the engine", (_, graphs) => {
  test("puts poses where plain loops do, bit for bit", () => {
    const arenas = new ArenaPool();
    fc.assert(
      fc.property(graphs, fc.subarray([0, 1]), (graph, held) => {
        for (const start of [spanningTree, odometry, fromFile]) expectSameBits(start(graph, held, arenas), start(graph, held));
      }),
    );
  });

  test("finds the same components", () => {
    const arenas = new ArenaPool();
    fc.assert(
      fc.property(graphs, fc.subarray([0, 1]), (graph, held) => {
        expect(freeComponents(graph, held, arenas)).toEqual(freeComponents(graph, held));
      }),
    );
  });
});

test.each([manhattan, sphere, garage])("does so beyond what one call takes: $name", (world) => {
  const graph = worldGraph(world({ poses: 1100, seed: 3 }));

  expectSameBits(spanningTree(graph, [7], new ArenaPool()), spanningTree(graph, [7]));
});

test.each([1e9, Infinity, NaN])("leaves an angle of %f to plain loops", (angle) => {
  const world = worldGraph(manhattan({ poses: 20, seed: 3 }));
  const poses = world.poses.slice();
  poses[2] = angle;
  const graph = { ...world, poses };

  expectSameBits(spanningTree(graph, [0], new ArenaPool()), spanningTree(graph, [0]));
});

test("neither the graph's poses nor the pool's memory are what is returned", () => {
  const graph = worldGraph(manhattan({ poses: 20, seed: 3 }));
  const arenas = new ArenaPool();

  const first = spanningTree(graph, [0], arenas);
  const copy = first.slice();
  spanningTree(graph, [5], arenas);

  expectSameBits(first, copy);
  expect(first.buffer).not.toBe(graph.poses.buffer);
  expect(first.length).toBe(graph.ids.length * poseSize(graph));
});
