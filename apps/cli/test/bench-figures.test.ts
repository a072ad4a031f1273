import type { Timing } from "@slam/contests";
import { presetPolicy } from "@slam/nlls";
import { describe, expect, test } from "vitest";
import { kernelFigures } from "../src/bench/kernel-bench.ts";
import { isBusy } from "../src/bench/machine.ts";
import { type ReportingRun, type SolveContest, solveFigures } from "../src/bench/solve-bench.ts";
import { workingSets } from "../src/bench/working-sets.ts";

describe("kernelFigures", () => {
  const timing = (kernel: string, format: string, bytes: number, seconds: readonly number[]): Timing => ({
    contestant: { kernel, format, by: "slam", bytes, flops: 0, run: () => 0 },
    seconds,
  });

  test("are medians, and ratios turn by turn", () => {
    const timings = [
      timing("triad", "fp32", 4e9, [1, 10, 1]),
      timing("J x", "fp32", 4e9, [2, 20, 2]),
      timing("J x", "fp16", 2e9, [1, 10, 1.5]),
    ];

    const [, single, half] = kernelFigures(timings, 44);

    expect(single).toEqual({
      kernel: "J x",
      megabytes: 44,
      format: "fp32",
      milliseconds: 2000,
      gigabytesPerSecond: 2,
      ofTriad: 0.5,
      ofFp32: 1,
    });
    expect(half).toMatchObject({ milliseconds: 1500, ofFp32: 0.5, ofTriad: 0.5 });
  });
});

describe("solveFigures", () => {
  const run = (name: "fp64" | "fp32" | "mixed", cost: number): ReportingRun & { report: { cost: number } } => ({
    done: true,
    step: () => {},
    report: {
      seconds: { linearSolve: 0 },
      policy: presetPolicy(name),
      termination: "converged",
      iterations: [{}, {}],
      cgIterations: 7,
      cost,
    },
  });
  const contest: SolveContest<ReturnType<typeof run>> = {
    problem: "ring",
    size: { poses: 5 },
    linear: "cgnr",
    entrants: [],
    costOf: ({ cost }) => cost,
  };

  test("compare with fp32 turn by turn, and with fp64's cost", () => {
    const times = [
      {
        name: "fp64",
        turns: [
          { solve: 4, linearSolve: 2 },
          { solve: 40, linearSolve: 30 },
        ],
        run: run("fp64", 10),
      },
      {
        name: "fp32",
        turns: [
          { solve: 2, linearSolve: 1 },
          { solve: 10, linearSolve: 10 },
        ],
        run: run("fp32", 11),
      },
    ];

    const [double, single] = solveFigures(contest, times);

    expect(double).toMatchObject({
      problem: "ring",
      policy: { name: "fp64", matvec: "fp64" },
      iterations: 2,
      cgIterations: 7,
      costAboveFp64: 0,
      seconds: { solve: 22, linearSolve: 16 },
      ofFp32: { solve: 3, linearSolve: 2.5 },
    });
    expect(single).toMatchObject({ cost: 11, ofFp32: { solve: 1, linearSolve: 1 } });
    expect(single.costAboveFp64).toBeCloseTo(0.1, 14);
  });
});

describe("workingSets", () => {
  const plenty = 2 ** 40;

  test("are the usual ones where the caches are unknown", () => {
    expect(workingSets({}, plenty)).toEqual({ megabytes: [0.9, 32, 96], skipped: [] });
  });

  test("follow the caches, up to what a user waits for", () => {
    expect(workingSets({ l2Bytes: 2 ** 19, l3Bytes: 2 ** 24 }, plenty).megabytes).toEqual([0.24, 17, 96]);
    expect(workingSets({ l2Bytes: 2 ** 24, l3Bytes: 2 ** 28 }, plenty).megabytes).toEqual([0.9, 100, 200]);
  });

  test("leave out what memory has no room for", () => {
    expect(workingSets({}, 5e8)).toEqual({ megabytes: [0.9, 32], skipped: [96] });
  });
});

test("a machine is busy where the load of others leaves no core free", () => {
  expect([isBusy(1.4, 2, 0), isBusy(1.6, 2, 0), isBusy(2.4, 2, 1), isBusy(2.6, 2, 1)]).toEqual([false, true, false, true]);
});
