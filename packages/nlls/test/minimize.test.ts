import { OptionError } from "@slam/errors";
import { fp64, type OperationFormat, operationFormat, tolerance } from "@slam/float";
import { type LinearReport, newArrays, type Scratch } from "@slam/linop";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newCounters } from "../src/counters.ts";
import { start } from "../src/minimize.ts";
import { parsePolicy, presetPolicy } from "../src/policy.ts";
import type { LeastSquaresProblem } from "../src/problem.ts";
import type { IterationRecord } from "../src/report.ts";
import type { MinimizeOptions, Refinement, Run } from "../src/run.ts";
import { DenseJacobian, DenseProblem, DenseSolver } from "./dense.ts";
import { arctangent, beale, fletcher, jennrichSampson, linear, logarithm, misra1a, powellSingular, rosenbrock } from "./problems.ts";

type Vector = Float64Array;
type Options = Partial<MinimizeOptions<DenseJacobian> & Refinement<Vector>>;

function begin(problem: LeastSquaresProblem<Vector, DenseJacobian>, x0: readonly number[], options: Options = {}): Run<Vector> {
  return start(problem, Float64Array.from(x0), { policy: presetPolicy("fp64"), solver: new DenseSolver(), ...options });
}

function minimized(problem: LeastSquaresProblem<Vector, DenseJacobian>, x0: readonly number[], options: Options = {}): Run<Vector> {
  const run = begin(problem, x0, options);
  while (!run.done) run.step();
  return run;
}

function costOf(problem: LeastSquaresProblem<Vector, DenseJacobian>, x: Vector): number {
  const r = new Float64Array(problem.rows);
  problem.residual(x, operationFormat(fp64), r);
  return r.reduce((sum, ri) => sum + ri * ri, 0);
}

describe("a problem's own way down", () => {
  // The best y for an x, whatever else.
  const toValley = ([x]: Vector): Vector => Float64Array.of(x, x ** 2);

  test("is taken where a step falls short, and the step judged by both", () => {
    const asked: Vector[] = [];
    const refine = (x: Vector): Vector => {
      asked.push(x.slice());
      return toValley(x);
    };
    const plain = minimized(rosenbrock, [-1.2, 1], { firstDamping: 1e-4, maxIterations: 200 });
    const { x, report } = minimized(rosenbrock, [-1.2, 1], { firstDamping: 1e-4, maxIterations: 200, refine });

    expect(report.termination).toBe("converged");
    expectClose(x, [1, 1], 1e-3);
    expect(asked.length).toBeGreaterThan(0);
    expect(report.iterations.length).toBeLessThan(plain.report.iterations.length);
    // The first step goes to the bottom of the valley and costs more there than it began with; what it is taken to does not.
    const first = costOf(rosenbrock, toValley(asked[0]));
    expect(costOf(rosenbrock, asked[0])).toBeGreaterThan(report.initialCost);
    expect(report.iterations[0]).toMatchObject({ accepted: true, cost: first });
  });

  test("is not asked where the linear model holds", () => {
    const refine = (): Vector => expect.fail("asked");

    expect(minimized(linear, [40, -7], { refine }).report.termination).toBe("converged");
  });

  test("is not taken where it leads up", () => {
    const options = { firstDamping: 1e-4, maxIterations: 200 };
    const up = minimized(rosenbrock, [-1.2, 1], { ...options, refine: ([x, y]) => Float64Array.of(x + 9, y - 9) });

    const costs = ({ report }: Run<Vector>): number[] => report.iterations.map(({ cost }) => cost);
    expect(costs(up)).toEqual(costs(minimized(rosenbrock, [-1.2, 1], options)));
  });
});

describe("steps that are always damped", () => {
  test("solve a problem whose J'J is singular, and say that they converged", () => {
    // Only x + y is seen: the step along x - y is the damping's to hold at zero.
    const problem = new DenseProblem(
      2,
      ([x, y]) => [x + y - 2, (x + y) ** 2 - 5],
      ([x, y]) => [
        [1, 1],
        [2 * (x + y), 2 * (x + y)],
      ],
    );

    const { x, report } = minimized(problem, [3, 0], { firstDamping: 1e-4 });

    expect(report.termination).toBe("converged");
    expect(report.iterations.every(({ damping }) => damping > 0)).toBe(true);
    expectClose([x[0] - x[1]], [3], 1e-6);
    const s = x[0] + x[1];
    expectClose([s - 2 + 2 * s * (s * s - 5)], [0], 1e-4);
  });

  test.each([
    ["rosenbrock", rosenbrock, [-1.2, 1], 0],
    ["beale", beale, [1, 1], 0],
    ["jennrich and sampson", jennrichSampson, [0.3, 0.4], 124.362],
  ] as const)("reach the optimum of %s", (_, problem, x0, optimum) => {
    const { report } = minimized(problem, x0, { firstDamping: 1e-4, maxIterations: 200 });

    expect(report.termination).toBe("converged");
    expectClose([report.finalCost], [optimum], 1e-4);
  });

  test("must not begin below zero", () => {
    expect(() => begin(rosenbrock, [-1.2, 1], { firstDamping: -1 })).toThrow(/firstDamping/);
  });
});

