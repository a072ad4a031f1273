import type { PoseGraph, PoseGraphOptions } from "@slam/pgo";
import { EXIT, UsageError } from "../failure.ts";
import { checkGraphTarget, encodeGraph, readGraphFile, readTruth, trajectoryOf, warnOfUnknownTags } from "../graph-file.ts";
import { checkJsonTarget, isStdout, jsonText } from "../json.ts";
import { checkTargets, type Output, writeOutputs } from "../outputs.ts";
import { readPolicy } from "../policy.ts";
import { openProgress, silentProgress } from "../progress.ts";
import { type PgoReport, pgoReport } from "../report.ts";
import { solveInWorker } from "../solve.ts";
import { pgoSummary } from "../summary.ts";
import { trajectoryError } from "../trajectory-error.ts";

type SolverOptions = Pick<PoseGraphOptions, "method" | "preconditioner" | "fill" | "refresh" | "eta" | "init" | "ftol" | "maxIterations">;

export interface PgoOptions extends SolverOptions {
  readonly policy: string;
  readonly linear: "cgnr";
  readonly fix: readonly number[];
  readonly truth?: string;
  readonly out?: string;
  /** "-" for stdout. */
  readonly json?: string;
  readonly report?: string;
  readonly quiet: boolean;
  readonly repeat: number;
}

/** Optimises the pose graph in a file. @returns the exit code. */
export async function pgo(file: string, options: PgoOptions): Promise<number> {
  const { policy: policyName, linear: _, fix, truth, out, json, report: html, quiet, repeat, ...solver } = options;
  checkOptions(options);
  const policy = await readPolicy(policyName);
  const began = performance.now();
  const read = await readGraphFile(file);
  const { graph, unknown } = read;
  const input = { file, graph, unknown, parseSeconds: (performance.now() - began) / 1000 };
  warnOfUnknownTags(file, read);
  const reference = truth === undefined ? undefined : await readTruth(truth);
  const fixed = [...new Set([...graph.fixed, ...indicesOf(graph, fix)])];

  const job = { graph, policy, options: { ...solver, fixed }, repeat };
  const outcome = await solveInWorker(job, quiet ? silentProgress : openProgress(process.stderr));

  const solved: PoseGraph = { ...graph, poses: outcome.poses, known: new Uint8Array(graph.ids.length).fill(1) };
  const error = reference && truth !== undefined ? trajectoryError(truth, reference, trajectoryOf(file, solved)) : undefined;
  const report = pgoReport(input, outcome, error);
  const outputs: Output[] = [];
  if (out !== undefined) outputs.push({ target: out, chunks: encodeGraph(out, solved) });
  if (json !== undefined && !isStdout(json)) outputs.push({ target: json, chunks: [jsonText(report)] });
  if (html !== undefined) {
    const { pgoPage } = await import("../pgo-page.ts");
    outputs.push({ target: html, chunks: [await pgoPage(report, outcome.report.init, graph, solved)] });
  }
  await writeOutputs(outputs);
  if (isStdout(json)) process.stdout.write(jsonText(report));
  if (!quiet) print(report, outcome.report.init, isStdout(json) ? process.stderr : process.stdout);
  return exitCode(report, outcome.interrupted);
}

function checkOptions({ preconditioner = "ichol", fill, refresh, out, json, report }: PgoOptions): void {
  if (fill !== undefined && preconditioner !== "ichol")
    throw new UsageError(`--fill goes with --preconditioner ichol, not ${preconditioner}`);
  if (refresh !== undefined && preconditioner === "none") throw new UsageError("--refresh goes with a preconditioner, not with none");
  checkJsonTarget(json);
  if (out !== undefined) checkGraphTarget(out);
  checkTargets([out, json, report].filter((target) => target !== undefined && target !== "-") as string[]);
}

function indicesOf(graph: PoseGraph, ids: readonly number[]): number[] {
  return ids.map((id) => {
    const index = graph.ids.indexOf(id);
    if (index < 0)
      throw new UsageError(`--fix ${id}: the graph has no pose of this id; its ids are ${graph.ids[0]} ... ${graph.ids.at(-1)}`);
    return index;
  });
}

function print(report: PgoReport, init: string, stream: NodeJS.WriteStream): void {
  const colors = stream.isTTY && !process.env.NO_COLOR;
  stream.write(pgoSummary(report, init, colors));
}

function exitCode({ termination, message, input }: PgoReport, interrupted: boolean): number {
  if (interrupted) return EXIT.interrupted;
  if (termination === "converged") return EXIT.converged;
  console.error(`slam: ${input.file}: not converged (${termination}): ${message}`);
  return EXIT.notConverged;
}
