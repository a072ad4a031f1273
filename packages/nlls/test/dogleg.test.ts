import { fp64, type OperationFormat, tolerance } from "@slam/float";
import type { LinearReport } from "@slam/linop";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { start } from "../src/minimize.ts";
import { presetPolicy } from "../src/policy.ts";
import type { MinimizeOptions, Run } from "../src/run.ts";
import { DenseJacobian, DenseProblem, DenseSolver } from "./dense.ts";
import { Lying } from "./lying.ts";
import { arctangent, beale, fletcher, jennrichSampson, linear, logarithm, misra1a, powellSingular, rosenbrock } from "./problems.ts";

class Counting extends DenseSolver {
  factorizations = 0;
  solves = 0;
  /** What was added to the diagonal, undefined for nothing. */
  readonly damping: (Float64Array | undefined)[] = [];

  override factor(J: DenseJacobian, d: Float64Array | undefined): LinearReport | undefined {
    this.factorizations++;
    this.damping.push(d?.slice());
    return super.factor(J, d);
  }

  override solve(...args: Parameters<DenseSolver["solve"]>): LinearReport {
    this.solves++;
    return super.solve(...args);
  }
}

function minimized(problem: DenseProblem, x0: readonly number[], options: Partial<MinimizeOptions<DenseJacobian>> = {}): Run<Float64Array> {
  const solver = new DenseSolver();
  const run = start(problem, Float64Array.from(x0), { policy: presetPolicy("fp64"), solver, method: "dogleg", ...options });
  while (!run.done) run.step();
  return run;
}

/** Only the sum s of its unknowns matters. The least cost is where 4 s^3 - 8 s - 10 = 0. */
const sumOnly = new DenseProblem(
  2,
  ([a, b]) => [a + b - 1, a + b - 4, (a + b) ** 2 - 3],
  ([a, b]) => [
    [1, 1],
    [1, 1],
    [2 * (a + b), 2 * (a + b)],
  ],
);

describe("known problems", () => {
  test.each([
    ["a linear one", linear, [10, -7], [5 / 3, 1], tolerance(fp64, 16)],
    ["Rosenbrock's valley", rosenbrock, [-1.2, 1], [1, 1], 0],
    ["Rosenbrock's from afar", rosenbrock, [-1200, 1000], [1, 1], 0],
    ["Beale's, from where an unknown has no effect", beale, [1, 1], [3, 0.5], tolerance(fp64, 2 ** 20)],
    ["the arctangent, from where Newton's method diverges", arctangent, [30], [0], 0],
    ["the logarithm, whose Newton step leaves its domain", logarithm, [Math.exp(7)], [Math.exp(5)], Math.exp(5) * tolerance(fp64, 16)],
  ] as const)("%s", (_, problem, x0, solution, error) => {
    const { x, report } = minimized(problem, x0);

    expect(report.termination).toBe("converged");
    expectClose(x, solution, error);
  });

  test("Powell's singular function", () => {
    const { report } = minimized(powellSingular, [3, -1, 0, 1]);

    expect(report.termination).toBe("converged");
    expect(report.finalCost).toBeLessThan(fp64.unitRoundoff ** 2);
  });

  test.each(misra1a.starts)("NIST's Misra1a from b1 = %d, b2 = %d", (b1, b2) => {
    const { report } = minimized(misra1a.problem, [b1, b2], { ftol: 1e-12 });

    expect(report.termination).toBe("converged");
    expect(Math.abs(report.finalCost / misra1a.certified.sumOfSquares - 1)).toBeLessThan(5e-11);
  });

  test.each([-1.5, -2, -5, -20])("Fletcher's with lambda = %d, where the Gauss-Newton step is ever too long", (lambda) => {
    const { report } = minimized(fletcher(lambda), [3]);

    expect(report.termination).toBe("converged");
    // An end within ftol of the cost.
    expect(report.finalCost / 2 - 1).toBeLessThan(1e-6);
  });

  test("Jennrich and Sampson's, where it is too long by orders of magnitude", () => {
    const { report } = minimized(jennrichSampson, [0.3, 0.4], { maxIterations: 100 });

    expect(report.termination).toBe("converged");
    expect(report.finalCost).toBeCloseTo(124.36218236, 7);
  });
});

describe("a J'J that cannot be factorised", () => {
  test("is damped as little as it takes", () => {
    const solver = new Counting();

    const { x, report } = minimized(sumOnly, [3, -1], { solver, ftol: 1e-12 });

    const s = x[0] + x[1];
    expect(report.termination).toBe("converged");
    expect(Math.abs(4 * s ** 3 - 8 * s - 10)).toBeLessThan(1e-6);
    const [first, second] = solver.damping;
    expect(first).toBeUndefined();
    // J'J is 18 in each entry at a + b = 2.
    expectClose(second!, [18e-8, 18e-8], 18e-8 * tolerance(fp64, 4));
  });

  test("with any damping is a breakdown, and costs one iteration", () => {
    class Broken extends DenseSolver {
      override factor(): LinearReport {
        return { termination: "breakdown", message: "pivot -1 in row 7", iterations: 0, relativeResidual: NaN };
      }
    }

    const { x, report } = minimized(linear, [10, -7], { solver: new Broken() });

    expect(report).toMatchObject({ termination: "breakdown", message: "pivot -1 in row 7" });
    expect(report.iterations).toMatchObject([{ accepted: false, step: 0, damping: 0 }]);
    expect([...x]).toEqual([10, -7]);
  });
});

