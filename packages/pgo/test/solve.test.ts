import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import type { LinearSolver } from "@slam/linop";
import { type IterationRecord, newCounters, presetPolicy } from "@slam/nlls";
import { grid, manhattan, ring, sphere, torus } from "@slam/sim";
import { ArenaPool } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../src/graph.ts";
import { readG2o, writeG2o } from "../src/io/g2o.ts";
import type { BsrJacobian } from "../src/jacobian.ts";
import { CgnrSolver } from "../src/normal-solver.ts";
import { chi2, type PoseGraphOptions, type PoseGraphReport, type PoseGraphRun, solve, start } from "../src/solve.ts";
import { largestDistance } from "./distance.ts";
import { ascii, joined } from "./io/ascii.ts";
import { worldGraph } from "./world-graph.ts";

/** Relative difference of costs: solves end where a step gains at most ftol = 1e-6 of the cost. */
const SAME = 1e-6;

function finish(graph: PoseGraph, options: PoseGraphOptions = {}): PoseGraphRun {
  const run = start(graph, options);
  while (!run.done) run.step();
  return run;
}

/** What two runs must have in common: all but the clock's figures. */
function withoutSeconds({ seconds: _, initializeSeconds: __, phases: ___, iterations, linear, ...report }: PoseGraphReport): object {
  const { preconditionSeconds: ____, ...solver } = linear;
  return { ...report, linear: solver, iterations: iterations.map(({ seconds: _, ...record }) => record) };
}

/** Both graphs as one, no edge between them. */
function sideBySide(a: PoseGraph, b: PoseGraph): PoseGraph {
  const n = a.ids.length;
  const join = (x: Float64Array, y: Float64Array): Float64Array => Float64Array.of(...x, ...y);
  const shift = (x: Int32Array, y: Int32Array): Int32Array => Int32Array.of(...x, ...y.map((k) => k + n));
  return {
    dimension: a.dimension,
    ids: Float64Array.from({ length: n + b.ids.length }, (_, k) => k),
    poses: join(a.poses, b.poses),
    known: Uint8Array.of(...a.known, ...b.known),
    from: shift(a.from, b.from),
    to: shift(a.to, b.to),
    measurements: join(a.measurements, b.measurements),
    information: join(a.information, b.information),
    fixed: shift(a.fixed, b.fixed),
  };
}

describe("three poses in a triangle of 1 m and 120 degrees, measured 3 degrees too far each", () => {
  const turn = (123 * Math.PI) / 180;
  const triangle: PoseGraph = {
    dimension: 2,
    ids: Float64Array.of(0, 1, 2),
    poses: new Float64Array(9),
    known: new Uint8Array(3),
    from: Int32Array.of(0, 1, 2),
    to: Int32Array.of(1, 2, 0),
    measurements: Float64Array.of(1, 0, turn, 1, 0, turn, 1, 0, turn),
    information: Float64Array.of(1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1),
    fixed: new Int32Array(0),
  };

  test("by symmetry the optimum is the triangle, and its cost 3 (3 degrees)^2", () => {
    const { graph, report } = finish(triangle);

    expect(report.termination).toBe("converged");
    expect(report.cost.final / (3 * (Math.PI / 60) ** 2)).toBeCloseTo(1, 5);
    const apart = [0, 3, 6].map((at) =>
      Math.hypot(graph.poses[at] - graph.poses[(at + 3) % 9], graph.poses[at + 1] - graph.poses[(at + 4) % 9]),
    );
    for (const metres of apart) expect(metres).toBeCloseTo(1, 3);
  });

  test("the first pose stays where it is, and all are known afterwards", () => {
    const { graph } = finish(triangle);

    expect(graph.poses.slice(0, 3)).toEqual(new Float64Array(3));
    expect(graph.known).toEqual(Uint8Array.of(1, 1, 1));
    expect(triangle.poses).toEqual(new Float64Array(9));
  });
});

