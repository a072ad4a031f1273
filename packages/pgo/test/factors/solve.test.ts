import { se2 } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import { describe, expect, test } from "vitest";
import type { FactorSet } from "../../src/factors/sets.ts";
import type { PoseGraph } from "../../src/graph.ts";
import { chi2, type PoseGraphOptions, type PoseGraphRun, start } from "../../src/solve.ts";
import { costOf, denseGaussNewton } from "./dense-gauss-newton.ts";
import { disturbed, type LandmarkWorld, planarWorld, spatialWorld } from "./landmark-world.ts";

/** Relative difference of costs: solves end where a step gains at most ftol = 1e-6 of the cost. */
const SAME = 1e-6;
const fp64 = presetPolicy("fp64");

function finish(graph: PoseGraph, options: PoseGraphOptions = {}): PoseGraphRun {
  const run = start(graph, options);
  while (!run.done) run.step();
  return run;
}

/** The graph with one more set of factors. */
function withSet(graph: PoseGraph, set: FactorSet): PoseGraph {
  return { ...graph, factors: [...(graph.factors ?? []), set] };
}

function priorSe2(pose: number, z: readonly number[], information: readonly number[]): FactorSet {
  return {
    factor: "EDGE_PRIOR_SE2",
    variables: Int32Array.of(pose),
    measurements: Float64Array.from(z),
    information: Float64Array.from(information),
  };
}

const worlds: readonly [string, (noise: number) => LandmarkWorld][] = [
  ["the plane", (noise) => planarWorld({ poses: 16, landmarks: 8, noise })],
  ["space", (noise) => spatialWorld({ poses: 10, landmarks: 8, noise })],
];

describe.each(worlds)("landmarks in %s", (_, world) => {
  test("chi2 of the graph is the sum of e'We of its definitions", () => {
    const graph = disturbed(world(0.02), 0.05);

    expect(chi2(graph) / costOf(graph)).toBeCloseTo(1, 12);
  });

  test("exact measurements are fitted exactly from disturbed estimates", () => {
    const { graph, report } = finish(disturbed(world(0), 0.1), { policy: fp64, init: "file" });

    expect(report.termination).toBe("converged");
    expect(report.cost.final).toBeLessThan(1e-18 * report.cost.initial);
    const truth = world(0).landmarks.positions;
    graph.landmarks?.positions.forEach((x, at) => {
      expect(x).toBeCloseTo(truth[at], 8);
    });
  });

  const noisy = disturbed(world(0.03), 0.05);
  const dense = denseGaussNewton(noisy, [0]);

  test.each<[string, PoseGraphOptions]>([
    ["fp64", { policy: fp64 }],
    ["fp32", { policy: presetPolicy("fp32") }],
    ["mixed", {}],
    ["linear direct", { policy: fp64, linear: "direct" }],
    ["linear direct in fp32", { linear: "direct" }],
    ["no preconditioner", { policy: fp64, preconditioner: "none" }],
    ["Jacobi", { policy: fp64, preconditioner: "jacobi" }],
    ["no fill", { policy: fp64, fill: 0 }],
    ["dropped fill", { policy: fp64, drop: 0.01 }],
    ["spanning tree", { policy: fp64, init: "spanning-tree" }],
    ["odometry", { policy: fp64, init: "odometry" }],
    ["chordal", { policy: fp64, init: "chordal" }],
    ["dogleg", { policy: fp64, method: "dogleg" }],
  ])("noisy ones reach the optimum of dense Gauss-Newton: %s", (_, options) => {
    const { graph, report } = finish(noisy, { init: "file", ...options });

    expect(report.termination).toBe("converged");
    expect(report.undetermined).toEqual([]);
    expect(Math.abs(report.cost.final / dense.cost - 1)).toBeLessThan(SAME);
    expect(costOf(graph) / report.cost.final).toBeCloseTo(1, 12);
  });

  test("with every operation rounded to fp16 it comes near the optimum", () => {
    const { report } = finish(noisy, { policy: presetPolicy("half"), init: "file" });

    expect(report.cost.final / dense.cost).toBeLessThan(1.1);
  });

  test("random poses see landmarks elsewhere; the solve goes down from there", () => {
    const [one, again, other] = [1, 1, 2].map((seed) => finish(noisy, { policy: fp64, init: "random", seed }).report.cost);

    expect(again).toEqual(one);
    expect(other.afterInit).not.toBe(one.afterInit);
    expect(one.afterInit).toBeGreaterThan(10 * one.initial);
    expect(one.final).toBeLessThan(0.1 * one.afterInit);
  });

  test("repeated gives the same bits", () => {
    expect(finish(noisy).x).toEqual(finish(noisy).x);
  });

  test("without estimates, landmarks are placed from what poses see", () => {
    const exact = world(0);
    const unknown = { ...exact.landmarks, positions: exact.landmarks.positions.map(() => 0), known: exact.landmarks.known.map(() => 0) };

    const { report } = start({ ...exact, landmarks: unknown }, { init: "file", policy: fp64 });

    expect(report.cost.afterInit).toBeLessThan(1e-18);
  });
});

