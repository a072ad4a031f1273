import { OptionError } from "@slam/errors";
import type { LinearReport } from "@slam/linop";
import { describe, expect, test } from "vitest";
import { gemanMcClure, graduatedTruncated, type Loss, truncated } from "../src/loss.ts";
import { presetPolicy } from "../src/policy.ts";
import type { IterationRecord } from "../src/report.ts";
import { RobustProblem } from "../src/robust.ts";
import type { MinimizeOptions, Run } from "../src/run.ts";
import { type Stages, startStages } from "../src/stages.ts";
import { type DenseJacobian, DenseProblem, DenseSolver } from "./dense.ts";

type Goal = RobustProblem<Float64Array, DenseJacobian>;

/** x - y_i, mostly near 1. */
const y = [0.9, 1, 1.1, 1.05, 0.95, 20, 21, 22];
const mean = new DenseProblem(
  1,
  ([x]) => y.map((yi) => x - yi),
  () => y.map(() => [1]),
);

function withLoss(loss: Loss): Goal {
  return new RobustProblem(
    mean,
    Int32Array.from({ length: y.length + 1 }, (_, b) => b),
    y.map(() => loss),
  );
}

function* graduated(goal: Goal, seen: number[] = []): Stages<Float64Array, DenseJacobian> {
  let x: Float64Array = Float64Array.of(8.5);
  for (let mu = 1e-3; mu < 10; mu *= 2) {
    x = yield { problem: withLoss(graduatedTruncated(1, mu)), x };
    seen.push(x[0]);
  }
  return { problem: goal, x };
}

function begin(goal: Goal, options: Partial<MinimizeOptions<DenseJacobian>> = {}, seen?: number[]): Run<Float64Array> {
  const settings = { policy: presetPolicy("fp64"), solver: new DenseSolver(), maxIterations: 200, ...options };
  return startStages(goal, Float64Array.of(8.5), graduated(goal, seen), settings);
}

function finished(run: Run<Float64Array>): Run<Float64Array> {
  while (!run.done) run.step();
  return run;
}

describe("graduated non-convexity on a mean of which three of eight numbers are far off", () => {
  test("finds what the other five have in common, from where the truncated square sees nothing at all", () => {
    const goal = withLoss(truncated(1));

    const { x, report } = finished(begin(goal));

    expect(x[0]).toBeCloseTo(1, 12);
    expect(report.termination).toBe("converged");
    // 0.1^2 + 0 + 0.1^2 + 0.05^2 + 0.05^2, and 1 for each of three
    expect(report.finalCost).toBeCloseTo(3.025, 12);
    expect(report.initialCost).toBe(8);
  });

  test("the last stage decides what is minimised", () => {
    const { x, report } = finished(begin(withLoss(gemanMcClure(1))));

    expect(report.termination).toBe("converged");
    expect(x[0]).toBeGreaterThan(1);
    expect(x[0]).toBeLessThan(1.05);
  });

  test("records have the goal's cost, from one stage to the next", () => {
    const goal = withLoss(truncated(1));
    const records: IterationRecord[] = [];
    const seen: number[] = [];

    const { report } = finished(begin(goal, { onIteration: (record) => records.push(record) }, seen));

    expect(records).toEqual(report.iterations);
    expect(records.at(-1)?.cost).toBe(report.finalCost);
    for (const record of records) expect(record.cost).toBeLessThanOrEqual(8);
    expect(seen.length).toBe(14);
    expect(seen.at(-1)).toBeLessThan(seen[0]);
  });

  test("the solver is told of the structure once", () => {
    const solver = new DenseSolver();

    finished(begin(withLoss(truncated(1)), { solver }));

    expect(solver.analyses).toBe(1);
  });
});

describe("ends", () => {
  test("without iterations left, and says that the goal had none", () => {
    const { report } = finished(begin(withLoss(truncated(1)), { maxIterations: 3 }));

    expect(report.iterations).toHaveLength(3);
    expect(report).toMatchObject({ termination: "max-iterations", message: "3 iterations, 0 of them after the stages, were not enough" });
  });

  test("cancelled, between steps, with the point reached", () => {
    const run = begin(withLoss(truncated(1)));
    run.step();
    run.step();
    const x = run.x.slice();

    run.cancel("enough");
    run.step();

    expect(run.done).toBe(true);
    expect(run.report).toMatchObject({ termination: "cancelled", message: "enough" });
    expect(run.x).toEqual(x);
    expect(run.report.iterations).toHaveLength(2);
  });

  test("as the last stage does, whatever happened before it", () => {
    class Moody extends DenseSolver {
      #factors = 0;
      override factor(J: DenseJacobian, d: Float64Array | undefined): LinearReport | undefined {
        if (++this.#factors === 2) return { termination: "breakdown", message: "moody", iterations: 0, relativeResidual: Number.NaN };
        return super.factor(J, d);
      }
    }

    const { x, report } = finished(begin(withLoss(truncated(1)), { solver: new Moody() }));

    expect(report.termination).toBe("converged");
    expect(x[0]).toBeCloseTo(1, 12);
  });

  test("at once for options that are out of range", () => {
    expect(() => begin(withLoss(truncated(1)), { ftol: -1 })).toThrow(OptionError);
  });
});
