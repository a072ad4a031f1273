import { DimensionError, OptionError } from "@slam/errors";
import { se2, se3 } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import { Random } from "@slam/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkGraph, type PoseGraph } from "../../src/graph.ts";
import { type EdgeBetween, IncrementalPoseGraph } from "../../src/incremental/incremental-pose-graph.ts";
import { chi2, start } from "../../src/solve.ts";
import { drawInformation } from "../loopy-graph.ts";

/** On a slow machine. */
const MINUTE = 60_000;

const PLANAR = { information: [100, 0, 0, 100, 0, 400] };

/** Three sides of a square of 1 m, driven from pose 0, which is held. */
function threeSides(): IncrementalPoseGraph {
  const graph = new IncrementalPoseGraph({ dimension: 2 });
  graph.addPose(0, { pose: [0, 0, 0] });
  for (const id of [1, 2, 3]) graph.addPose(id, { from: id - 1, measurement: [1, 0, Math.PI / 2], ...PLANAR });
  return graph;
}

/** chi2 of the batch solve's optimum, from the graph's own poses. */
function batchCost(graph: PoseGraph): number {
  const run = start(graph, { init: "file", policy: presetPolicy("fp64"), ftol: 1e-12, eta: 1e-6 });
  while (!run.done) run.step();
  return run.report.cost.final;
}

describe("a square of 1 m", () => {
  test("poses are where odometry puts them, without an update", () => {
    const graph = threeSides();

    expect(Array.from(graph.pose(3), (x) => Math.round(x * 1e12) / 1e12)).toEqual([0, 1, -Math.round(0.5e12 * Math.PI) / 1e12]);
    expect(graph.update()).toMatchObject({ termination: "converged", iterations: 0, cost: { initial: 0, final: 0 } });
  });

  test("a fourth side of 1.1 m is spread over all, and taken back when it is removed", () => {
    const graph = threeSides();
    const before = graph.pose(3);

    const loop = graph.addEdge({ from: 3, to: 0, measurement: [1.1, 0, Math.PI / 2], ...PLANAR });
    const closed = graph.update();
    const optimum = batchCost(graph.graph);
    graph.removeEdge(loop);
    const reopened = graph.update();

    expect(closed.termination).toBe("converged");
    expect(closed.cost.initial).toBeCloseTo(1, 10);
    expect(Math.abs(closed.cost.final / optimum - 1)).toBeLessThan(1e-6);
    expect(reopened.cost.final).toBeLessThan(1e-20);
    for (let k = 0; k < 3; k++) expect(graph.pose(3)[k]).toBeCloseTo(before[k], 8);
  });

  test("a perfect loop converges at a cost of nothing", () => {
    const graph = threeSides();

    graph.addEdge({ from: 3, to: 0, measurement: [1, 0, Math.PI / 2], ...PLANAR });

    expect(graph.update()).toMatchObject({ termination: "converged", iterations: 0 });
  });

  test("an edge removed before any update leaves nothing to do", () => {
    const graph = threeSides();

    graph.removeEdge(graph.addEdge({ from: 3, to: 0, measurement: [2, 0, 0], ...PLANAR }));

    expect(graph.update()).toMatchObject({ iterations: 0, evaluated: 0, cost: { final: 0 } });
    expect(graph.graph.from.length).toBe(3);
  });

  test("an update that is cut short is gone on with", () => {
    const graph = new IncrementalPoseGraph({ dimension: 2, maxIterations: 1, rtol: 1e-12 });
    graph.addPose(0, { pose: [0, 0, 0] });
    for (const id of [1, 2, 3]) graph.addPose(id, { from: id - 1, measurement: [1, 0, Math.PI / 2], ...PLANAR });
    graph.addEdge({ from: 3, to: 0, measurement: [1.5, 0, 1], ...PLANAR });

    expect(graph.update().termination).toBe("max-iterations");
    let last = graph.update();
    for (let k = 0; k < 20 && last.termination !== "converged"; k++) last = graph.update();

    expect(Math.abs(last.cost.final / batchCost(graph.graph) - 1)).toBeLessThan(1e-9);
  });

  test("hands out copies", () => {
    const graph = threeSides();

    graph.pose(1).fill(7);
    graph.graph.poses.fill(7);

    expect(graph.pose(1)[0]).toBe(1);
  });
});

test("what is wrong is refused before anything changes", () => {
  const graph = threeSides();
  const side = { measurement: [1, 0, 0], ...PLANAR };
  const loop = graph.addEdge({ from: 0, to: 2, ...side });
  const before = JSON.stringify(graph.graph);
  const singular = [100, 0, 0, 100, 0, 0];

  expect(() => new IncrementalPoseGraph({ dimension: 4 as 2 })).toThrow(OptionError);
  expect(() => new IncrementalPoseGraph({ dimension: 2, rtol: -1 })).toThrow(OptionError);
  expect(() => graph.addPose(3, { from: 2, ...side })).toThrow("addPose: id is 3, expected one that no pose has");
  expect(() => graph.addPose(0.5, { from: 2, ...side })).toThrow(OptionError);
  expect(() => graph.addPose(4, { from: 9, ...side })).toThrow("addPose: id is 9, expected that of a pose in the graph");
  expect(() => graph.addPose(4, { pose: [0, 0] })).toThrow(DimensionError);
  expect(() => graph.addPose(4, { from: 3, measurement: [1, 0, 0], information: singular })).toThrow("positive definite");
  expect(() => graph.addEdge({ from: 0, to: 0, ...side })).toThrow(OptionError);
  expect(() => graph.addEdge({ from: 0, to: 9, ...side })).toThrow(OptionError);
  expect(() => graph.addEdge({ from: 0, to: 1, measurement: [Number.NaN, 0, 0], ...PLANAR })).toThrow(OptionError);
  expect(() => graph.addEdge({ from: 0, to: 1, measurement: [1, 0, 0], information: [-1, 0, 0, 1, 0, 1] })).toThrow("semidefinite");
  expect(() => graph.addPrior(9, side)).toThrow(OptionError);
  expect(() => graph.removeEdge(0)).toThrow("removeEdge is 0, expected what addEdge or addPrior returned, once");
  expect(() => graph.removeEdge(loop + 1)).toThrow(OptionError);
  expect(() => graph.pose(9)).toThrow(OptionError);
  expect(JSON.stringify(graph.graph)).toBe(before);

  graph.removeEdge(loop);
  expect(() => graph.removeEdge(loop)).toThrow(OptionError);
});

