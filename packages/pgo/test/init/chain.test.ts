import { fp64, tolerance } from "@slam/float";
import { newArrays } from "@slam/linop";
import { garage, grid, manhattan, ring, sphere, torus } from "@slam/sim";
import { expectClose } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../../src/graph.ts";
import { freeComponents, fromFile, odometry, spanningTree } from "../../src/init/chain.ts";
import { plainWalk } from "../../src/init/walk.ts";
import { largestDistance } from "../distance.ts";
import { worldGraph } from "../world-graph.ts";

/** Poses without estimates on the x axis, unturned; an edge a -> b measures b - a metres ahead, and `off` more. */
function line(poses: number, edges: readonly (readonly [from: number, to: number, off?: number])[]): PoseGraph {
  return {
    dimension: 2,
    ids: Float64Array.from({ length: poses }, (_, k) => k),
    poses: new Float64Array(3 * poses),
    known: new Uint8Array(poses),
    from: Int32Array.from(edges, ([from]) => from),
    to: Int32Array.from(edges, ([, to]) => to),
    measurements: Float64Array.from(edges.flatMap(([from, to, off = 0]) => [to - from + off, 0, 0])),
    information: Float64Array.from(edges.flatMap(() => [1, 0, 0, 1, 0, 1])),
    fixed: new Int32Array(0),
  };
}

/** The graph with estimates for some of its poses. */
function withEstimates(graph: PoseGraph, estimates: Readonly<Record<number, readonly number[]>>): PoseGraph {
  const poses = graph.poses.slice();
  const known = graph.known.slice();
  for (const [k, pose] of Object.entries(estimates)) {
    poses.set(pose, Number(k) * 3);
    known[Number(k)] = 1;
  }
  return { ...graph, poses, known };
}

const xOf = (poses: Float64Array): number[] => [...poses].filter((_, i) => i % 3 === 0);

test("incidence lists the edges at each pose, in the graph's order", () => {
  const { start, edge } = plainWalk.incidence(
    line(3, [
      [0, 1],
      [2, 0],
      [1, 2],
    ]),
    newArrays,
  );

  expect(start).toEqual(Int32Array.of(0, 2, 4, 6));
  expect(edge).toEqual(Int32Array.of(0, 1, 0, 2, 1, 2));
});

describe.each([
  ["by plain loops", undefined],
  ["by the engine", new ArenaPool()],
])("freeComponents %s", (_, arenas) => {
  const twoPairsAndOne = line(5, [
    [1, 0],
    [4, 2],
  ]);

  test("gives the lowest pose of each component", () => {
    expect(freeComponents(twoPairsAndOne, [], arenas)).toEqual([0, 2, 3]);
  });

  test("leaves out components in which a pose is held", () => {
    expect(freeComponents(twoPairsAndOne, [4], arenas)).toEqual([0, 3]);
    expect(freeComponents(twoPairsAndOne, [3, 1, 2], arenas)).toEqual([]);
  });
});

describe("spanningTree", () => {
  test("takes the fewest edges: a loop closure from the start rather than the chain", () => {
    const graph = line(4, [
      [0, 1, 0.1],
      [1, 2, 0.1],
      [2, 3, 0.1],
      [0, 3, 0.5],
    ]);

    expectClose(xOf(spanningTree(graph, [0])), [0, 1.1, 2.2, 3.5], tolerance(fp64, 4));
  });

  test("goes against the direction of edges, and starts where poses are held", () => {
    const graph = withEstimates(
      line(3, [
        [1, 0],
        [1, 2],
      ]),
      { 0: [9, 0, 0], 1: [9, 0, 0], 2: [10, 0, 0] },
    );

    expect(xOf(spanningTree(graph, [2]))).toEqual([8, 9, 10]);
  });
});

describe("odometry", () => {
  test("follows neighbours although a loop closure is shorter", () => {
    const graph = line(4, [
      [0, 3, 0.5],
      [0, 1, 0.1],
      [1, 2, 0.1],
      [2, 3, 0.1],
    ]);

    expectClose(xOf(odometry(graph, [0])), [0, 1.1, 2.2, 3.3], tolerance(fp64, 4));
  });

  test("takes an edge from the later to the earlier pose as well", () => {
    expect(
      xOf(
        odometry(
          line(3, [
            [1, 0],
            [2, 1],
          ]),
          [0],
        ),
      ),
    ).toEqual([0, 1, 2]);
  });

  test("reaches by breadth first what the chain does not", () => {
    expect(
      xOf(
        odometry(
          line(4, [
            [0, 1],
            [1, 3],
            [3, 2],
          ]),
          [0],
        ),
      ),
    ).toEqual([0, 1, 2, 3]);
    expect(
      xOf(
        odometry(
          line(3, [
            [0, 1],
            [1, 2],
          ]),
          [2],
        ),
      ),
    ).toEqual([-2, -1, 0]);
  });
});

describe("fromFile", () => {
  test("keeps every estimate there is", () => {
    const graph = withEstimates(line(2, [[0, 1]]), { 0: [5, 6, 7], 1: [1, 2, 3] });

    expect(fromFile(graph, [0])).toEqual(graph.poses);
  });

  test("puts the other poses where edges from the known ones say", () => {
    const graph = withEstimates(
      line(4, [
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
      { 2: [7, 0, 0] },
    );

    expect(xOf(fromFile(graph, [0]))).toEqual([5, 6, 7, 8]);
  });

  test("puts a component without estimates next to its held pose", () => {
    const graph = withEstimates(
      line(4, [
        [0, 1],
        [2, 3],
      ]),
      { 1: [7, 0, 0] },
    );

    expect(xOf(fromFile(graph, [0, 2]))).toEqual([6, 7, 0, 1]);
  });

  test("is the odometry where the file holds edges only", () => {
    const graph = line(3, [
      [0, 2, 0.5],
      [0, 1],
      [1, 2],
    ]);

    expect(fromFile(graph, [0])).toEqual(odometry(graph, [0]));
  });
});

describe.each([
  ["sphere", sphere({ poses: 100, noise: 0 })],
  ["torus", torus({ poses: 100, noise: 0 })],
  ["grid", grid({ poses: 100, noise: 0 })],
  ["planar grid", grid({ poses: 100, noise: 0, dimension: 2 })],
  ["manhattan", manhattan({ poses: 100, noise: 0 })],
  ["garage", garage({ poses: 100, noise: 0 })],
  ["ring", ring({ poses: 100, noise: 0 })],
])("without noise, on the %s", (_, world) => {
  const graph = { ...worldGraph(world), known: new Uint8Array(100) };

  test.each([
    ["odometry", odometry],
    ["the spanning tree", spanningTree],
    ["the file of edges only", fromFile],
  ])("%s gives the true poses", (_, initialize) => {
    const poses = initialize(graph, [0]);

    // Up to 99 compositions of coordinates below 50 m.
    expect(largestDistance(graph.dimension, poses, world.truth)).toBeLessThan(tolerance(fp64, 100 * 50));
  });
});
