import { type AnyPrecision, fp32, fp64, operationFormat, tolerance } from "@slam/float";
import { newCounters, type PresetName, presetPolicy } from "@slam/nlls";
import { grid, manhattan, ring, torus } from "@slam/sim";
import { bsrMatrix } from "@slam/sparse";
import { describe, expect, test } from "vitest";
import { DirectSolver } from "../src/direct-solver.ts";
import { readG2o } from "../src/io/g2o.ts";
import { BsrJacobian } from "../src/jacobian.ts";
import { start } from "../src/solve.ts";
import { KNOWN_OPTIMA } from "./known-optima.ts";
import { linearized, normalTimes, relativeResidual } from "./linearized.ts";
import { hasPublicData, publicData } from "./public-data.ts";
import { worldGraph } from "./world-graph.ts";

const _exact = operationFormat(fp64);

/** A solver that has factorised J'J + diag(d). */
function factorised(name: PresetName, J: BsrJacobian, d?: Float64Array): DirectSolver {
  const solver = new DirectSolver({ policy: presetPolicy(name), counters: newCounters() });
  solver.analyze(J);
  expect(solver.factor(J, d)).toBeUndefined();
  return solver;
}

const { J, g } = linearized();
const damping = J.columnSquares().map((square) => 0.1 * square);