describe("a linear problem", () => {
  test("is solved by one step, and a second one shows it", () => {
    const { x, report } = minimized(linear, [10, -7]);

    expectClose(x, [5 / 3, 1], tolerance(fp64, 4));
    expectClose([report.iterations[0].cost, report.finalCost], [1 / 3, 1 / 3], tolerance(fp64, 4));
    expect(report).toMatchObject({ termination: "converged", initialCost: 16 ** 2 + 17 ** 2 });
    expect(report.iterations).toHaveLength(2);
  });

  test("is not touched where its gradient is zero", () => {
    const problem = new DenseProblem(
      1,
      ([x]) => [x - 1, x + 1],
      () => [[1], [1]],
    );

    const { report } = minimized(problem, [0]);

    expect(report).toMatchObject({ termination: "converged", message: "the gradient is zero", finalCost: 2, iterations: [] });
  });

  test("with random integers converges to where J'r = 0", () => {
    const entry = fc.integer({ min: -8, max: 8 });
    const anyRows = fc.array(fc.tuple(entry, entry, entry, entry), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(anyRows, fc.tuple(entry, entry, entry), (drawn, x0) => {
        // The identity keeps the rank full.
        const rows = [...drawn, [1, 0, 0, 1], [0, 1, 0, 2], [0, 0, 1, 3]];
        const problem = new DenseProblem(
          3,
          (x) => rows.map((row) => row[0] * x[0] + row[1] * x[1] + row[2] * x[2] - row[3]),
          () => rows.map((row) => row.slice(0, 3)),
        );

        const { x, report } = minimized(problem, x0);

        expect(report.termination).toBe("converged");
        const r = new Float64Array(rows.length);
        problem.residual(x, operationFormat(fp64), r);
        // |x| is at most that of 1 / (least singular value of J >= 1) times |b|, so 8 sqrt(11) sqrt(11) bounds r, and 8 r each product.
        const bound = 8 * 8 * rows.length * tolerance(fp64, 64 * rows.length);
        for (let j = 0; j < 3; j++) {
          const gradient = rows.reduce((sum, row, i) => sum + row[j] * r[i], 0);
          expect(Math.abs(gradient)).toBeLessThanOrEqual(bound);
        }
      }),
    );
  });
});