describe("laws", () => {
  const cases = [
    ["Rosenbrock's", rosenbrock, [-1.2, 1]],
    ["Misra1a", misra1a.problem, misra1a.starts[0]],
    ["Jennrich and Sampson's", jennrichSampson, [0.3, 0.4]],
    ["Fletcher's", fletcher(-5), [3]],
    ["the arctangent", arctangent, [30]],
    ["the logarithm", logarithm, [Math.exp(7)]],
  ] as const;

  test.each(cases)("the cost never rises: %s", (_, problem, x0) => {
    const { report } = minimized(problem, x0);

    let before = report.initialCost;
    for (const { cost, accepted } of report.iterations) {
      // But for rounding, in a step that changes nothing.
      if (accepted) expect(cost).toBeLessThanOrEqual(before * (1 + tolerance(fp64, 16)));
      else expect(cost).toBe(before);
      before = cost;
    }
  });

  test.each(cases)("a step that is taken back costs no factorisation and no linear solve: %s", (_, problem, x0) => {
    const solver = new Counting();

    const { report } = minimized(problem, x0, { solver });

    const linearizations = report.iterations.filter((_record, k) => k === 0 || report.iterations[k - 1].accepted);
    expect(report.precision.rejectedSteps).toBeGreaterThan(0);
    expect(solver.factorizations).toBe(linearizations.length);
    // One "iteration" a solve; those that check the last step are counted with it.
    expect(report.cgIterations).toBe(solver.solves);
    for (const [k, { cgIterations }] of report.iterations.slice(0, -1).entries()) {
      expect(cgIterations).toBe(k === 0 || report.iterations[k - 1].accepted ? 1 : 0);
    }
  });

  test("after a failure steps are half as long, along the arctangent's only direction", () => {
    const { report } = minimized(arctangent, [30]);

    const failed = report.iterations.findIndex(({ accepted }) => accepted);
    // From 30, Newton's step is (1 + 900) atan(30).
    report.iterations.slice(0, failed + 1).forEach(({ step }, k) => {
      expectClose([step], [(901 * Math.atan(30)) / 2 ** k], 1e4 * tolerance(fp64, 4));
    });
    expect(failed).toBeGreaterThan(2);
  });

  test("damping: 0 for a whole Gauss-Newton step, else how far steepest descent would go beyond the radius", () => {
    const { report } = minimized(arctangent, [30]);

    const first = report.iterations.slice(0, 4);
    // D = J = 1 / 901, so |D^-1 g| is the residual, and the Gauss-Newton step is as long.
    expectClose(
      first.map(({ damping }) => damping),
      [0, 2, 4, 8],
      tolerance(fp64, 64),
    );
  });

  test("under any curvature in one unknown, converged is where the derivative vanishes", () => {
    // cost (x - 1)^2 + (k x^2 + x + c)^2
    const draw = fc.record({
      k: fc.double({ min: -4, max: 4, noNaN: true }),
      c: fc.double({ min: -4, max: 4, noNaN: true }),
      x0: fc.double({ min: -20, max: 20, noNaN: true }),
    });
    fc.assert(
      fc.property(draw, ({ k, c, x0 }) => {
        const problem = new DenseProblem(
          1,
          ([x]) => [x - 1, k * x * x + x + c],
          ([x]) => [[1], [2 * k * x + 1]],
        );

        const { x, report } = minimized(problem, [x0], { ftol: 1e-12, maxIterations: 200 });

        if (report.termination !== "converged") return;
        const at = x[0];
        const second = k * at * at + at + c;
        const gradient = at - 1 + (2 * k * at + 1) * second;
        const size = 1 + (2 * k * at + 1) ** 2;
        // The Gauss-Newton step's promise is gradient^2 / size: at most ftol of the cost, or rounding.
        expect(gradient ** 2 / size).toBeLessThanOrEqual(4e-12 * (report.finalCost + 1e-12));
      }),
    );
  });
});

describe("ends honestly", () => {
  test("where the solver's steps go uphill, steepest descent goes on, and nothing is converged", () => {
    const { report } = minimized(linear, [10, -7], { solver: new Lying((dx) => dx.map((d) => -d)) });

    expect(report.termination).not.toBe("converged");
    expect(report.finalCost).toBeLessThan(report.initialCost);
  });

  test("a step that the radius cut short is not the last, little as it changes", () => {
    // A wall just right of 0 keeps steps from 0 short of 1e-9, where the cost is 1 and its slope -2: no optimum.
    const wall = new DenseProblem(
      1,
      ([x]) => [x - 1, x > 1e-9 ? 100 : 0],
      () => [[1], [0]],
    );

    const { report } = minimized(wall, [0], { maxIterations: 500 });

    expect(report.termination).not.toBe("converged");
    expect(report.finalCost).toBeGreaterThan(0.99);
  });

  test("a zero gradient in fp16 that fp64 does not confirm is stagnated", () => {
    const tiny = new DenseProblem(
      1,
      ([x]) => [1e-5 * x - 1e-4],
      () => [[1e-5]],
    );

    expect(minimized(tiny, [0], { policy: presetPolicy("naive") }).report.termination).toBe("stagnated");
  });

  test("a J whose columns the format loses leaves the straight line to the Gauss-Newton point", () => {
    // multiply gives zero: there is no Cauchy point.
    class Blind extends DenseJacobian {
      override multiply(_x: Float64Array, y: Float64Array): void {
        y.fill(0);
      }
    }
    class Problem extends DenseProblem {
      override jacobian(x: Float64Array, format: OperationFormat): DenseJacobian {
        return new Blind(super.jacobian(x, format).rows);
      }
    }
    const problem = new Problem(
      1,
      ([x]) => [Math.atan(x)],
      ([x]) => [[1 / (1 + x ** 2)]],
    );

    const { report } = minimized(problem, [3]);

    expect(report).toMatchObject({ termination: "converged", finalCost: 0 });
  });
});
