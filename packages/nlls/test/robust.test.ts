import { DimensionError } from "@slam/errors";
import { fp16, fp32, fp64, operationFormat, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cauchy, dcs, gemanMcClure, huber, type Loss, tukey } from "../src/loss.ts";
import { start } from "../src/minimize.ts";
import { presetPolicy } from "../src/policy.ts";
import type { LeastSquaresProblem } from "../src/problem.ts";
import { RobustProblem } from "../src/robust.ts";
import type { Run } from "../src/run.ts";
import { type DenseJacobian, DenseProblem, DenseSolver } from "./dense.ts";

const EXACT = operationFormat(fp64);

/** A line a + b t through points, each a block of its own. */
function line(t: readonly number[], y: readonly number[]): DenseProblem {
  return new DenseProblem(
    2,
    ([a, b]) => t.map((ti, i) => a + b * ti - y[i]),
    () => t.map((ti) => [1, ti]),
  );
}

/** Blocks of so many rows each, all with the loss. */
function robust(problem: DenseProblem, loss: Loss | undefined, size: number = 1): RobustProblem<Float64Array, DenseJacobian> {
  const blocks = problem.rows / size;
  const start = Int32Array.from({ length: blocks + 1 }, (_, b) => b * size);
  return new RobustProblem(problem, start, new Array<Loss | undefined>(blocks).fill(loss));
}

function minimized(
  problem: LeastSquaresProblem<Float64Array, DenseJacobian>,
  x0: readonly number[],
  ftol: number = 1e-6,
): Run<Float64Array> {
  const run = start(problem, Float64Array.from(x0), { policy: presetPolicy("fp64"), solver: new DenseSolver(), ftol, maxIterations: 500 });
  while (!run.done) run.step();
  return run;
}

const t = [0, 1, 2, 3, 4, 5, 6, 7];
const y = [1.1, 2.9, 5.2, 6.8, 9.1, 30, 13.1, 14.8];

describe("a robust problem", () => {
  test("by hand: r = (3, 4, 0.5) in blocks of 2 and 1, Huber with C = 2 on the first", () => {
    const problem = new DenseProblem(
      1,
      ([x]) => [x + 3, x + 4, 2 * x + 0.5],
      () => [[1], [1], [2]],
    );
    const weighed = new RobustProblem(problem, Int32Array.of(0, 2, 3), [huber(2), undefined]);
    const r = new Float64Array(3);

    weighed.residual(new Float64Array(1), EXACT, r);

    // s = 25, rho = 2 * 2 * 5 - 4, weight 2 / 5
    const root = Math.sqrt(2 / 5);
    expect(weighed.cost(new Float64Array(1))).toBe(16 + 0.25);
    expect([...r]).toEqual([3 * root, 4 * root, 0.5]);
    expect(weighed.jacobian(new Float64Array(1), EXACT).rows).toEqual([[root], [root], [2]]);
    expect([...weighed.squaredNorms(new Float64Array(1))]).toEqual([25, 0.25]);
  });

  test("2 J'r is the gradient of its cost, for blocks of two and each loss", () => {
    const problem = line(t, y);
    const anywhere = fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }));
    fc.assert(
      fc.property(
        fc.constantFrom(huber, cauchy, gemanMcClure, dcs),
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        anywhere,
        (loss, C, x0) => {
          const weighed = robust(problem, loss(C), 2);
          const x = Float64Array.from(x0);
          const h = Math.cbrt(fp64.unitRoundoff);
          const r = new Float64Array(problem.rows);
          const g = new Float64Array(2);

          weighed.residual(x, EXACT, r);
          weighed.jacobian(x, EXACT).gradient(r, fp64, g);
          const quotients = [0, 1].map((j) => {
            const moved = (step: number): Float64Array => x.map((xk, k) => (k === j ? xk + step : xk));
            return (weighed.cost(moved(h)) - weighed.cost(moved(-h))) / (2 * h);
          });

          expectClose([2 * g[0], 2 * g[1]], quotients, 1e5 * h * h);
        },
      ),
    );
  });

  test("rounds weighed rows to the format", () => {
    const weighed = robust(line(t, y), huber(1));
    const r = new Float64Array(t.length);

    weighed.residual(Float64Array.of(0.1, 0.2), operationFormat(fp16, fp32), r);

    for (const ri of r) expect(fp16.round(ri)).toBe(ri);
  });

  test("is the problem itself where no block has a loss, step for step", () => {
    const [plain, weighed] = [minimized(line(t, y), [0, 0]), minimized(robust(line(t, y), undefined), [0, 0])];

    expect(weighed.x).toEqual(plain.x);
    expect(weighed.report.finalCost).toBe(plain.report.finalCost);
  });

  test("has no finite cost where a residual has none, bounded though the loss is", () => {
    const broken = new DenseProblem(
      1,
      ([x]) => [1 / x],
      ([x]) => [[-1 / x ** 2]],
    );

    expect(robust(broken, tukey(1)).cost(new Float64Array(1))).toBe(Number.POSITIVE_INFINITY);
    expect(minimized(robust(broken, tukey(1)), [0]).report.termination).toBe("non-finite");
  });

  test("blocks cover the rows", () => {
    expect(() => new RobustProblem(line(t, y), Int32Array.of(0, 4), [huber(1)])).toThrow(DimensionError);
    expect(() => new RobustProblem(line(t, y), Int32Array.of(0, 4, 8), [huber(1)])).toThrow(DimensionError);
  });
});

