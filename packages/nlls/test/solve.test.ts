import { OptionError } from "@slam/errors";
import { describe, expect, test } from "vitest";
import { start } from "../src/minimize.ts";
import { presetPolicy } from "../src/policy.ts";
import { drive, solve } from "../src/solve.ts";
import { DenseSolver } from "./dense.ts";
import { misra1a } from "./problems.ts";

const { problem } = misra1a;
const x0 = Float64Array.from(misra1a.starts[1]);
const options = () => ({ policy: presetPolicy("fp64"), solver: new DenseSolver() });

describe("solve", () => {
  test("is start, stepped to its end", async () => {
    const run = start(problem, x0, options());
    while (!run.done) run.step();

    const { x, report } = await solve(problem, x0, options());

    expect([...x]).toEqual([...run.x]);
    expect(report.termination).toBe("converged");
    expect(report.iterations.map(({ cost }) => cost)).toEqual(run.report.iterations.map(({ cost }) => cost));
  });

  test("gives way to the event loop between iterations", async () => {
    const order: string[] = [];
    const onIteration = (_: unknown, index: number): void => {
      order.push(`iteration ${index}`);
      setTimeout(() => order.push(`timer ${index}`), 0);
    };

    await solve(problem, x0, { ...options(), onIteration });

    expect(order.slice(0, 4)).toEqual(["iteration 1", "timer 1", "iteration 2", "timer 2"]);
  });

  test("does nothing under a signal that is aborted already", async () => {
    const { x, report } = await solve(problem, x0, { ...options(), signal: { aborted: true } });

    expect(report).toMatchObject({ termination: "cancelled", message: "the signal was aborted", iterations: [] });
    expect(x).toEqual(x0);
  });

  test("ends with the best point once an AbortController says so", async () => {
    const controller = new AbortController();
    const onIteration = (_: unknown, index: number): void => {
      if (index === 2) controller.abort();
    };

    const { report } = await solve(problem, x0, { ...options(), onIteration, signal: controller.signal });

    expect(report.termination).toBe("cancelled");
    expect(report.iterations).toHaveLength(2);
    expect(report.finalCost).toBe(report.iterations[1].cost);
  });

  test("leaves a result alone that is there when the signal comes", async () => {
    const signal = { aborted: false };
    const run = start(problem, x0, options());
    while (!run.done) run.step();
    signal.aborted = true;

    await drive(run, signal);

    expect(run.report.termination).toBe("converged");
  });

  test("rejects where start throws", async () => {
    await expect(solve(problem, x0, { ...options(), eta: 2 })).rejects.toThrow(OptionError);
  });
});