describe("each option leads to the same optimum", () => {
  const graph = worldGraph(torus({ poses: 100, noise: 3 }));
  const optimum = finish(graph, { policy: presetPolicy("fp64"), ftol: 1e-10 }).report.cost.final;

  test.each<PoseGraphOptions>([
    {},
    { refresh: "static" },
    { refresh: "always" },
    { preconditioner: "none" },
    { preconditioner: "jacobi" },
    { fill: 0 },
    { method: "gn" },
    { method: "dogleg" },
    { eta: 1e-3 },
    { init: "file" },
    { init: "odometry" },
    { init: "spanning-tree" },
    { fixed: [7] },
  ])("%o", (options) => {
    const { report } = finish(graph, options);

    expect(report.termination).toBe("converged");
    expect(Math.abs(report.cost.final / optimum - 1)).toBeLessThan(SAME);
  });

  test("static factorises once, always once an iteration, adaptive in between", () => {
    const [once, adaptive, always] = (["static", "adaptive", "always"] as const).map((refresh) => finish(graph, { refresh }).report);

    expect(once.linear.factorizations).toBe(1);
    expect(always.linear.factorizations).toBe(always.iterations.length);
    expect(adaptive.linear.factorizations).toBeLessThanOrEqual(adaptive.iterations.length);
    expect(always.linear.cgIterations).toBeLessThanOrEqual(once.linear.cgIterations);
  });

  test("the better the preconditioner, the fewer CG iterations", () => {
    const [none, jacobi, noFill, complete] = [
      { preconditioner: "none" } as const,
      { preconditioner: "jacobi" } as const,
      { fill: 0 } as const,
      {},
    ].map((options) => finish(graph, { ...options, refresh: "always" }).report.linear);

    expect([none, jacobi, noFill, complete].map((linear) => linear.preconditioner)).toEqual([
      "none",
      "jacobi",
      "ichol no-fill",
      "ichol complete",
    ]);
    expect(none.cgIterations).toBeGreaterThan(jacobi.cgIterations);
    expect(jacobi.cgIterations).toBeGreaterThan(noFill.cgIterations);
    expect(noFill.cgIterations).toBeGreaterThan(complete.cgIterations);
    expect([none.factorNonzeros, jacobi.factorNonzeros < noFill.factorNonzeros]).toEqual([0, true]);
    expect(noFill.factorNonzeros).toBeLessThan(complete.factorNonzeros);
    expect([none.preconditionSeconds, complete.preconditionSeconds > 0]).toEqual([0, true]);
  });
});

test("Gauss-Newton diverges and says so where Levenberg-Marquardt goes on downhill", () => {
  const graph = worldGraph(grid({ poses: 100, dimension: 2, seed: 1, noise: 40 / 3 }));

  const [gn, lm] = (["gn", "lm"] as const).map((method) => finish(graph, { method, policy: presetPolicy("fp64"), init: "file" }).report);

  expect(gn.termination).toBe("diverged");
  expect(gn.cost.final).toBeLessThan(gn.cost.afterInit);
  expect(lm.precision.rejectedSteps).toBeGreaterThan(0);
  expect(lm.cost.final).toBeLessThan(gn.cost.final);
});

describe("what starts a solve", () => {
  const world = sphere({ poses: 60, noise: 2 });
  const graph = worldGraph(world);

  test("cost: the file's own, after the initialisation, at the end", () => {
    const { graph: solved, report } = finish(graph, { init: "chordal" });

    expect(report.cost.initial).toBe(chi2(graph));
    expect(report.cost.afterInit).toBeLessThan(report.cost.initial);
    expect(report.cost.final).toBeLessThan(report.cost.afterInit);
    expect(report.cost.final).toBe(chi2(solved));
  });

  test.each([
    ["chordal where there are loops", graph, "chordal"],
    ["chordal with one fixed pose", { ...graph, fixed: Int32Array.of(5) }, "chordal"],
    ["the file with two", { ...graph, fixed: Int32Array.of(5, 9) }, "file"],
    ["the file where there is no loop", worldGraph(sphere({ poses: 60, loops: 0 })), "file"],
    ["the file where its estimate fits already", finish(graph).graph, "file"],
  ])("by default %s", (_, graph, init) => {
    expect(start(graph).report.init).toBe(init);
  });

  test("the optimum is closer to the true poses than the odometry: by four times here", () => {
    const [before, after] = [graph.poses, finish(graph).graph.poses].map((poses) => largestDistance(3, poses, world.truth));

    expect(after).toBeLessThan(before / 4);
  });

  test("where every residual is zero there is nothing to do", () => {
    const exact = manhattan({ poses: 60, noise: 0 });
    const { report } = finish(worldGraph(exact, exact.truth), { init: "file" });

    expect([report.termination, report.iterations.length, report.cost.final]).toEqual(["converged", 0, 0]);
  });

  test("where every residual is rounding alone it converges all the same", () => {
    const { report } = finish(worldGraph(sphere({ poses: 60, noise: 0 })));

    expect(report.termination).toBe("converged");
    // 118 edges, errors of some u, weights of 1e4
    expect(report.cost.final).toBeLessThan(118 * 1e4 * tolerance(fp64, 10) ** 2);
  });

  test("a graph of which every pose is held is solved as it is", () => {
    const two = worldGraph(ring({ poses: 5 }));
    const { graph: solved, report } = finish({ ...two, fixed: Int32Array.of(0, 1, 2, 3, 4) });

    expect([report.termination, report.iterations.length]).toEqual(["converged", 0]);
    expect(solved.poses).toEqual(two.poses);
  });
});

