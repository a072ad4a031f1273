import { EXIT } from "./failure.ts";
import { type JsonTarget, jsonFile, jsonText } from "./json.ts";
import { type Output, writeOutputs } from "./outputs.ts";
import type { SolverReport } from "./solver-report.ts";

/** A solve that has ended, for those who asked for it. */
export interface Delivery {
  readonly report: Pick<SolverReport, "termination" | "message"> & { readonly input: { readonly file: string } };
  /** All files but the report's. */
  readonly outputs: readonly Output[];
  readonly json: JsonTarget | undefined;
  readonly quiet: boolean;
  readonly interrupted: boolean;
  /** Whether the result is proved to be the optimum, however the solve ended. */
  readonly isOptimum?: boolean;
  /** For reading on a terminal; what it needs is loaded when it is asked for. */
  summary(colors: boolean): Promise<string>;
}

/** Writes the results of a solve, and prints them where they are wanted. @returns the exit code. */
export async function deliver({ report, outputs, json, quiet, interrupted, isOptimum = false, summary }: Delivery): Promise<number> {
  const reportFile = jsonFile(json);
  await writeOutputs(reportFile === undefined ? outputs : [...outputs, { target: reportFile, chunks: [jsonText(report)] }]);
  const toStdout = json !== undefined && reportFile === undefined;
  if (toStdout) process.stdout.write(jsonText(report));
  const stream = toStdout ? process.stderr : process.stdout;
  if (!quiet) stream.write(await summary(stream.isTTY && !process.env.NO_COLOR));
  if (interrupted) return EXIT.interrupted;
  const { termination, message, input } = report;
  if (termination === "converged" || isOptimum) return EXIT.converged;
  console.error(`slam: ${input.file}: not converged (${termination}): ${message}`);
  return EXIT.notConverged;
}