describe("known problems", () => {
  test("Rosenbrock's valley, over a step that goes up", () => {
    const { x, report } = minimized(rosenbrock, [-1.2, 1]);

    expect([...x]).toEqual([1, 1]);
    expect(report).toMatchObject({ termination: "converged", message: "the residual is zero", finalCost: 0 });
    expect(report.iterations[0].cost).toBeGreaterThan(report.initialCost);
    expect(report.iterations[0].accepted).toBe(true);
    expect(report.precision.rejectedSteps).toBe(0);
  });

  test("Powell's singular function, where Gauss-Newton halves the error: a cost 16 times lower with each step", () => {
    const { report } = minimized(powellSingular, [3, -1, 0, 1]);

    expect(report.termination).toBe("converged");
    // Errors are halved until their squares, of fourth order in the cost, are lost beside the linear residuals.
    expect(report.finalCost).toBeLessThan(fp64.unitRoundoff ** 2);
    for (let k = 1; k < 20; k++) expectClose([report.iterations[k - 1].cost / report.iterations[k].cost], [16], tolerance(fp64, 2 ** 40));
  });

  test.each(misra1a.starts)("NIST's Misra1a from b1 = %d, b2 = %d", (b1, b2) => {
    const { x, report } = minimized(misra1a.problem, [b1, b2], { ftol: 1e-12 });

    // 11 certified digits
    const digits = 5e-11;
    expect(report.termination).toBe("converged");
    expect(Math.abs(report.finalCost / misra1a.certified.sumOfSquares - 1)).toBeLessThan(digits);
    // A relative change of 1e-12 in the cost leaves the parameters their square root, times the condition of the curve.
    expect(Math.abs(x[0] / misra1a.certified.b1 - 1)).toBeLessThan(1e-7);
    expect(Math.abs(x[1] / misra1a.certified.b2 - 1)).toBeLessThan(1e-7);
  });

  test("a start at the optimum", () => {
    const { b1, b2, sumOfSquares } = misra1a.certified;

    const { report } = minimized(misra1a.problem, [b1, b2]);

    expect(report.termination).toBe("converged");
    expect(report.iterations).toHaveLength(1);
    expect(report.finalCost).toBeCloseTo(sumOfSquares, 10);
  });

  test("Beale's function from where an unknown has no effect", () => {
    const { x, report } = minimized(beale, [1, 1]);

    expect(report.termination).toBe("converged");
    expectClose(x, [3, 0.5], tolerance(fp64, 2 ** 20));
  });

  test("Jennrich and Sampson's, whose J'J is singular at the optimum", () => {
    const { report } = minimized(jennrichSampson, [0.3, 0.4]);

    expect(report.termination).toBe("converged");
    // As published, to all digits given.
    expect(report.finalCost).toBeCloseTo(124.362, 3);
  });

  test("one that determines only the sum of its unknowns", () => {
    // The least of (s - 1)^2 + (s - 4)^2 + (s^2 - 3)^2 over s = a + b: 4 s^3 - 8 s - 10 = 0.
    const problem = new DenseProblem(
      2,
      ([a, b]) => [a + b - 1, a + b - 4, (a + b) ** 2 - 3],
      ([a, b]) => [
        [1, 1],
        [1, 1],
        [2 * (a + b), 2 * (a + b)],
      ],
    );

    const { x, report } = minimized(problem, [3, -1]);

    const s = x[0] + x[1];
    expect(report.termination).toBe("converged");
    expect(Math.abs(4 * s ** 3 - 8 * s - 10)).toBeLessThan(1e-6);
  });

  test.each([-1.5, -2, -5, -20])("Fletcher's with lambda = %d, from whose optimum Gauss-Newton runs away", (lambda) => {
    const damped = minimized(fletcher(lambda), [3]);
    const undamped = minimized(fletcher(lambda), [3], { method: "gn" });

    expect(damped.report.termination).toBe("converged");
    expectClose([damped.report.finalCost], [2], tolerance(fp64, 16));
    expect(undamped.report.termination).toBe("diverged");
    expect(undamped.report.finalCost).toBe(costOf(fletcher(lambda), undamped.x));
  });
});

/** Distances of a point to five places, every operation rounded: a residual that is zero at the truth but for rounding. */
class Ranges implements LeastSquaresProblem<Vector, DenseJacobian> {
  readonly rows = 5;
  readonly cols = 2;
  readonly #places = [
    [0, 0],
    [7, 1],
    [-3, 5],
    [2, -6],
    [-4, -4],
  ];
  readonly #measured = this.#places.map(([a, b]) => Math.sqrt((0.3 - a) ** 2 + (0.7 - b) ** 2));

  residual([x, y]: Vector, { arithmetic: A }: OperationFormat, r: Vector): void {
    this.#places.forEach(([a, b], i) => {
      const dx = A.sub(A.round(x), a);
      const dy = A.sub(A.round(y), b);
      r[i] = A.sub(A.sqrt(A.add(A.mul(dx, dx), A.mul(dy, dy))), A.round(this.#measured[i]));
    });
  }

  jacobian([x, y]: Vector): DenseJacobian {
    return new DenseJacobian(
      this.#places.map(([a, b]) => {
        const distance = Math.hypot(x - a, y - b);
        return [(x - a) / distance, (y - b) / distance];
      }),
    );
  }

  retract(x: Vector, dx: Vector): Vector {
    return x.map((xj, j) => xj + dx[j]);
  }
}

test.each([
  [2, 3],
  [-1, 0.5],
  [0.3, 0.7000000000000001],
])("a residual that is zero but for rounding is converged, from (%d, %d)", (...x0) => {
  const { x, report } = minimized(new Ranges(), x0, { ftol: 0 });

  expect(report.termination).toBe("converged");
  expect(report.iterations.length).toBeLessThan(12);
  expectClose(x, [0.3, 0.7], tolerance(fp64, 8));
});

