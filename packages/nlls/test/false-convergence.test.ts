import { bf16, fp64, operationFormat, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { start } from "../src/minimize.ts";
import { presetPolicy } from "../src/policy.ts";
import type { MinimizeOptions, Run } from "../src/run.ts";
import { type DenseJacobian, DenseProblem, DenseSolver } from "./dense.ts";
import { Lying } from "./lying.ts";
import { linear, misra1a } from "./problems.ts";

// "converged" is said of a point whose cost is within about ftol of the least, whatever the linear solver returns and the policy rounds.

function minimized(problem: DenseProblem, x0: readonly number[], options: Partial<MinimizeOptions<DenseJacobian>>): Run<Float64Array> {
  const run = start(problem, Float64Array.from(x0), { policy: presetPolicy("fp64"), solver: new DenseSolver(), ...options });
  while (!run.done) run.step();
  return run;
}

const leastCost = misra1a.certified.sumOfSquares;
const [, nearby] = misra1a.starts;

describe("a linear solver that returns", () => {
  test("the same garbage each time is stagnated, and nothing is moved", () => {
    const { x, report } = minimized(linear, [10, -7], { solver: new Lying(() => Float64Array.of(3, 1)) });

    expect(report.termination).toBe("stagnated");
    expect([...x]).toEqual([10, -7]);
  });

  test("an ascent direction is stagnated where it began", () => {
    const { x, report } = minimized(linear, [10, -7], { solver: new Lying((dx) => dx.map((d) => -d)) });

    expect(report.termination).toBe("stagnated");
    expect([...x]).toEqual([10, -7]);
  });

  test.each(["gn", "lm", "dogleg"] as const)("no step is a breakdown under %s", (method) => {
    const { report } = minimized(linear, [10, -7], { method, solver: new Lying((dx) => dx.map(() => 0)) });

    expect(report.termination).toBe("breakdown");
    expect(report.message).toContain("the linear solve gave no step");
  });

  test.each(["lm", "dogleg"] as const)("NaN is non-finite under %s", (method) => {
    const { x, report } = minimized(linear, [10, -7], { method, solver: new Lying((dx) => dx.map(() => NaN)) });

    expect(report.termination).toBe("non-finite");
    expect([...x]).toEqual([10, -7]);
  });

  test.each(["lm", "dogleg"] as const)("steps so short that the cost hardly falls is stagnated under %s, not at an optimum", (method) => {
    const { report } = minimized(misra1a.problem, nearby, { method, solver: new Lying((dx) => dx.map((d) => 1e-8 * d)) });

    expect(report.termination).toBe("stagnated");
    expect(report.message).toContain("of the fp64 gradient");
    expect(report.finalCost).toBeGreaterThan(10 * leastCost);
  });

  test("half of each step reaches the optimum, but is not believed", () => {
    const solver = new Lying((dx) => dx.map((d) => bf16.round(d / 2)));

    const { report } = minimized(misra1a.problem, nearby, { solver });

    expect(report.termination).toBe("stagnated");
    expect(report.finalCost / leastCost - 1).toBeLessThan(1e-5);
    expect(solver.rtols).toEqual([...report.iterations.map(() => 1e-2), 1e-3]);
  });

  test("a step that the model is against is taken where it goes down, and decides nothing", () => {
    const sine = new DenseProblem(
      1,
      ([x]) => [Math.sin(x)],
      ([x]) => [[Math.cos(x)]],
    );
    // From 1.2 downhill is to the left; at 3.1 the cost is lower nevertheless.
    let steps = 0;
    const solver = new Lying((dx) => (steps++ === 0 ? Float64Array.of(1.9) : dx));

    const { x, report } = minimized(sine, [1.2], { solver });

    expect(report.iterations[0].gainRatio).toBeLessThan(0);
    expect(report.termination).toBe("converged");
    expectClose(x, [Math.PI], tolerance(fp64, 4));
  });

  test.each(["lm", "dogleg"] as const)("anything at all: under %s converged means within 2 ftol of the least cost", (method) => {
    const spoiled = fc.record({
      factor: fc.constantFrom(1, 1.5, 1.9, 0.5, 0.1, 1e-3, 1e-6, -1, 2),
      noise: fc.constantFrom(0, 1e-3, 0.1, 1, 10),
      seed: fc.integer({ min: 1, max: 1e6 }),
      ftol: fc.constantFrom(1e-2, 1e-4, 1e-6),
    });
    fc.assert(
      fc.property(spoiled, ({ factor, noise, seed, ftol }) => {
        let state = seed;
        const random = (): number => {
          state = (48271 * state) % (2 ** 31 - 1);
          return (2 * state) / (2 ** 31 - 1) - 1;
        };
        const solver = new Lying((dx) => dx.map((d) => d * (factor + noise * random())));

        const { report } = minimized(misra1a.problem, nearby, { solver, ftol, method });

        if (report.termination === "converged") expect(report.finalCost / leastCost - 1).toBeLessThan(2 * ftol);
      }),
    );
  });
});

describe("a policy that rounds every operation to fp16", () => {
  // A line through data near 1000, where fp16 is spaced by 0.5.
  const line = new DenseProblem(
    2,
    ([a, b]) => [1000.3, 1001.1, 1001.8, 1003.4, 1003.9].map((y, t) => a + b * t - y),
    () => [0, 1, 2, 3, 4].map((t) => [1, t]),
  );
  const exact = minimized(line, [0, 0], {}).report;

  test("half: the optimum, but a gradient in fp16 that fp64 does not confirm", () => {
    const { report } = minimized(line, [0, 0], { policy: presetPolicy("half") });

    expect(report.termination).toBe("stagnated");
    expect(report.finalCost / exact.finalCost - 1).toBeLessThan(1e-6);
  });

  test("naive: no optimum", () => {
    const { report } = minimized(line, [0, 0], { policy: presetPolicy("naive") });

    expect(exact.termination).toBe("converged");
    expect(report.termination).not.toBe("converged");
    expect(report.finalCost / exact.finalCost - 1).toBeGreaterThan(0.1);
  });

  test("stagnates where its gradient is zero and that of fp64 is not", () => {
    // g = 1e-5 r, and r = 1e-4: 1e-9 is flushed to zero.
    const tiny = new DenseProblem(
      1,
      ([x]) => [1e-5 * x - 1e-4],
      () => [[1e-5]],
    );

    const { x, report } = minimized(tiny, [0], { policy: presetPolicy("naive") });

    expect(report).toMatchObject({ termination: "stagnated", message: "the gradient is zero in fp16/fp16, but not in fp64" });
    expect([...x]).toEqual([0]);
    expect(minimized(tiny, [0], {}).report.termination).toBe("converged");
  });
});

test("steps from one side of a valley to the other are not converged, little as the cost falls", () => {
  // Gauss-Newton goes from x to -0.999 x: from 0.01 the cost falls by 4e-7 of itself and stays 2e-4 above the least, 1.
  const valley = new DenseProblem(
    1,
    ([x]) => [x, 1 + 0.4995 * x ** 2],
    ([x]) => [[1], [0.999 * x]],
  );

  const { report } = minimized(valley, [0.01], {});

  const decrease = report.initialCost - report.iterations[0].cost;
  expect(decrease).toBeGreaterThan(0);
  expect(decrease).toBeLessThan(1e-6 * report.initialCost);
  expect(report.termination).toBe("max-iterations");
});

test("a point without a gradient is not converged where a lower one is known", () => {
  // From 0 the step is to 10, where the gradient is zero and the cost 10000; from 5 on down it falls from 25 to 100.
  const cliff = new DenseProblem(
    1,
    ([x]) => [x - 10, x < 5 ? 0 : 100],
    () => [[1], [0]],
  );

  const damped = minimized(cliff, [0], {});
  const undamped = minimized(cliff, [0], { method: "gn" });

  expect(undamped.report).toMatchObject({ termination: "diverged", finalCost: 100 });
  expect(damped.report.termination).not.toBe("converged");
  expect(damped.report.finalCost).toBeGreaterThan(25);
  expect(damped.report.finalCost).toBeLessThan(26);
});

test("a point with hardly a gradient is not converged where a lower one is known", () => {
  // As above, but with a gradient of 1e-9 at 10.
  const cliff = new DenseProblem(
    1,
    ([x]) => [x - 10, x < 5 ? 0 : 100 + 1e-11 * x],
    ([x]) => [[1], [x < 5 ? 0 : 1e-11]],
  );

  expect(minimized(cliff, [0], {}).report.termination).not.toBe("converged");
  expect(minimized(cliff, [0], { method: "gn" }).report).toMatchObject({ termination: "diverged", finalCost: 100 });
});

describe("a last step that is not right to eta", () => {
  test("is gone on with, and converged where that makes it right", () => {
    // A tenth of each step is missing until the solver is asked to go on.
    const solver = new Lying((dx, warm) => dx.map((d) => (warm ? d : 0.9 * d)));

    const { x, report } = minimized(linear, [10, -7], { solver });

    expect(report.termination).toBe("converged");
    expect(solver.rtols).toEqual([...report.iterations.map(() => 1e-2), 1e-3]);
    expect(report.cgIterations).toBe(report.iterations.length + 1);
    expectClose(x, [5 / 3, 1], tolerance(fp64, 16));
  });

  test("is right enough where what it leaves is eta^2 ftol of the cost: J in fp32 at the optimum", () => {
    const { b1, b2 } = misra1a.certified;

    expect(minimized(misra1a.problem, [b1, b2], { policy: presetPolicy("fp32") }).report.termination).toBe("converged");
  });
});

describe("a gradient that rounding J to fp32 turns, in a direction as soft as", () => {
  // One column is 0.7 of the other but for delta in one row; r is large at the optimum.
  function softLine(delta: number): DenseProblem {
    const J = [1 / 3, 1 / 7, 0.9, 1 / 11].map((a, i) => [a, 0.7 * a + (i === 1 ? delta : 0)]);
    const b = [1, 2, -3, 5];
    return new DenseProblem(
      2,
      ([x, y]) => J.map(([a, c], i) => a * x + c * y - b[i]),
      () => J,
    );
  }

  test.each([
    { delta: 1e-3, termination: "converged" },
    // Rounding leaves undone more than a tenth of ftol.
    { delta: 1e-5, termination: "stagnated" },
  ])("$delta: $termination", ({ delta, termination }) => {
    const { report } = minimized(softLine(delta), [0, 0], { policy: presetPolicy("fp32") });

    expect(report.termination).toBe(termination);
  });
});

test("the check is in fp64 whatever the policy", () => {
  const formats: string[] = [];
  class Spied extends DenseProblem {
    override jacobian(...[x, format]: Parameters<DenseProblem["jacobian"]>): DenseJacobian {
      formats.push(format.name);
      return super.jacobian(x, format);
    }
  }
  const problem = new Spied(
    2,
    (x) => {
      const r = new Float64Array(3);
      linear.residual(Float64Array.from(x), operationFormat(fp64), r);
      return [...r];
    },
    () => linear.jacobian(new Float64Array(2), operationFormat(fp64)).rows,
  );

  const { report } = minimized(problem, [10, -7], { policy: presetPolicy("fp32") });

  expect(report.termination).toBe("converged");
  expect(formats).toEqual(["fp32", "fp32", "fp64"]);
});