describe.each([2, 3] as const)("in %i dimensions", (dimension) => {
  const group = dimension === 2 ? se2 : se3;
  const { size, dof } = group;

  /** The pose of b seen from a, off by a little, and turned. */
  function measured(truth: Float64Array, a: number, b: number, noise: number, random: Random): Float64Array {
    const z = new Float64Array(size);
    group.relative(truth, a * size, truth, b * size, z, 0);
    const error = Float64Array.from({ length: dof }, () => noise * random.gaussian());
    group.retract(z, 0, error, 0, z, 0);
    group.normalize(z, 0, z, 0);
    return z;
  }

  function edge(truth: Float64Array, a: number, b: number, random: Random): EdgeBetween {
    return { from: a, to: b, measurement: measured(truth, a, b, 0.05, random), information: drawInformation(dof, random) };
  }

  /** Poses on a ring, each turned by where it is. */
  function ring(n: number): Float64Array {
    const truth = new Float64Array(n * size);
    const step = Float64Array.from({ length: dof }, (_, k) => (k === 0 ? 1 : k === dof - 1 ? (2 * Math.PI) / n : 0));
    group.identity(truth, 0);
    for (let k = 1; k < n; k++) group.retract(truth, (k - 1) * size, step, 0, truth, k * size);
    return truth;
  }

  const stream = fc.record({
    n: fc.integer({ min: 2, max: 14 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    loops: fc.array(fc.tuple(fc.nat(100), fc.nat(100), fc.nat(4)), { minLength: 1, maxLength: 16 }),
  });

  test("equals the batch solve after every update, in random orders, with removals and several edges between two poses", {
    timeout: MINUTE,
  }, () => {
    fc.assert(
      fc.property(stream, ({ n, seed, loops }) => {
        const random = new Random(seed);
        const truth = ring(n);
        const graph = new IncrementalPoseGraph({ dimension });
        const order = Array.from({ length: n }, (_, k) => k).sort(() => random.uniform() - 0.5);
        const there = [order[0]];
        const handles: number[] = [];
        graph.addPose(order[0], { pose: truth.slice(order[0] * size, (order[0] + 1) * size) });
        const grow = (): void => {
          const id = order[there.length];
          const other = there[Math.floor(random.uniform() * there.length)];
          const { from, to, ...rest } = edge(truth, id, other, random);
          if (random.uniform() < 0.5) graph.addPose(id, { to, ...rest });
          else graph.addPose(id, { from: to, measurement: measured(truth, to, from, 0.05, random), information: rest.information });
          there.push(id);
        };

        for (const [a, b, kind] of loops) {
          while (there.length < n && random.uniform() < 0.7) grow();
          const [from, to] = [there[a % there.length], there[b % there.length]];
          if (from !== to) handles.push(graph.addEdge(edge(truth, from, to, random)));
          if (kind === 0 && handles.length > 0) graph.removeEdge(handles.splice(b % handles.length, 1)[0]);
          if (kind === 1)
            handles.push(
              graph.addPrior(from, {
                ...edge(truth, from, (from + 1) % n, random),
                measurement: truth.slice(from * size, (from + 1) * size),
              }),
            );
          if (kind === 2) continue;
          const report = graph.update();
          const snapshot = graph.graph;
          const optimum = batchCost(snapshot);

          checkGraph(snapshot);
          expect(report.termination).toBe("converged");
          expect(Math.abs(report.cost.final - chi2(snapshot))).toBeLessThan(1e-9 * (1 + report.cost.final));
          expect(report.cost.final - optimum).toBeLessThan(1e-6 * optimum + 1e-12);
          expect(snapshot.from.length + (snapshot.factors?.[0].variables.length ?? 0)).toBe(there.length - 1 + handles.length);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("a graph that priors alone tie to the world", () => {
    const random = new Random(5);
    const truth = ring(6);
    const at = (k: number): { readonly measurement: Float64Array; readonly information: number[] } => {
      const measurement = truth.slice(k * size, (k + 1) * size);
      group.retract(
        measurement,
        0,
        Float64Array.from({ length: dof }, () => 0.05 * random.gaussian()),
        0,
        measurement,
        0,
      );
      group.normalize(measurement, 0, measurement, 0);
      return { measurement, information: drawInformation(dof, random) };
    };
    const graph = new IncrementalPoseGraph({ dimension });

    graph.addPose(0, at(0));
    for (let k = 1; k < 6; k++) {
      const { from, ...rest } = edge(truth, k, k - 1, random);
      graph.addPose(from, rest);
    }
    graph.addPrior(5, at(5));
    graph.addPrior(2, at(2));
    const report = graph.update();

    expect(report.termination).toBe("converged");
    expect(report.cost.final).toBeGreaterThan(0);
    expect(Math.abs(report.cost.final / batchCost(graph.graph) - 1)).toBeLessThan(1e-6);
  });
});