test("a last step that changes more than ftol of such a residual is said to be rounding", () => {
  const messages = [
    [1.44, -0.52],
    [1.81, -0.73],
    [7.73, -4.09],
  ].map((x0) => minimized(new Ranges(), x0, { ftol: 1e-6 }).report.message);

  expect(messages.filter((message) => message.includes("of itself (rounding) and solves its equations"))).not.toEqual([]);
});

describe("the watchdog", () => {
  test("goes back to the lowest point where steps keep rising, and on with damping", () => {
    const run = minimized(arctangent, [3]);

    const { iterations, precision } = run.report;
    const firstDamped = iterations.findIndex(({ damping }) => damping > 0);
    const rising = iterations.slice(0, firstDamped);
    expect(rising.length).toBeGreaterThan(1);
    for (const { cost } of rising) expect(cost).toBeGreaterThanOrEqual(run.report.initialCost);
    // Newton's step from 3 again, hardly damped.
    expectClose([iterations[firstDamped].step], [10 * Math.atan(3)], 4 * iterations[firstDamped].damping);
    expect(precision.rejectedSteps).toBeGreaterThan(0);
    expect(run.report).toMatchObject({ termination: "converged", finalCost: 0 });
  });

  test("under gn gives up, with the lowest point", () => {
    const run = minimized(arctangent, [3], { method: "gn" });

    expect(run.report).toMatchObject({ termination: "diverged", finalCost: Math.atan(3) ** 2 });
    expect([...run.x]).toEqual([3]);
    expect(run.report.iterations.every(({ damping }) => damping === 0)).toBe(true);
  });

  test.each([
    ["Rosenbrock's", rosenbrock, [-1.2, 1]],
    ["Jennrich and Sampson's", jennrichSampson, [0.3, 0.4]],
    ["Fletcher's", fletcher(-2), [3]],
    ["the arctangent", arctangent, [3]],
  ] as const)("never lets go of the best point: %s", (_, problem, x0) => {
    const run = begin(problem, x0);
    let lowest = run.report.initialCost;

    while (!run.done) {
      run.step();
      const { finalCost } = run.report;
      expect(finalCost).toBeLessThanOrEqual(lowest * (1 + tolerance(fp64, 16)));
      expect(costOf(problem, run.x)).toBe(finalCost);
      lowest = finalCost;
    }
  });
});

describe("ends", () => {
  test("converged where nothing is to be done", () => {
    const free = new DenseProblem(
      0,
      () => [3, 4],
      () => [[], []],
    );

    expect(minimized(rosenbrock, [1, 1]).report).toMatchObject({ termination: "converged", iterations: [], finalCost: 0 });
    expect(minimized(free, []).report).toMatchObject({ termination: "converged", iterations: [], finalCost: 25 });
  });

  test("non-finite at a start that has no cost", () => {
    const run = minimized(logarithm, [-1]);

    expect(run.report).toMatchObject({ termination: "non-finite", iterations: [], message: "the cost of the starting point is NaN" });
    expect([...run.x]).toEqual([-1]);
  });

  test("non-finite where a step leaves the domain, but under lm comes back", () => {
    // From e^7 the step is -2 x.
    const undamped = minimized(logarithm, [Math.exp(7)], { method: "gn" });
    const damped = minimized(logarithm, [Math.exp(7)]);

    expect(undamped.report.termination).toBe("non-finite");
    expect([...undamped.x]).toEqual([Math.exp(7)]);
    expect(damped.report.termination).toBe("converged");
    expectClose(damped.x, [Math.exp(5)], tolerance(fp64, 16));
  });

  test("max-iterations, with the best point so far", () => {
    const run = minimized(misra1a.problem, misra1a.starts[0], { maxIterations: 2 });

    expect(run.report.termination).toBe("max-iterations");
    expect(run.report.message).toContain("2 iterations were not enough");
    expect(run.report.iterations).toHaveLength(2);
    expect(run.report.finalCost).toBe(run.report.iterations[1].cost);
  });

  test("max-iterations at once where none is allowed", () => {
    expect(minimized(rosenbrock, [-1.2, 1], { maxIterations: 0 }).report).toMatchObject({ termination: "max-iterations", iterations: [] });
  });

  test("cancelled, with the best point so far, unless it has ended", () => {
    const run = begin(misra1a.problem, misra1a.starts[1]);
    run.step();
    run.cancel("enough");
    run.cancel("too late");
    run.step();

    expect(run.done).toBe(true);
    expect(run.report).toMatchObject({ termination: "cancelled", message: "enough" });
    expect(run.report.iterations).toHaveLength(1);
    expect(costOf(misra1a.problem, run.x)).toBe(run.report.iterations[0].cost);
  });

  test("breakdown where there is no factorisation, whatever the damping", () => {
    class Broken extends DenseSolver {
      override factor(): LinearReport {
        return { termination: "breakdown", message: "pivot -1 in row 7", iterations: 0, relativeResidual: NaN };
      }
    }

    const damped = minimized(linear, [0, 0], { solver: new Broken() });
    const undamped = minimized(linear, [0, 0], { solver: new Broken(), method: "gn" });

    expect(damped.report).toMatchObject({ termination: "breakdown", message: "pivot -1 in row 7" });
    expect(damped.report.precision.rejectedSteps).toBe(damped.report.iterations.length);
    expect(undamped.report.iterations).toMatchObject([{ accepted: false, cgIterations: 0, step: 0 }]);
  });
});

