import type { LinearSolver, Operation } from "@slam/linop";
import { addSeconds } from "@slam/linop";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Counters, newCounters } from "../src/counters.ts";
import { start } from "../src/minimize.ts";
import { PARTS, partsOf } from "../src/parts.ts";
import { PhaseClock, sumOfPhases } from "../src/phases.ts";
import { presetPolicy } from "../src/policy.ts";
import type { Jacobian, LeastSquaresProblem } from "../src/problem.ts";

let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Takes so many seconds, and does as many flops and twice as many bytes. */
function work(counters: Counters, operation: Operation, amount: number): void {
  now += 1000 * amount;
  counters.work.count(operation, "fp64", amount, "fp64", 2 * amount);
}

/** The same, timed by itself. */
function timedWork(counters: Counters, operation: Operation, amount: number): void {
  const began = performance.now();
  work(counters, operation, amount);
  addSeconds(counters.seconds, operation, began);
}

/** r = [x - 1; x + 1], from where a step leads to the minimum: every operation takes another power of ten. */
function problemOf(counters: Counters): LeastSquaresProblem<number, Jacobian> {
  const J: Jacobian = {
    multiply: (x, y) => {
      timedWork(counters, "residual", 1e6);
      y.fill(x[0]);
    },
    gradient: (r, _, g) => {
      timedWork(counters, "residual", 10);
      g[0] = r[0] + r[1];
    },
    columnSquares: () => Float64Array.of(2),
  };
  return {
    rows: 2,
    cols: 1,
    residual: (x, _, r) => {
      work(counters, "residual", 1);
      r.set([x - 1, x + 1]);
    },
    jacobian: () => {
      work(counters, "jacobian", 100);
      return J;
    },
    retract: (x, dx) => {
      work(counters, "update", 1000);
      return x + dx[0];
    },
  };
}

/** Solves by a product, an application of a preconditioner, a check and a dot product. */
function solverOf(counters: Counters): LinearSolver<Jacobian> {
  return {
    name: "counting",
    analyze: () => {},
    factor: () => {
      work(counters, "factorize", 1e4);
      return undefined;
    },
    solve: (g, dx) => {
      timedWork(counters, "matvec", 2);
      timedWork(counters, "precondition", 30);
      timedWork(counters, "residual", 400);
      timedWork(counters, "factorize", 2e4);
      work(counters, "vectors", 5000);
      dx[0] = -g[0] / 2;
      return { termination: "verified", message: "solved", iterations: 1, relativeResidual: 0 };
    },
    norm: (v) => {
      timedWork(counters, "precondition", 7);
      return Math.abs(v[0]);
    },
  };
}

describe("the parts of a solve", () => {
  test("hold every second, flop and byte once", () => {
    const counters = newCounters();
    const run = start(problemOf(counters), 3, {
      policy: presetPolicy("fp64"),
      solver: solverOf(counters),
      counters,
      maxIterations: 1,
      method: "gn",
    });
    run.step();
    const { report } = run;

    const parts = partsOf(report, now / 1000, { seconds: 1, flops: 5, bytes: 6 });

    const amount = (seconds: number): object => ({ seconds, flops: seconds, bytes: 2 * seconds });
    expect(parts).toEqual({
      // g once, the cost of the point tried: r is that of the start's cost.
      residuals: amount(10 + 1),
      jacobians: amount(100),
      // One before the linear solve, one in it.
      factorization: amount(1e4 + 2e4),
      products: amount(2),
      preconditioner: amount(30),
      checks: amount(400),
      vectors: amount(5000),
      updates: amount(1000),
      start: { seconds: 1, flops: 5, bytes: 6 },
      // The cost of the first point, and J dx of the linear model.
      rest: { seconds: 1e6, flops: 1 + 1e6, bytes: 2 + 2e6 },
    });
    expect(report.seconds).toEqual({ linearize: 110, factorize: 3e4, linearSolve: 5432, update: 1001 });
    expect(report.phases.linearSolve.matvec).toEqual(amount(2));
    expect(Object.keys(parts)).toEqual([...PARTS]);
  });

  test("add up to its end, whose check is of the rest", () => {
    const counters = newCounters();
    const run = start(problemOf(counters), 3, { policy: presetPolicy("fp64"), solver: solverOf(counters), counters });
    while (!run.done) run.step();
    const { report } = run;

    const parts = partsOf(report, now / 1000);

    const sum = PARTS.reduce((total, part) => total + parts[part].seconds, 0);
    expect(report.termination).toBe("converged");
    // g + J'J dx in fp64, of the last step alone, besides J dx of each step; and its norm.
    expect(parts.rest.seconds % 1e6).toBeGreaterThan(7);
    expect(sum).toBeCloseTo(now / 1000, 6);
  });
});

test("phases of several solves add up", () => {
  const counters = newCounters();
  const [first, second] = [new PhaseClock(counters), new PhaseClock(counters)];
  first.during("linearSolve", () => timedWork(counters, "matvec", 2));
  second.during("linearSolve", () => timedWork(counters, "matvec", 3));
  second.during("update", () => second.timed("residual", () => work(counters, "residual", 5)));

  const sum = sumOfPhases([first, second].map(({ seconds, efforts }) => ({ seconds, phases: efforts })));

  expect(sum).toEqual({
    seconds: { linearize: 0, factorize: 0, linearSolve: 5, update: 5 },
    phases: {
      linearize: {},
      factorize: {},
      linearSolve: { matvec: { seconds: 5, flops: 5, bytes: 10 } },
      update: { residual: { seconds: 5, flops: 5, bytes: 10 } },
    },
  });
});
