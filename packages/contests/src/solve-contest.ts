/** A solve of any library, step by step. */
export interface SolveRun {
  readonly done: boolean;
  readonly report: { readonly seconds: { readonly linearSolve: number } };
  step(): void;
}

/** Who solves the same problem as the others in its own way. */
export interface Entrant<R extends SolveRun> {
  readonly name: string;
  readonly start: () => R;
}

/** Seconds of one solve, from its start on, and of its linear solves. */
interface SolveTurn {
  readonly solve: number;
  readonly linearSolve: number;
}

/** All turns of one entrant, and its last run. */
export interface SolveTimes<R extends SolveRun> {
  readonly name: string;
  readonly turns: readonly SolveTurn[];
  readonly run: R;
}

/**
 * Lets all solve in turns, once before the first of them: what V8 has not optimised yet is not what is asked for.
 *
 * @param clock seconds.
 * @param isStopped asked before each step. @returns undefined where it says so.
 */
export function competeInSolves<R extends SolveRun>(
  entrants: readonly Entrant<R>[],
  turns: number,
  clock: () => number,
  isStopped: () => boolean = () => false,
): readonly SolveTimes<R>[] | undefined {
  const all = entrants.map(() => [] as SolveTurn[]);
  const runs: R[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    for (const [k, { start }] of entrants.entries()) {
      const began = clock();
      const run = start();
      while (!run.done) {
        if (isStopped()) return undefined;
        run.step();
      }
      const solve = clock() - began;
      if (turn > 0) all[k].push({ solve, linearSolve: run.report.seconds.linearSolve });
      runs[k] = run;
    }
  }
  return entrants.map(({ name }, k) => ({ name, turns: all[k], run: runs[k] }));
}