describe("landmarks held", () => {
  const world = planarWorld({ poses: 16, landmarks: 8, noise: 0.03 });

  test("keep their bits, and two of them fix the gauge: the optimum is that of dense Gauss-Newton without a held pose", () => {
    const fixed = { ...world, landmarks: { ...world.landmarks, fixed: Int32Array.of(2, 6) } };

    const { graph, report } = finish(disturbed(fixed, 0), { policy: fp64, init: "file" });

    expect(report.termination).toBe("converged");
    for (const at of [4, 5, 12, 13]) expect(graph.landmarks?.positions[at]).toBe(world.landmarks.positions[at]);
    expect(graph.poses.slice(0, 3)).not.toEqual(world.poses.slice(0, 3));
    expect(Math.abs(report.cost.final / denseGaussNewton(fixed, []).cost - 1)).toBeLessThan(SAME);
  });

  test("one leaves a turn about it free: no pose is held for that, and the cost is that of the free graph", () => {
    const free = finish(world, { policy: fp64, init: "file" }).report;
    const fixed = { ...world, landmarks: { ...world.landmarks, fixed: Int32Array.of(2) } };

    for (const linear of ["cgnr", "direct"] as const) {
      const { graph, report } = finish(fixed, { policy: fp64, init: "file", linear });

      expect(report.termination).toBe("converged");
      expect(Math.abs(report.cost.final / free.cost.final - 1)).toBeLessThan(SAME);
      expect(graph.poses.slice(0, 3)).not.toEqual(world.poses.slice(0, 3));
    }
  });
});

describe("what measurements leave open", () => {
  const world = planarWorld({ poses: 16, landmarks: 8, noise: 0.02 });
  const n = world.landmarks.ids.length;
  /** Landmark 5000, 3 m ahead of the second pose. */
  const ahead = new Float64Array(2);
  se2.act(world.poses, 3, Float64Array.of(3, 0), 0, ahead, 0);
  const withOne: PoseGraph = {
    ...world,
    landmarks: {
      ids: Float64Array.of(...world.landmarks.ids, 5000),
      positions: Float64Array.of(...world.landmarks.positions, ...ahead),
      known: new Uint8Array(n + 1).fill(1),
      fixed: new Int32Array(0),
    },
  };
  const one = (variables: readonly number[], z: readonly number[]): PoseGraph =>
    withSet(withOne, {
      factor: "EDGE_BEARING_SE2_XY",
      variables: Int32Array.from(variables),
      measurements: Float64Array.from(z),
      information: Float64Array.from(z, () => 100),
    });

  test.each<[string, PoseGraphOptions]>([
    ["fp64", { policy: fp64 }],
    ["mixed", {}],
    ["direct", { policy: fp64, linear: "direct" }],
  ])("a landmark seen in one direction alone adds nothing to the cost, keeps its distance and is reported: %s", (_, options) => {
    const alone = finish(world, { init: "file", policy: fp64 }).report.cost.final;

    const { graph, report } = finish(one([1, n], [0.1]), { init: "file", ...options });

    expect([report.termination, report.undetermined]).toEqual(["converged", [5000]]);
    expect(Math.abs(report.cost.final / alone - 1)).toBeLessThan(SAME);
    const [x, y] = [graph.landmarks!.positions[2 * n], graph.landmarks!.positions[2 * n + 1]];
    expect(Math.hypot(x - ahead[0], y - ahead[1])).toBeLessThan(1);
  });

  test("in two directions it is determined", () => {
    expect(finish(one([1, n, 0, n], [0.1, 0.3]), { init: "file" }).report.undetermined).toEqual([]);
  });

  test("a landmark that nothing sees stays where it is and is reported", () => {
    const { graph, report } = finish(withOne, { init: "file" });

    expect([report.termination, report.undetermined]).toEqual(["converged", [5000]]);
    expect(graph.landmarks?.positions.slice(2 * n)).toEqual(ahead);
  });

  test("a landmark without an estimate that one bearing sees needs one, and the error says so", () => {
    const graph = one([1, n], [0.1]);
    const known = new Uint8Array(n + 1).fill(1, 0, n);

    expect(() => start({ ...graph, landmarks: { ...graph.landmarks!, known } }, { init: "file" })).toThrow(
      'the estimate of landmark 5000 is "missing", expected one given where no position is measured and bearings do not cross',
    );
  });

  test("two bearings that cross place it", () => {
    const graph = one([0, n, 3, n], [0, 0]);
    // Of the first pose, at (10, 0) facing +y: straight ahead. Of the fourth, wherever the point (10, 4) is for it.
    const [x, y, theta] = world.poses.slice(9, 12);
    graph.factors?.at(-1)?.measurements.set([0, Math.atan2(4 - y, 10 - x) - theta]);
    const known = new Uint8Array(n + 1).fill(1, 0, n);

    const run = start({ ...graph, landmarks: { ...graph.landmarks!, known } }, { init: "file" });

    expect(run.x[run.x.length - 2]).toBeCloseTo(10, 9);
    expect(run.x[run.x.length - 1]).toBeCloseTo(4, 9);
  });
});

