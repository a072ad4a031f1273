import type { OperationFormat } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import { describe, expect, test } from "vitest";
import { graduatedTruncated, type Loss, truncated } from "../src/loss.ts";
import { METHODS } from "../src/method.ts";
import { start } from "../src/minimize.ts";
import { presetPolicy } from "../src/policy.ts";
import type { LeastSquaresProblem } from "../src/problem.ts";
import { RobustProblem } from "../src/robust.ts";
import type { MinimizeOptions, Run } from "../src/run.ts";
import { type Stages, startStages } from "../src/stages.ts";
import { type DenseJacobian, DenseProblem, DenseSolver } from "./dense.ts";
import { arctangent, beale, rosenbrock } from "./problems.ts";

type Problem = LeastSquaresProblem<Float64Array, DenseJacobian>;

/** Spoils what is discarded, and refuses to be asked about it. */
class Spoiling implements Problem {
  readonly rows: number;
  readonly cols: number;
  readonly discarded: Set<Float64Array> = new Set();
  readonly #problem: Problem;
  readonly #given: Set<Float64Array> = new Set();

  constructor(problem: Problem) {
    this.rows = problem.rows;
    this.cols = problem.cols;
    this.#problem = problem;
  }

  residual(x: Float64Array, format: OperationFormat, r: Float64Array): void {
    this.#problem.residual(this.#kept(x), format, r);
  }

  jacobian(x: Float64Array, format: OperationFormat): DenseJacobian {
    return this.#problem.jacobian(this.#kept(x), format);
  }

  retract(x: Float64Array, dx: Float64Array, format: OperationFormat): Float64Array {
    const moved = this.#problem.retract(this.#kept(x), dx, format);
    this.#given.add(moved);
    return moved;
  }

  discard(x: Float64Array): void {
    if (!this.#given.has(x)) throw new Error("discarded, but not given");
    this.discarded.add(this.#kept(x).fill(NaN));
  }

  #kept(x: Float64Array): Float64Array {
    if (this.discarded.has(x)) throw new Error("used after it was discarded");
    return x;
  }
}

const PROBLEMS = [
  ["Rosenbrock's valley", rosenbrock, [-1.2, 1]],
  ["Beale's", beale, [1, 1]],
  ["the arctangent", arctangent, [30]],
] as const;

function minimized(problem: Problem, x0: readonly number[], options: Partial<MinimizeOptions<DenseJacobian>>): Run<Float64Array> {
  const settings = { policy: presetPolicy("mixed", []), solver: new DenseSolver(), maxIterations: 30, ...options };
  return finished(start(problem, Float64Array.from(x0), settings));
}

function finished(run: Run<Float64Array>): Run<Float64Array> {
  while (!run.done) run.step();
  return run;
}

function costsOf({ report }: Run<Float64Array>): readonly number[] {
  return [report.initialCost, ...report.iterations.map(({ cost }) => cost), report.finalCost];
}

describe.each(METHODS)("a run by %s", (method) => {
  test.each(PROBLEMS)("of %s discards points that it has no more use for, each once", (_, problem, x0) => {
    const spoiling = new Spoiling(problem);

    const run = minimized(spoiling, x0, { method });

    const expected = minimized(problem, x0, { method });
    expect(costsOf(run)).toEqual(costsOf(expected));
    expect([...run.x]).toEqual([...expected.x]);
    // All that it tried, but for the one that it ends at.
    expect(spoiling.discarded.size).toBeGreaterThanOrEqual(run.report.iterations.filter(({ step }) => step > 0).length - 2);
  });
});

test.each([
  ["lm", "Beale's", beale, [1, 1]],
  ["lm", "the arctangent", arctangent, [30]],
  ["dogleg", "Rosenbrock's valley", rosenbrock, [-1.2, 1]],
  ["dogleg", "Beale's", beale, [1, 1]],
] as const)("a run by %s of %s takes no vector from its scratch for an iteration, whatever becomes of it", (method, _, problem, x0) => {
  let taken = 0;
  const scratch: Scratch = {
    numbers(n) {
      taken++;
      return newArrays.numbers(n);
    },
    integers: newArrays.integers,
  };

  const { report } = minimized(problem, x0, { method, scratch, ftol: 0 });

  // Once: five, and where it comes to them one for damping and three each for a path, what rounding does, and the last check.
  expect(taken).toBeLessThanOrEqual(5 + 1 + 3 + 3 + 3);
  expect(report.iterations.length).toBeGreaterThan(5);
  expect(report.precision.rejectedSteps).toBeGreaterThan(method === "lm" ? 1 : 0);
});

test("stages hand points on to each other, and none that is discarded", () => {
  const y = [0.9, 1, 1.1, 1.05, 0.95, 20, 21, 22];
  const mean = new DenseProblem(
    1,
    ([x]) => y.map((yi) => x - yi),
    () => y.map(() => [1]),
  );
  const spoiling = new Spoiling(mean);

  const [run, expected] = [spoiling, mean].map((problem) => {
    const withLoss = (loss: Loss): RobustProblem<Float64Array, DenseJacobian> =>
      new RobustProblem(
        problem,
        Int32Array.from({ length: y.length + 1 }, (_, b) => b),
        y.map(() => loss),
      );
    const goal = withLoss(truncated(1));
    function* stages(): Stages<Float64Array, DenseJacobian> {
      let x: Float64Array = Float64Array.of(8.5);
      for (let mu = 1e-3; mu < 10; mu *= 2) x = yield { problem: withLoss(graduatedTruncated(1, mu)), x };
      return { problem: goal, x };
    }
    const settings = { policy: presetPolicy("fp64"), solver: new DenseSolver(), maxIterations: 200 };
    return finished(startStages(goal, Float64Array.of(8.5), stages(), settings));
  });

  expect(costsOf(run)).toEqual(costsOf(expected));
  expect([...run.x]).toEqual([...expected.x]);
});