describe("reports", () => {
  test("each iteration as it ends", () => {
    const seen: { record: IterationRecord; index: number }[] = [];
    const run = minimized(misra1a.problem, misra1a.starts[0], { onIteration: (record, index) => seen.push({ record, index }) });

    expect(seen.map(({ record }) => record)).toEqual(run.report.iterations);
    expect(seen.map(({ index }) => index)).toEqual(seen.map((_, i) => i + 1));
  });

  test("cost, step, damping and gain ratio of an iteration", () => {
    const [first] = minimized(linear, [10, -7], { maxIterations: 1 }).report.iterations;

    // From (10, -7) to (5/3, 1); the model of a linear problem is right.
    expectClose([first.cost, first.step, first.gainRatio], [1 / 3, Math.hypot(25 / 3, 8), 1], tolerance(fp64, 16));
    expect(first).toMatchObject({ damping: 0, accepted: true, cgIterations: 1 });
  });

  test("iterations of the linear solver, and its failures", () => {
    class Tired extends DenseSolver {
      override solve(g: Vector, dx: Vector, rtol: number, warm: boolean): LinearReport {
        return { ...super.solve(g, dx, rtol, warm), termination: "max-iterations", iterations: 7 };
      }
    }
    const counters = newCounters();

    const { report } = minimized(linear, [10, -7], { solver: new Tired(), counters });

    expect(report.cgIterations).toBe(14);
    expect(report.precision.fallbacks).toBe(2);
    expect(report.precision).toBe(counters.events);
    expect(report.work).toBe(counters.work);
  });

  test("an unfinished run as one", () => {
    expect(begin(linear, [0, 0]).report).toMatchObject({ termination: "max-iterations", message: "the run is not done" });
  });
});

describe("vectors", () => {
  /** A run's, from one array that is used from its beginning for each run. */
  const memory = new Float64Array(2 ** 12);
  let top = 0;
  const scratch: Scratch = {
    ...newArrays,
    numbers(n) {
      top += n;
      return memory.subarray(top - n, top).fill(0);
    },
  };
  const told = ({ x, report }: Run<Vector>) => {
    const { seconds: _, phases: __, iterations, ...rest } = report;
    return { x: [...x], ...rest, iterations: iterations.map(({ seconds: ___, ...record }) => record) };
  };

  test.each([{}, { method: "gn" }, { method: "dogleg" }, { firstDamping: 1e-3 }, { policy: presetPolicy("fp32") }] as const)(
    "are taken from where %o says, with the bits of new ones, and nothing that is told lies there",
    (options) => {
      const plain = [rosenbrock, linear].map((problem) => told(minimized(problem, [-1.2, 1], options)));

      const shared = [rosenbrock, linear].map((problem) => {
        top = 0;
        return minimized(problem, [-1.2, 1], { ...options, scratch });
      });
      memory.fill(Number.NaN);

      expect(top).toBeGreaterThan(0);
      expect(shared.map(told)).toEqual(plain);
    },
  );
});

describe("asks of the solver", () => {
  test("one analysis, a factorisation for each iteration, and eta", () => {
    const asked: { damped: boolean; rtol: number; warm: boolean }[] = [];
    let damped = false;
    class Listening extends DenseSolver {
      override factor(J: DenseJacobian, d: Vector | undefined): LinearReport | undefined {
        damped = d !== undefined;
        return super.factor(J, d);
      }
      override solve(g: Vector, dx: Vector, rtol: number, warm: boolean): LinearReport {
        asked.push({ damped, rtol, warm });
        return super.solve(g, dx, rtol, warm);
      }
    }
    const solver = new Listening();

    const { report } = minimized(arctangent, [3], { solver, eta: 0.125 });

    expect(solver.analyses).toBe(1);
    expect(asked).toEqual(report.iterations.map(({ damping }) => ({ damped: damping > 0, rtol: 0.125, warm: false })));
  });
});

