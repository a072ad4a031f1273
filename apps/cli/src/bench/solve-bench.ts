import { competeInSolves, type Entrant, median, pairedRatio, type SolveRun, type SolveTimes } from "@slam/contests";
import type { Operation, Termination } from "@slam/linop";
import type { Policy } from "@slam/nlls";
import { ArenaPool } from "@slam/wasm";
import { policyNames, policyOf } from "../policy.ts";
import type { BenchControl, BenchJob, SolveFigure } from "./bench-job.ts";
import { problemText } from "./problem-text.ts";

const POLICIES = ["fp64", "fp32", "mixed"];

/** One problem by one linear solver, in each policy. */
export interface SolveContest<R extends SolveRun> extends Pick<SolveFigure, "problem" | "size" | "linear"> {
  readonly entrants: readonly Entrant<R>[];
  readonly costOf: (report: R["report"]) => number;
}

/**
 * An entrant for each policy, whose solves take over the memory of the one before.
 *
 * @param sixteenBit what "mixed" may store in 16 bits.
 */
export function entrantsByPolicy<R extends SolveRun>(
  sixteenBit: readonly Operation[],
  start: (options: { readonly policy: Policy; readonly arenas: ArenaPool }) => R,
): readonly Entrant<R>[] {
  return POLICIES.map((name) => {
    const [policy, arenas] = [policyOf({ preset: name, name }, sixteenBit), new ArenaPool()];
    return {
      name,
      start: () => {
        arenas.recycle();
        return start({ policy, arenas });
      },
    };
  });
}

/** A run whose report says what figures need. */
export interface ReportingRun extends SolveRun {
  readonly report: SolveRun["report"] & {
    readonly policy: Policy;
    readonly termination: Termination;
    readonly iterations: readonly object[];
    readonly cgIterations: number;
  };
}

/** Runs contests one after the other; each is made when its turn comes. */
export function benchSolves<R extends ReportingRun>(
  part: "pgo" | "ba",
  contests: Iterable<SolveContest<R>>,
  { rounds }: Pick<BenchJob, "rounds">,
  { isStopped, tell }: BenchControl,
): void {
  for (const contest of contests) {
    if (isStopped()) return;
    tell({ kind: "begins", what: `${problemText(contest)} by ${contest.linear}` });
    const times = competeInSolves(contest.entrants, rounds, () => performance.now() / 1000, isStopped);
    if (times === undefined) return;
    tell({ kind: "solves", part, figures: solveFigures(contest, times) });
  }
}

/** @param times of all policies, fp32 and fp64 among them. */
export function solveFigures<R extends ReportingRun>(
  { problem, size, linear, costOf }: SolveContest<R>,
  times: readonly SolveTimes<R>[],
): readonly SolveFigure[] {
  const named = (name: string): SolveTimes<R> => times.find((its) => its.name === name)!;
  const [single, double] = [named("fp32"), costOf(named("fp64").run.report)];
  return times.map(({ turns, run: { report } }) => {
    const all = (of: SolveTimes<R>["turns"], key: "solve" | "linearSolve"): readonly number[] => of.map((turn) => turn[key]);
    const ratio = (key: "solve" | "linearSolve"): number => pairedRatio(all(turns, key), all(single.turns, key));
    const cost = costOf(report);
    return {
      problem,
      size,
      linear,
      policy: policyNames(report.policy),
      termination: report.termination,
      iterations: report.iterations.length,
      cgIterations: report.cgIterations,
      cost,
      costAboveFp64: cost / double - 1,
      seconds: { solve: median(all(turns, "solve")), linearSolve: median(all(turns, "linearSolve")) },
      ofFp32: { solve: ratio("solve"), linearSolve: ratio("linearSolve") },
    };
  });
}
