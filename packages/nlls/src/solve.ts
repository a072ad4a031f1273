import { start } from "./minimize.ts";
import type { Jacobian, LeastSquaresProblem } from "./problem.ts";
import type { SolveReport } from "./report.ts";
import type { MinimizeOptions, Run } from "./run.ts";

/** What is read of an AbortSignal. */
export interface Cancellation {
  readonly aborted: boolean;
}

/** The result of a solve: the best point found, and how it was found. */
export interface Solution<X> {
  readonly x: X;
  readonly report: SolveReport;
}

/**
 * Runs `start` to its end, giving way to the event loop between outer iterations; an aborted signal ends it "cancelled" with the best
 * point.
 */
export async function solve<X, J extends Jacobian>(
  problem: LeastSquaresProblem<X, J>,
  x0: X,
  options: MinimizeOptions<J> & { readonly signal?: Cancellation },
): Promise<Solution<X>> {
  const run = start(problem, x0, options);
  await drive(run, options.signal);
  return { x: run.x, report: run.report };
}

/** Steps a run that was started to its end, as `solve` does. */
export async function drive(run: Pick<Run<unknown>, "done" | "step" | "cancel">, signal?: Cancellation): Promise<void> {
  while (!run.done) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    if (signal?.aborted) run.cancel("the signal was aborted");
    else run.step();
  }
}
