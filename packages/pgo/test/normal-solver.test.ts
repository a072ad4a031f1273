import { fp32, fp64, operationFormat, tolerance } from "@slam/float";
import { newCounters, type PresetName, parsePolicy, presetPolicy } from "@slam/nlls";
import { ring } from "@slam/sim";
import { bsrMatrix } from "@slam/sparse";
import { describe, expect, test } from "vitest";
import { BsrJacobian } from "../src/jacobian.ts";
import { CgnrSolver, type CgnrSolverOptions } from "../src/normal-solver.ts";
import { SIXTEEN_BIT } from "../src/solve.ts";
import { linearized, normalTimes, relativeResidual } from "./linearized.ts";

const _exact = operationFormat(fp64);

/** A solver of a preset policy. */
function solverOf(name: PresetName, options: Partial<CgnrSolverOptions> = {}): CgnrSolver {
  return new CgnrSolver({ policy: presetPolicy(name, SIXTEEN_BIT), counters: newCounters(), ...options });
}

describe.each<[string, Partial<CgnrSolverOptions>]>([
  ["no preconditioner", { preconditioner: "none" }],
  ["the block diagonal", { preconditioner: "jacobi" }],
  ["a factor without fill", { fill: 0 }],
  ["a factor with two levels of fill", { fill: 2 }],
  ["a factor without what is small", { drop: 0.03 }],
  ["a complete factor", {}],
])("with %s", (_, options) => {
  test.each<PresetName>(["fp64", "fp32", "mixed"])("in policy %s the normal equations are solved as exactly as asked", (name) => {
    const { J, g } = linearized();
    const solver = solverOf(name, options);
    const dx = new Float64Array(g.length);

    solver.analyze(J);
    const failure = solver.factor(J, undefined);
    const report = solver.solve(g, dx, 1e-3, false);

    expect([failure, report.termination]).toEqual([undefined, "verified"]);
    // The check itself runs in fp64: what is left over is the right side's rounding to the policy's vectors.
    expect(relativeResidual(solver, J, undefined, g, dx)).toBeLessThanOrEqual(1e-3 + tolerance(fp32, 100));
  });

  test("damping adds diag(d)", () => {
    const { J, g } = linearized();
    const d = J.columnSquares().map((square) => 0.5 * square);
    const solver = solverOf("fp64", options);
    const dx = new Float64Array(g.length);

    solver.analyze(J);
    solver.factor(J, d);
    solver.solve(g, dx, 1e-9, false);

    expect(relativeResidual(solver, J, d, g, dx)).toBeLessThanOrEqual(1e-9 + tolerance(fp64, 100));
  });
});

test("a complete factor in fp64 solves in one iteration, and its norm of v = H x is sqrt(x'H x)", () => {
  const { J, g } = linearized();
  const solver = solverOf("fp64");
  const x = g.map((_, j) => 1 + (j % 7));

  solver.analyze(J);
  solver.factor(J, undefined);
  const report = solver.solve(g, new Float64Array(g.length), 1e-6, false);
  const v = normalTimes(J, undefined, x);

  expect(report.iterations).toBe(1);
  const energy = x.reduce((sum, xj, j) => sum + xj * v[j], 0);
  expect(solver.norm(v) ** 2 / energy).toBeCloseTo(1, 8);
});

test("a warm start goes on from dx: there is nothing left to do", () => {
  const { J, g } = linearized();
  const solver = solverOf("fp32", { preconditioner: "jacobi" });
  const dx = new Float64Array(g.length);
  solver.analyze(J);
  solver.factor(J, undefined);
  const cold = solver.solve(g, dx, 1e-3, false);

  const warm = solver.solve(g, dx, 2e-3, true);

  expect(cold.iterations).toBeGreaterThan(10);
  expect(warm.iterations).toBe(0);
});

describe("the preconditioner is factorised", () => {
  const { J, g } = linearized(ring({ poses: 30 }));

  test.each([
    ["static", 1],
    ["adaptive", 1],
    ["always", 3],
  ] as const)("%s: %i times for three linearisations that are the same", (refresh, times) => {
    const solver = solverOf("fp64", { refresh });
    solver.analyze(J);

    for (let step = 0; step < 3; step++) {
      solver.factor(J, undefined);
      solver.solve(g, new Float64Array(g.length), 1e-2, false);
    }

    expect(solver.factorizations).toBe(times);
  });

  test("adaptive: anew once solves have become expensive", () => {
    const solver = solverOf("fp64");
    solver.analyze(J);
    solver.factor(J, undefined);
    solver.solve(g, new Float64Array(g.length), 1e-2, false);

    // Damped so much that the factor of J'J is of little use.
    const d = J.columnSquares().map((square, j) => (j % 2 === 0 ? 1e4 * square : 0));
    for (let step = 0; step < 5; step++) {
      solver.factor(J, d);
      solver.solve(g, new Float64Array(g.length), 1e-2, false);
    }

    expect(solver.factorizations).toBe(2);
  });
});

test.each([
  [{}, "ichol complete", true],
  [{ fill: 0 }, "ichol no-fill", true],
  [{ drop: 0.03 }, "ichol drop 0.03", true],
  [{ preconditioner: "jacobi" }, "jacobi", true],
  [{ preconditioner: "none" }, "none", false],
] as const)("%o is reported as %j", (options, label, stores) => {
  const { J } = linearized();
  const solver = solverOf("fp64", options);
  solver.analyze(J);

  expect([solver.preconditionerLabel, solver.factorNonzeros > 0]).toEqual([label, stores]);
});

test("a factorisation that fails is returned with the pivot, not thrown", () => {
  const { J } = linearized();
  const values = (J.matrix.values as unknown as Float64Array).map((value, k) => (k === 1000 ? Number.NaN : value));
  const solver = solverOf("fp64");

  solver.analyze(J);
  const failure = solver.factor(new BsrJacobian(bsrMatrix(J.matrix.pattern, fp64, values)), undefined);

  expect(failure).toMatchObject({ termination: "breakdown", iterations: 0 });
  expect(failure?.message).toMatch(/^ichol: pivot NaN in row \d+ after/);
});

test("work is counted by operation and format: what is stored in 16 bits is read in 16 bits, and blocks on the diagonal in 32", () => {
  const { J, g } = linearized(undefined, fp32);
  const counters = newCounters();
  const solver = new CgnrSolver({ policy: parsePolicy({ precondition: "fp16" }), counters });

  solver.analyze(J);
  solver.factor(J, undefined);
  solver.solve(g, new Float64Array(g.length), 1e-2, false);

  const { flops, bytes } = counters.work;
  expect(Object.keys(flops).sort()).toEqual(["factorize", "matvec", "precondition", "residual", "vectors"]);
  expect([Object.keys(flops.precondition ?? {}), Object.keys(bytes.precondition ?? {})]).toEqual([["fp32"], ["fp32", "fp16"]]);
  expect([Object.keys(flops.matvec ?? {}), Object.keys(flops.residual ?? {})]).toEqual([["fp32"], ["fp64"]]);
});