describe("asks of the problem", () => {
  test("residuals once at each point where the policy has them in fp64, once more in its own format where not", () => {
    for (const [policy, formats] of [
      [{}, ["fp64"]],
      [{ residual: "fp32" }, ["fp64", "fp32"]],
    ] as const) {
      const asked: [Vector, string][] = [];
      const spied: LeastSquaresProblem<Vector, DenseJacobian> = {
        rows: linear.rows,
        cols: linear.cols,
        residual: (x, format, r) => {
          asked.push([x, format.name]);
          linear.residual(x, format, r);
        },
        jacobian: (x, format) => linear.jacobian(x, format),
        retract: (x, dx, format) => linear.retract(x, dx, format),
      };
      const run = begin(spied, [10, -7], { policy: parsePolicy(policy) });

      run.step();

      // The start's cost and linearisation; the cost of where the step leads.
      const [first] = asked[0];
      expect(asked.filter(([x]) => x === first).map(([, name]) => name)).toEqual(formats);
      expect(asked.slice(formats.length).map(([, name]) => name)).toEqual(["fp64"]);
    }
  });

  /** The formats each part was asked for in, and the arithmetic of the gradients. */
  function formatsUnder(policy: Parameters<typeof parsePolicy>[0]): { readonly [part: string]: readonly string[] } {
    const seen = { residual: new Set<string>(), jacobian: new Set<string>(), retract: new Set<string>(), gradient: new Set<string>() };
    const note = (part: keyof typeof seen, format: { readonly name: string }): void => {
      seen[part].add(format.name);
    };
    class Spied extends DenseJacobian {
      override gradient(...[r, A, g]: Parameters<DenseJacobian["gradient"]>): void {
        note("gradient", A);
        super.gradient(r, A, g);
      }
    }
    const spied: LeastSquaresProblem<Vector, DenseJacobian> = {
      rows: linear.rows,
      cols: linear.cols,
      residual: (x, format, r) => {
        note("residual", format);
        linear.residual(x, format, r);
      },
      jacobian: (x, format) => {
        note("jacobian", format);
        return new Spied(linear.jacobian(x, format).rows);
      },
      retract: (x, dx, format) => {
        note("retract", format);
        return linear.retract(x, dx, format);
      },
    };
    minimized(spied, [10, -7], { policy: parsePolicy(policy), maxIterations: 1 });
    return Object.fromEntries(Object.entries(seen).map(([part, formats]) => [part, [...formats].sort()]));
  }

  test.each([
    ["all in fp64", { preset: "fp64" }, { residual: ["fp64"], jacobian: ["fp64"], retract: ["fp64"], gradient: ["fp64"] }],
    ["J in fp32", { preset: "fp32" }, { residual: ["fp64"], jacobian: ["fp32"], retract: ["fp64"], gradient: ["fp64"] }],
    ["J stored in bf16", { jacobian: "bf16" }, { residual: ["fp64"], jacobian: ["bf16"], retract: ["fp64"], gradient: ["fp64"] }],
    [
      "residuals in fp32",
      { residual: "fp32", update: "fp32" },
      { residual: ["fp32", "fp64"], jacobian: ["fp32"], retract: ["fp32"], gradient: ["fp32"] },
    ],
    ["half", { preset: "half" }, { residual: ["fp64"], jacobian: ["fp16/fp16"], retract: ["fp64"], gradient: ["fp16"] }],
    [
      "naive",
      { preset: "naive" },
      { residual: ["fp16/fp16", "fp64"], jacobian: ["fp16/fp16"], retract: ["fp16/fp16"], gradient: ["fp16"] },
    ],
  ])("what the policy says, and costs in fp64: %s", (_, policy, expected) => {
    expect(formatsUnder(policy)).toEqual(expected);
  });
});

test.each([
  { method: "newton" as "lm" },
  { maxIterations: -1 },
  { maxIterations: 1.5 },
  { ftol: -1 },
  { ftol: NaN },
  { eta: 2 },
  { eta: -0.5 },
])("refuses %o", (options) => {
  expect(() => begin(linear, [0, 0], options)).toThrow(OptionError);
});