describe("priors", () => {
  const two = (options: { readonly known: boolean }): PoseGraph => ({
    dimension: 2,
    ids: Float64Array.of(0, 1),
    poses: options.known ? Float64Array.of(0, 0, 0, 1, 0, 0) : new Float64Array(6),
    known: new Uint8Array(2).fill(options.known ? 1 : 0),
    from: Int32Array.of(0),
    to: Int32Array.of(1),
    measurements: Float64Array.of(1, 0, 0),
    information: Float64Array.of(4, 0, 0, 4, 0, 4),
    fixed: new Int32Array(0),
  });

  test("of full rank fix the gauge: no pose is held besides, and the graph goes where its prior says", () => {
    const graph = withSet(two({ known: false }), priorSe2(1, [5, 7, Math.PI / 2], [1, 0, 0, 1, 0, 1]));

    const { graph: solved, report } = finish(graph, { policy: fp64 });

    expect(report.termination).toBe("converged");
    expect(report.cost.final).toBeLessThan(1e-30);
    [5, 6, Math.PI / 2, 5, 7, Math.PI / 2].forEach((x, at) => {
      expect(solved.poses[at]).toBeCloseTo(x, 12);
    });
  });

  test("two that contradict each other by 1 m share it with the edge between, as springs: chi2 = 1 / (1 + 1/4 + 1)", () => {
    const graph = withSet(two({ known: true }), {
      ...priorSe2(0, [0, 0, 0], [1, 0, 0, 1, 0, 1]),
      variables: Int32Array.of(0, 1),
      measurements: Float64Array.of(0, 0, 0, 2, 0, 0),
      information: Float64Array.of(1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1),
    });

    const { graph: solved, report } = finish(graph, { policy: fp64, ftol: 1e-12 });

    expect(report.cost.final).toBeCloseTo(1 / 2.25, 9);
    expect(solved.poses[0]).toBeCloseTo(1 / 2.25, 6);
    expect(solved.poses[3]).toBeCloseTo(2 - 1 / 2.25, 6);
  });

  test("of positions alone, at two poses, fix the gauge together", () => {
    const positions = {
      ...priorSe2(0, [0, 0, 0], [1, 0, 0, 1, 0, 0]),
      variables: Int32Array.of(0, 1),
      measurements: Float64Array.of(3, 4, 0, 3, 5, 0),
      information: Float64Array.of(1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0),
    };

    const { graph, report } = finish(withSet(two({ known: true }), positions), { policy: fp64 });

    expect(report.termination).toBe("converged");
    expect(report.cost.final).toBeLessThan(1e-12);
    [3, 4, Math.PI / 2, 3, 5, Math.PI / 2].forEach((x, at) => {
      expect(graph.poses[at]).toBeCloseTo(x, 5);
    });
  });

  test.each(["cgnr", "direct"] as const)("of one position leave the turn free, which stays near where it was: %s", (linear) => {
    const graph = withSet(two({ known: true }), priorSe2(1, [8.1, 9.3, 2], [1, 0, 0, 1, 0, 0]));

    const { graph: solved, report } = finish(graph, { policy: fp64, linear });

    expect(report.termination).toBe("converged");
    expect(report.cost.final).toBeLessThan(1e-12);
    [7.1, 9.3, 0, 8.1, 9.3, 0].forEach((x, at) => {
      expect(solved.poses[at]).toBeCloseTo(x, 4);
    });
  });

  test("of heading alone leave the position free", () => {
    const graph = withSet(two({ known: true }), priorSe2(0, [8, 9, Math.PI / 2], [0, 0, 0, 0, 0, 1]));

    const { graph: solved, report } = finish(graph, { policy: fp64 });

    expect(report.cost.final).toBeLessThan(1e-12);
    expect([solved.poses[2], solved.poses[5]].map((theta) => Math.round(1e5 * theta) / 1e5)).toEqual([1.5708, 1.5708]);
  });

  test("in space, of a sensor, place the pose: X = Z O^-1", () => {
    const half = Math.SQRT1_2;
    const identity = [0, 1, 2, 3, 4, 5].flatMap((i) => [1, ...new Array<number>(5 - i).fill(0)]);
    const graph: PoseGraph = {
      dimension: 3,
      ids: Float64Array.of(0),
      poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1),
      known: Uint8Array.of(1),
      from: new Int32Array(0),
      to: new Int32Array(0),
      measurements: new Float64Array(0),
      information: new Float64Array(0),
      fixed: new Int32Array(0),
      sensors: { ids: Float64Array.of(3), poses: Float64Array.of(0.9, 0, 0, 0, 0, 0, 1) },
      factors: [
        {
          factor: "EDGE_SE3_PRIOR",
          variables: Int32Array.of(0),
          measurements: Float64Array.of(5.1, 6.3, 7.7, 0, 0, half, half),
          information: Float64Array.from(identity),
          sensors: Int32Array.of(0),
        },
      ],
    };

    const { graph: solved, report } = finish(graph, { policy: fp64 });

    expect(report.termination).toBe("converged");
    [5.1, 5.4, 7.7, 0, 0, half, half].forEach((x, at) => {
      expect(solved.poses[at]).toBeCloseTo(x, 6);
    });
  });
});