describe("poses held", () => {
  const { truth } = manhattan({ poses: 100 });
  const graph = worldGraph(manhattan({ poses: 100 }), truth);
  const pose = (poses: Float64Array, k: number): Float64Array => poses.slice(3 * k, 3 * k + 3);

  test("by FIX lines keep their bits, the first pose then moves", () => {
    const fixed = { ...graph, fixed: Int32Array.of(60, 80) };

    const { graph: solved } = finish(fixed);

    for (const k of [60, 80]) expect(pose(solved.poses, k)).toEqual(pose(truth, k));
    expect(pose(solved.poses, 0)).not.toEqual(pose(truth, 0));
  });

  test("by the option instead of the file", () => {
    const { graph: solved } = finish({ ...graph, fixed: Int32Array.of(60) }, { fixed: [30] });

    expect(pose(solved.poses, 30)).toEqual(pose(truth, 30));
    expect(pose(solved.poses, 60)).not.toEqual(pose(truth, 60));
  });

  test("read from a file's FIX lines", () => {
    const lines = ["VERTEX_SE2 1 0 0 0", "VERTEX_SE2 2 5 0 0", "FIX 2", "EDGE_SE2 1 2 1 0 0 1 0 0 1 0 1"];

    const { graph: solved } = finish(readG2o(ascii(lines.join("\n")), "two.g2o").graph);

    expect(solved.poses.map((x) => Math.round(1e9 * x) / 1e9)).toEqual(Float64Array.of(4, 0, 0, 5, 0, 0));
  });

  test("raise the cost: the optimum with more of them is no lower", () => {
    const free = finish(graph).report.cost.final;

    expect(finish(graph, { fixed: [0, 25, 50, 75] }).report.cost.final).toBeGreaterThan(free);
  });
});

describe("components without an edge between them", () => {
  const [a, b] = [worldGraph(ring({ poses: 40, seed: 1 })), worldGraph(ring({ poses: 60, seed: 2 }))];
  const both = sideBySide(a, b);

  test("are solved together as they are alone", () => {
    const alone = finish(a).report.cost.final + finish(b).report.cost.final;

    const { report } = finish(both);

    expect(report.termination).toBe("converged");
    expect(Math.abs(report.cost.final / alone - 1)).toBeLessThan(SAME);
  });

  test("have each their first pose held, but for those with a fixed one", () => {
    const { graph } = finish(both);
    const { graph: second } = finish({ ...both, fixed: Int32Array.of(45) });

    const pose = (poses: Float64Array, k: number): Float64Array => poses.slice(3 * k, 3 * k + 3);
    for (const k of [0, 40]) expect(pose(graph.poses, k)).toEqual(pose(both.poses, k));
    for (const k of [0, 45]) expect(pose(second.poses, k)).toEqual(pose(both.poses, k));
    expect(pose(second.poses, 40)).not.toEqual(pose(both.poses, 40));
  });
});

test("a pose without edges stays where the file puts it", () => {
  const graph = worldGraph(ring({ poses: 30 }));
  const lonely: PoseGraph = {
    ...graph,
    ids: Float64Array.of(...graph.ids, 99),
    poses: Float64Array.of(...graph.poses, 7, 8, 1),
    known: Uint8Array.of(...graph.known, 1),
  };

  const { graph: solved, report } = finish(lonely);

  expect(report.termination).toBe("converged");
  expect(solved.poses.slice(-3)).toEqual(Float64Array.of(7, 8, 1));
});