describe("a line through eight points of which one is far off", () => {
  test("least squares follow it, robust losses do not", () => {
    const slopeOf = (loss: Loss | undefined): number => minimized(robust(line(t, y), loss), [1, 2], 1e-10).x[1];

    expect(Math.abs(slopeOf(undefined) - 2)).toBeGreaterThan(0.5);
    for (const loss of [huber(0.3), cauchy(0.3), gemanMcClure(0.6), tukey(1), dcs(0.6)])
      expect(Math.abs(slopeOf(loss) - 2)).toBeLessThan(0.1);
  });

  test.each([
    { name: "huber", loss: huber(0.3) },
    { name: "cauchy", loss: cauchy(0.3) },
  ])("$name: the optimum is that of a dense search", ({ loss }) => {
    const costAt = (a: number, b: number): number => t.reduce((sum, ti, i) => sum + loss.rho((a + b * ti - y[i]) ** 2), 0);

    const { x, report } = minimized(robust(line(t, y), loss), [1, 2], 1e-14);

    const least = patternSearch(costAt, [1, 2]);
    expect(report.termination).toBe("converged");
    // The search stops where a step of 2^-40 gains nothing; iterative reweighting converges linearly.
    expect(Math.abs(report.finalCost / costAt(least[0], least[1]) - 1)).toBeLessThan(1e-10);
    expectClose(x, least, 1e-5);
  });

  test("a loss of one's own", () => {
    // Pseudo-Huber: 2 (sqrt(1 + s) - 1)
    const own: Loss = { rho: (s) => 2 * (Math.sqrt(1 + s) - 1), weight: (s) => 1 / Math.sqrt(1 + s) };
    const costAt = (a: number, b: number): number => t.reduce((sum, ti, i) => sum + own.rho((a + b * ti - y[i]) ** 2), 0);

    const { x, report } = minimized(robust(line(t, y), own), [1, 2], 1e-14);

    expect(report.termination).toBe("converged");
    expectClose(x, patternSearch(costAt, [1, 2]), 1e-5);
  });

  test("in mixed precision converges to the cost of fp64", () => {
    const cost = (policy: "fp64" | "mixed"): number => {
      const run = start(robust(line(t, y), cauchy(0.3)), Float64Array.of(1, 2), {
        policy: presetPolicy(policy),
        solver: new DenseSolver(),
      });
      while (!run.done) run.step();
      expect(run.report.termination).toBe("converged");
      return run.report.finalCost;
    };

    expect(Math.abs(cost("mixed") / cost("fp64") - 1)).toBeLessThan(1e-5 + tolerance(fp32, 8));
  });
});

/** Of a convex cost, or near its minimum: steps along the axes and diagonals, halved where none goes down. */
function patternSearch(cost: (a: number, b: number) => number, from: readonly [number, number]): [number, number] {
  let [a, b] = from;
  for (let step = 1; step > 2 ** -40; ) {
    const next = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j): [number, number] => [a + i * step, b + (j * step) / 4]));
    const best = next.reduce((p, q) => (cost(q[0], q[1]) < cost(p[0], p[1]) ? q : p));
    if (cost(best[0], best[1]) < cost(a, b)) [a, b] = best;
    else step /= 2;
  }
  return [a, b];
}