describe("several components", () => {
  const a = planarWorld({ poses: 20, landmarks: 5, noise: 0.03, seed: 3 });
  const b = planarWorld({ poses: 16, landmarks: 7, noise: 0.03, seed: 4 });
  const both = beside(a, b);

  test("each has its own gauge, and is solved as if it were alone", { timeout: 30_000 }, () => {
    const alone = denseGaussNewton(a, [0]).cost + denseGaussNewton(b, [0]).cost;

    const { graph, report } = finish(both, { policy: fp64, init: "file" });

    expect(report.termination).toBe("converged");
    expect(Math.abs(report.cost.final / alone - 1)).toBeLessThan(SAME);
    for (const k of [0, 20]) expect(graph.poses.slice(3 * k, 3 * k + 3)).toEqual(both.poses.slice(3 * k, 3 * k + 3));
  });

  test("one with a prior of full rank has no held pose, the other has", () => {
    const exact = beside(a, planarWorld({ poses: 16, landmarks: 7, noise: 0, seed: 4 }));
    const [x, y, theta] = exact.poses.slice(75, 78);
    const graph = withSet(exact, priorSe2(25, [x + 1, y, theta], [9, 0, 0, 9, 0, 9]));

    const { graph: solved, report } = finish(graph, { policy: fp64, init: "file" });

    expect(report.termination).toBe("converged");
    expect(solved.poses.slice(0, 3)).toEqual(exact.poses.slice(0, 3));
    for (const k of [20, 25, 35]) expect(solved.poses[3 * k] - exact.poses[3 * k]).toBeCloseTo(1, 5);
  });

  test("that landmarks alone connect are one: it starts from the file, and one pose is held", { timeout: 30_000 }, () => {
    const shared = planarWorld({ poses: 16, landmarks: 8, noise: 0.03 });
    const cut = 7;
    const kept = [...shared.from.keys()].filter((e) => e !== cut);
    const graph: LandmarkWorld = {
      ...shared,
      from: Int32Array.from(kept, (e) => shared.from[e]),
      to: Int32Array.from(kept, (e) => shared.to[e]),
      measurements: Float64Array.from(kept.flatMap((e) => [...shared.measurements.slice(3 * e, 3 * e + 3)])),
      information: Float64Array.from(kept.flatMap((e) => [...shared.information.slice(6 * e, 6 * e + 6)])),
    };

    const { graph: solved, report } = finish(disturbed(graph, 0.03), { policy: fp64 });

    expect([report.termination, report.init]).toEqual(["converged", "file"]);
    expect(Math.abs(report.cost.final / denseGaussNewton(graph, [0]).cost - 1)).toBeLessThan(SAME);
    expect(solved.poses.slice(24, 27)).not.toEqual(graph.poses.slice(24, 27));
  });
});