describe("a run", () => {
  const graph = worldGraph(torus({ poses: 100, noise: 5 }));

  test("repeated gives the same bits", () => {
    const [first, second] = [finish(graph), finish(graph)];

    expect(second.x).toEqual(first.x);
    expect(withoutSeconds(second.report)).toEqual(withoutSeconds(first.report));
  });

  test("calls onIteration after each iteration with its record, whose cost is chi2", () => {
    const seen: [number, IterationRecord][] = [];

    const { report } = finish(graph, { onIteration: (record, index) => seen.push([index, record]) });

    expect(seen).toEqual(report.iterations.map((record, k) => [k + 1, record]));
    expect(seen.at(-1)?.[1].cost).toBe(report.cost.final);
  });

  test("stops after maxIterations with the best poses so far", () => {
    const { graph: solved, report } = finish(graph, { maxIterations: 1 });

    expect([report.termination, report.iterations.length]).toEqual(["max-iterations", 1]);
    expect(report.cost.final).toBeLessThan(report.cost.afterInit);
    expect(chi2(solved)).toBe(report.cost.final);
  });

  test("cancelled keeps its best poses and does no more steps", () => {
    const run = start(graph);
    run.step();
    const best = run.x;

    run.cancel("enough");
    run.step();

    expect([run.done, run.report.termination, run.report.message]).toEqual([true, "cancelled", "enough"]);
    expect([run.report.iterations.length, run.x]).toEqual([1, best]);
  });

  test("what was read of a run stays as it was: after further steps, and when its arenas are used again", () => {
    const arenas = new ArenaPool();
    const run = start(graph, { arenas, init: "file", ftol: 0 });
    const seen: { readonly read: Float64Array; readonly copy: Float64Array }[] = [];
    while (!run.done) {
      run.step();
      for (const read of [run.x, run.graph.poses]) seen.push({ read, copy: read.slice() });
    }
    const { x, graph: solved } = run;
    const [finalX, finalPoses] = [x.slice(), solved.poses.slice()];

    arenas.recycle();
    finish(worldGraph(torus({ poses: 100, noise: 5, seed: 2 })), { arenas });

    expect(seen.length).toBeGreaterThan(6);
    for (const { read, copy } of seen) expect(read).toEqual(copy);
    expect([x, solved.poses]).toEqual([finalX, finalPoses]);
  });

  test("written and read back has the same chi2", () => {
    const { graph: solved, report } = finish(graph);

    expect(chi2(readG2o(joined(writeG2o(solved)), "solved.g2o").graph)).toBe(report.cost.final);
  });
});

describe("solve", () => {
  const graph = worldGraph(torus({ poses: 100, noise: 5 }));

  test("is the run to its end", async () => {
    const { graph: solved, report } = await solve(graph);

    const run = finish(graph);
    expect(solved).toEqual(run.graph);
    expect(withoutSeconds(report)).toEqual(withoutSeconds(run.report));
  });

  test("ends cancelled at the iteration in which the signal is aborted", async () => {
    const controller = new AbortController();

    const { graph: solved, report } = await solve(graph, { signal: controller.signal, onIteration: () => controller.abort() });

    expect([report.termination, report.iterations.length]).toEqual(["cancelled", 1]);
    expect(chi2(solved)).toBe(report.cost.final);
  });

  test("does nothing under a signal already aborted", async () => {
    const { report } = await solve(graph, { signal: AbortSignal.abort() });

    expect([report.termination, report.iterations.length]).toEqual(["cancelled", 0]);
    expect(report.cost.final).toBe(report.cost.afterInit);
  });
});

test("a linear solver of one's own takes the place of CGNR", () => {
  const graph = worldGraph(ring({ poses: 60 }));
  const inner = new CgnrSolver({ policy: presetPolicy("fp64"), counters: newCounters() });
  let solves = 0;
  const own: LinearSolver<BsrJacobian> = {
    name: "my own",
    analyze: (J) => inner.analyze(J),
    factor: (J, d) => inner.factor(J, d),
    solve: (g, dx, rtol, warm) => {
      solves++;
      return inner.solve(g, dx, rtol, warm);
    },
    norm: (v) => inner.norm(v),
  };

  const { report } = finish(graph, { solver: own });

  expect(report.termination).toBe("converged");
  expect(report.linear).toMatchObject({ solver: "my own", preconditioner: "the solver's own", factorizations: 0, factorNonzeros: 0 });
  expect(solves).toBeGreaterThanOrEqual(report.iterations.length);
  expect(Math.abs(report.cost.final / finish(graph).report.cost.final - 1)).toBeLessThan(SAME);
});

describe("start refuses", () => {
  const graph = worldGraph(ring({ poses: 10 }));

  test.each<[string, PoseGraph, PoseGraphOptions, string]>([
    ["an unknown initialisation", graph, { init: "truth" as "file" }, "init"],
    ["an unknown method", graph, { method: "newton" as "gn" }, "method"],
    ["half a seed", graph, { init: "random", seed: 0.5 }, "seed"],
    ["a pose to hold that is not there", graph, { fixed: [10] }, "fixed"],
    ["less than no iterations", graph, { maxIterations: -1 }, "maxIterations"],
    ["a negative tolerance", graph, { ftol: -1e-6 }, "ftol"],
    ["a forcing tolerance above 1", graph, { eta: 2 }, "eta"],
    ["a graph that contradicts itself", { ...graph, to: graph.to.map(() => 11) }, {}, "graph.to[0]"],
    ["an indefinite information matrix", { ...graph, information: graph.information.map((w) => -w) }, {}, "information of the edge 0 -> 1"],
  ])("%s", (_, graph, options, what) => {
    expect(() => start(graph, options)).toThrow(OptionError);
    expect(() => start(graph, options)).toThrow(what);
  });
});