describe.each<[PresetName, AnyPrecision]>([
  ["fp64", fp64],
  ["fp32", fp32],
])("in %s", (name, P) => {
  test.each<[string, Float64Array | undefined]>([
    ["undamped", undefined],
    ["damped", damping],
  ])("the %s equations are solved to the format by one solve, and to fp64 by a few more", (_, d) => {
    const solver = factorised(name, J, d);
    const dx = new Float64Array(g.length);

    const once = solver.solve(g, dx, 1e-2, false);
    expect(once).toMatchObject({ termination: "tolerance-met", iterations: 1 });
    expect(Math.abs(relativeResidual(solver, J, d, g, dx) - once.relativeResidual)).toBeLessThan(tolerance(P, 100));

    // The condition of the equations is some thousands.
    const refined = solver.solve(g, dx, tolerance(fp64, 1e4), true);
    expect(refined.termination).toBe("tolerance-met");
    expect(relativeResidual(solver, J, d, g, dx)).toBeLessThanOrEqual(tolerance(fp64, 1e4));
  });

  test("a tolerance that is met already costs no solve more", () => {
    const solver = factorised(name, J);
    const dx = new Float64Array(g.length);
    solver.solve(g, dx, 1e-2, false);
    const met = dx.slice();

    const report = solver.solve(g, dx, 1e-2, true);

    expect(report.message).toMatch(/^direct, refined by cgnr: tolerance-met after 0 iterations, /);
    expect(dx).toEqual(met);
  });

  test("the norm of v = (J'J + D) x is sqrt(x'v)", () => {
    const solver = factorised(name, J, damping);
    const x = g.map((_, j) => 1 + (j % 7));
    const v = normalTimes(J, damping, x);

    const energy = x.reduce((sum, xj, j) => sum + xj * v[j], 0);

    expect(Math.abs(solver.norm(v) ** 2 / energy - 1)).toBeLessThan(tolerance(P, 1e4));
  });

  test("a right side far from 1 is solved as well", () => {
    const solver = factorised(name, J);
    const [dx, scaled] = [0, 1].map(() => new Float64Array(g.length));

    solver.solve(g, dx, 1e-2, false);
    const report = solver.solve(
      g.map((gj) => gj * 2 ** -200),
      scaled,
      1e-2,
      false,
    );

    expect(report.termination).toBe("tolerance-met");
    expect(scaled.map((dxj) => dxj * 2 ** 200)).toEqual(dx);
  });

  test("no right side, no step", () => {
    const solver = factorised(name, J);
    const dx = new Float64Array(g.length).fill(1);

    const report = solver.solve(new Float64Array(g.length), dx, 1e-2, false);

    expect(report).toMatchObject({ termination: "tolerance-met", relativeResidual: 0 });
    expect(dx.every((dxj) => dxj === 0)).toBe(true);
  });

  test("a zero pivot, which no shift of it makes positive, is returned", () => {
    const pattern = J.matrix.pattern;
    const solver = new DirectSolver({ policy: presetPolicy(name), counters: newCounters() });
    const zero = new BsrJacobian(
      bsrMatrix(
        pattern,
        fp64,
        (J.matrix.values as unknown as Float64Array).map((value, k) => (k % 6 === 5 ? 0 : value)),
      ),
    );

    solver.analyze(zero);
    const failure = solver.factor(zero, undefined);

    expect(failure).toMatchObject({ termination: "breakdown", iterations: 0 });
    expect(failure?.message).toMatch(/^direct: pivot 0 in row \d+: the equations are not positive definite to fp(64|32)'s rounding$/);
    expect(solver.factorizations).toBe(1);
    expect(solver.factor(J, undefined)).toBeUndefined();
  });

  test("a right side that is not finite gives a report that says so", () => {
    const solver = factorised(name, J);

    const report = solver.solve(
      g.map((gj, j) => (j === 3 ? Number.NaN : gj)),
      new Float64Array(g.length),
      1e-2,
      false,
    );

    expect(report.termination).toBe("non-finite");
  });
});

test("equations too ill-conditioned for fp32 get a shifted factor there, and are solved as they are", () => {
  const chain = linearized(ring({ poses: 4000 }));
  const [wide, single] = (["fp64", "fp32"] as const).map((name) => {
    const counters = newCounters();
    const solver = new DirectSolver({ policy: presetPolicy(name), counters });
    const dx = new Float64Array(chain.g.length);
    solver.analyze(chain.J);
    const failure = solver.factor(chain.J, undefined);
    const report = solver.solve(chain.g, dx, 1e-6, false);
    return { solver, dx, failure, termination: report.termination, shifts: counters.events.shifts };
  });

  expect(wide).toMatchObject({ failure: undefined, termination: "tolerance-met", shifts: 0 });
  expect(single).toMatchObject({ failure: undefined, termination: "tolerance-met" });
  expect(single.shifts).toBeGreaterThan(0);
  // By the norm of the factor in fp64, which is that of the equations. The shifted factor's may be smaller, by the square root of the condition.
  expect(relativeResidual(wide.solver, chain.J, undefined, chain.g, single.dx)).toBeLessThan(1e-3);
});

test.each<[string, string]>([
  ["half", "fp16"],
  ["naive", "fp16/fp16"],
])("policy %s is refused: a factor in 16 bits can only precondition", (name, format) => {
  expect(() => new DirectSolver({ policy: presetPolicy(name as PresetName), counters: newCounters() })).toThrow(
    `direct solver: the policy's factorize is "${format}", expected fp64 or fp32; a factor in less can only precondition`,
  );
});

test("work is counted as that of the factorisation and of solves with the factor", () => {
  const counters = newCounters();
  const solver = new DirectSolver({ policy: presetPolicy("fp32"), counters });

  solver.analyze(J);
  solver.factor(J.countedIn(counters), undefined);
  solver.solve(g, new Float64Array(g.length), 1e-2, false);

  expect(Object.keys(counters.work.flops).sort()).toEqual(["factorize", "precondition", "residual", "vectors"]);
  expect(Object.keys(counters.work.flops.factorize ?? {}).sort()).toEqual(["fp32", "fp64"]);
  expect(solver.factorNonzeros).toBeGreaterThan(J.matrix.pattern.blockCols * 36);
});

describe.each([
  ["torus", torus({ poses: 64, seed: 1, noise: 3 })],
  ["planar grid", grid({ poses: 100, dimension: 2, seed: 1 })],
  ["manhattan", manhattan({ poses: 200, seed: 1, noise: 5 })],
])("a pose graph on the %s", (_, world) => {
  const graph = worldGraph(world);

  test.each<PresetName>(["fp64", "fp32", "mixed"])("ends at CGNR's optimum in %s", (name) => {
    const policy = presetPolicy(name);
    const [direct, iterative] = [new DirectSolver({ policy, counters: newCounters() }), undefined].map((solver) => {
      const run = start(graph, { policy, ...(solver && { solver }) });
      while (!run.done) run.step();
      return run.report;
    });

    expect([direct.termination, direct.linear.solver, iterative.linear.solver]).toEqual(["converged", "direct", "cgnr"]);
    // Solves end where a step gains at most ftol = 1e-6 of the cost.
    expect(Math.abs(direct.cost.final / iterative.cost.final - 1)).toBeLessThan(1e-6);
  });
});

describe.skipIf(!hasPublicData).each<PresetName>(["fp64", "fp32"])("public graphs reach their known optima in %s", (name) => {
  test.each(KNOWN_OPTIMA.filter(({ small }) => small))("$path, $optimum", { timeout: 60_000 }, ({ path, optimum }) => {
    const policy = presetPolicy(name);
    const { graph } = readG2o(publicData(path)!, path);
    const run = start(graph, { policy, solver: new DirectSolver({ policy, counters: newCounters() }) });
    while (!run.done) run.step();

    expect([run.report.termination, run.report.cost.final <= optimum * (1 + 1e-6)]).toEqual(["converged", true]);
    expect(run.report.precision.rejectedSteps).toBe(0);
  });
});