describe("parts that one landmark alone connects, and which may turn about it", () => {
  const chains = beside(
    planarWorld({ poses: 6, landmarks: 0, noise: 0.05, seed: 1 }),
    planarWorld({ poses: 6, landmarks: 0, noise: 0.05, seed: 2 }),
  );
  const graph: PoseGraph = {
    ...chains,
    landmarks: { ids: Float64Array.of(99), positions: Float64Array.of(4, 4), known: Uint8Array.of(1), fixed: new Int32Array(0) },
    factors: [
      {
        factor: "EDGE_SE2_XY",
        variables: Int32Array.of(1, 0, 8, 0),
        measurements: Float64Array.of(3, 1, 2, -2),
        information: Float64Array.of(9, 0, 9, 9, 0, 9),
      },
    ],
  };

  test.each<[string, PoseGraphOptions]>([
    ["fp64", { policy: fp64 }],
    ["mixed", {}],
    ["direct", { policy: fp64, linear: "direct" }],
  ])("are solved all the same, to a cost of zero: %s", (_, options) => {
    const { report } = finish(graph, options);

    expect([report.termination, report.init]).toEqual(["converged", "file"]);
    expect(report.cost.final).toBeLessThan(1e-6 * report.cost.initial);
  });
});

test.each(["odometry", "spanning-tree", "chordal"] as const)("a graph without edges starts from its own poses with init %s", (init) => {
  const poses = Float64Array.of(1, 2, 0.3, 4, 5, 0.6);
  const none = new Float64Array(0);
  const graph: PoseGraph = {
    dimension: 2,
    ids: Float64Array.of(0, 1),
    poses,
    known: Uint8Array.of(1, 1),
    from: new Int32Array(0),
    to: new Int32Array(0),
    measurements: none,
    information: none,
    fixed: Int32Array.of(0),
  };

  expect(start(withSet(graph, priorSe2(0, [0, 0, 0], [1, 0, 0, 1, 0, 1])), { init }).x).toEqual(poses);
});

test("several edges between one pair count each: the optimum of two is their mean, weighted", () => {
  const graph: PoseGraph = {
    dimension: 2,
    ids: Float64Array.of(0, 1),
    poses: new Float64Array(6),
    known: new Uint8Array(2).fill(1),
    from: Int32Array.of(0, 0, 1),
    to: Int32Array.of(1, 1, 0),
    measurements: Float64Array.of(1, 0, 0, 2, 0, 0, -4, 0, 0),
    information: Float64Array.of(1, 0, 0, 1, 0, 1, 2, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1),
    fixed: new Int32Array(0),
  };

  const { graph: solved, report } = finish(graph, { policy: fp64, init: "file" });

  expect(solved.poses[3]).toBeCloseTo((1 + 2 * 2 + 4) / 4, 12);
  expect(report.cost.final).toBeCloseTo(1.25 ** 2 + 2 * 0.25 ** 2 + 1.75 ** 2, 12);
});

/** Two worlds as one graph without a measurement between them. */
function beside(a: LandmarkWorld, b: LandmarkWorld): LandmarkWorld {
  const [n, l] = [a.ids.length, a.landmarks.ids.length];
  const join = (x: Float64Array, y: Float64Array): Float64Array => Float64Array.of(...x, ...y);
  return {
    dimension: 2,
    ids: Float64Array.from({ length: n + b.ids.length }, (_, k) => k),
    poses: join(a.poses, b.poses),
    known: new Uint8Array(n + b.ids.length).fill(1),
    from: Int32Array.of(...a.from, ...b.from.map((k) => k + n)),
    to: Int32Array.of(...a.to, ...b.to.map((k) => k + n)),
    measurements: join(a.measurements, b.measurements),
    information: join(a.information, b.information),
    fixed: new Int32Array(0),
    landmarks: {
      ids: Float64Array.from({ length: l + b.landmarks.ids.length }, (_, k) => 1000 + k),
      positions: join(a.landmarks.positions, b.landmarks.positions),
      known: new Uint8Array(l + b.landmarks.ids.length).fill(1),
      fixed: new Int32Array(0),
    },
    factors: [
      ...a.factors,
      ...b.factors.map((set) => ({ ...set, variables: set.variables.map((v, at) => (at % 2 === 0 ? v + n : v + l)) })),
    ],
  };
}
