import { garage, grid, manhattan, ring, sphere, torus } from "@slam/sim";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../../src/graph.ts";
import { odometry } from "../../src/init/chain.ts";
import { chordal } from "../../src/init/chordal.ts";
import { PoseGraphProblem } from "../../src/problem.ts";
import { chi2 } from "../../src/solve.ts";
import { largestDistance } from "../distance.ts";
import { worldGraph } from "../world-graph.ts";

/** In metres and radians: the normal equations of worlds of this size have condition numbers below 1e6. */
const EXACT = 1e-9;

/** The graph twice: the second copy's ids and poses follow the first's. */
function twice(graph: PoseGraph): PoseGraph {
  const n = graph.ids.length;
  const both = (x: Float64Array): Float64Array => Float64Array.of(...x, ...x);
  const shifted = (x: Int32Array): Int32Array => Int32Array.of(...x, ...x.map((k) => k + n));
  return {
    ...graph,
    ids: Float64Array.from({ length: 2 * n }, (_, k) => k),
    poses: both(graph.poses),
    known: new Uint8Array(2 * n),
    from: shifted(graph.from),
    to: shifted(graph.to),
    measurements: both(graph.measurements),
    information: both(graph.information),
  };
}

/** Every edge's rotation information made diag(1, 1, 100): Lambda = tr / 2 - W has the eigenvalue 51 - 100. */
function withIndefiniteWeights(graph: PoseGraph): PoseGraph {
  const information = graph.information.slice();
  for (let e = 0; e < graph.from.length; e++) information.set([1, 0, 0, 1, 0, 100], 21 * e + 15);
  return { ...graph, information };
}

describe.each([
  ["sphere", sphere({ poses: 100, noise: 0 })],
  ["torus", torus({ poses: 100, noise: 0 })],
  ["grid", grid({ poses: 100, noise: 0 })],
  ["planar grid", grid({ poses: 100, noise: 0, dimension: 2 })],
  ["manhattan", manhattan({ poses: 100, noise: 0 })],
  ["garage", garage({ poses: 100, noise: 0 })],
  ["ring", ring({ poses: 100, noise: 0 })],
])("without noise, on the %s,", (_, world) => {
  const graph = { ...worldGraph(world), known: new Uint8Array(100) };

  test("gives the true poses of a file with edges only", () => {
    expect(largestDistance(graph.dimension, chordal(new PoseGraphProblem(graph, [0])), world.truth)).toBeLessThan(EXACT);
  });

  test("agrees with poses held far apart, which keep their bits", () => {
    const size = world.truth.length / 100;
    const held = [99, 40];

    const poses = chordal(new PoseGraphProblem({ ...graph, poses: world.truth }, held));

    expect(largestDistance(graph.dimension, poses, world.truth)).toBeLessThan(EXACT);
    for (const k of held) expect(poses.slice(k * size, (k + 1) * size)).toEqual(world.truth.slice(k * size, (k + 1) * size));
  });
});

test("several components lie each where its held pose is", () => {
  const world = sphere({ poses: 50, noise: 0 });

  const poses = chordal(new PoseGraphProblem(twice(worldGraph(world)), [0, 50]));

  expect(largestDistance(3, poses, Float64Array.of(...world.truth, ...world.truth))).toBeLessThan(EXACT);
});

test("with every pose held, all stay", () => {
  const { truth } = ring({ poses: 10 });
  const graph = worldGraph(ring({ poses: 10 }), truth);

  expect(chordal(new PoseGraphProblem(graph, [...truth.keys()].slice(0, 10)))).toEqual(truth);
});

test.each([
  ["sphere", sphere({ poses: 200, noise: 2 })],
  ["torus", torus({ poses: 200, noise: 2 })],
  ["grid", grid({ poses: 200 })],
  ["planar grid", grid({ poses: 200, dimension: 2 })],
  ["manhattan", manhattan({ poses: 500 })],
  ["garage", garage({ poses: 200 })],
  ["ring", ring({ poses: 200 })],
])("on the noisy %s its cost is below the odometry's, and close to the true poses'", (_, world) => {
  const graph = worldGraph(world);

  const cost = chi2({ ...graph, poses: chordal(new PoseGraphProblem(graph, [0])) });

  expect(cost).toBeLessThan(chi2({ ...graph, poses: odometry(graph, [0]) }));
  expect(cost).toBeLessThan(2 * chi2({ ...graph, poses: world.truth }));
});

describe("where one eigenvalue of the rotation's information exceeds the sum of the others", () => {
  test("the true poses are found without noise", () => {
    const world = sphere({ poses: 100, noise: 0 });

    expect(largestDistance(3, chordal(new PoseGraphProblem(withIndefiniteWeights(worldGraph(world)), [0])), world.truth)).toBeLessThan(
      EXACT,
    );
  });

  test("the cost is below the odometry's with noise", () => {
    const graph = withIndefiniteWeights(worldGraph(torus({ poses: 200 })));

    const cost = chi2({ ...graph, poses: chordal(new PoseGraphProblem(graph, [0])) });

    expect(cost).toBeLessThan(chi2({ ...graph, poses: odometry(graph, [0]) }));
  });
});
