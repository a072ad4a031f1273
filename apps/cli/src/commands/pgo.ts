import type { LossName, LossOptions, PoseGraph, PoseGraphOptions } from "@slam/pgo";
import { EXIT, UsageError } from "../failure.ts";
import { checkGraphTarget, encodeGraph, readGraphFile, warnOfUnknownTags } from "../graph-file.ts";
import { checkJsonTarget, type JsonTarget, jsonFile, jsonText } from "../json.ts";
import { checkTargets, type Output, writeOutputs } from "../outputs.ts";
import { type PolicyJson, policyNames, policyOf, readPolicy } from "../policy.ts";
import { openProgress, silentProgress } from "../progress.ts";
import { type PgoReport, pgoReport } from "../report.ts";
import { solveInWorker } from "../solve.ts";
import { pgoSummary } from "../summary.ts";
import { readTruth, trajectoryError } from "../truth.ts";

type SolverOptions = Pick<
  PoseGraphOptions,
  "method" | "linear" | "preconditioner" | "fill" | "drop" | "refresh" | "eta" | "init" | "ftol" | "maxIterations"
>;

export interface PgoOptions extends SolverOptions {
  readonly policy: string;
  readonly loss?: { readonly name: LossName | "none"; readonly C?: number };
  readonly lossOn?: "all" | "loops";
  readonly fix?: readonly number[];
  readonly truth?: string;
  readonly out?: string;
  readonly json?: JsonTarget;
  readonly report?: string;
  readonly quiet?: boolean;
  readonly repeat: number;
}

/** Optimises the pose graph in a file. @returns the exit code. */
export async function pgo(file: string, options: PgoOptions): Promise<number> {
  const { policy: policyName, fix = [], truth: truthFile, out, json, report: pageFile, quiet = false, repeat, ...others } = options;
  const { loss: _, lossOn: __, ...solver } = others;
  const reportFile = jsonFile(json);
  checkOptions(options, [out, reportFile, pageFile]);
  const policy = await readPolicy(policyName);
  checkDirect(options, policy);

  const began = performance.now();
  const read = await readGraphFile(file);
  const parseSeconds = (performance.now() - began) / 1000;
  warnOfUnknownTags(file, read);
  const { graph } = read;
  const truth = truthFile === undefined ? undefined : await readTruth(truthFile, graph);
  const fixed = [...new Set([...graph.fixed, ...indicesOf(graph, fix)])];

  const loss = lossOf(options);
  const job = { name: file, graph, policy, options: { ...solver, fixed, ...(loss && { loss }) }, repeat };
  const costName = loss === undefined ? "chi2" : "cost";
  const outcome = await solveInWorker(job, quiet ? silentProgress : openProgress(process.stderr, costName));

  const solved: PoseGraph = { ...graph, poses: outcome.poses, known: new Uint8Array(graph.ids.length).fill(1) };
  const report = pgoReport({ file, read, parseSeconds }, outcome, truth && trajectoryError(truth, solved));
  const { init } = outcome.report;
  const outputs: Output[] = [];
  if (out !== undefined) outputs.push({ target: out, chunks: encodeGraph(out, solved) });
  if (reportFile !== undefined) outputs.push({ target: reportFile, chunks: [jsonText(report)] });
  if (pageFile !== undefined) {
    const { pgoPage } = await import("../pgo-page.ts");
    outputs.push({ target: pageFile, chunks: [await pgoPage(report, init, graph, solved)] });
  }
  await writeOutputs(outputs);
  const toStdout = json !== undefined && reportFile === undefined;
  if (toStdout) process.stdout.write(jsonText(report));
  if (!quiet) printSummary(report, init, toStdout ? process.stderr : process.stdout);
  return exitCode(report, outcome.interrupted);
}

function lossOf({ loss, lossOn }: PgoOptions): LossOptions | undefined {
  if (loss === undefined || loss.name === "none") return undefined;
  const { name, ...bound } = loss;
  return { loss: name, ...bound, ...(lossOn && { on: lossOn }) };
}

/** A direct solver has a complete factor, new in each step, which has the numbers for it. */
function checkDirect({ linear, preconditioner, fill, drop, refresh, policy: name }: PgoOptions, policy: PolicyJson): void {
  if (linear !== "direct") return;
  for (const [flag, value] of Object.entries({ preconditioner, fill, drop, refresh })) {
    if (value !== undefined) throw new UsageError(`--${flag} goes with --linear cgnr, not direct`);
  }
  const { factorize } = policyNames(policyOf(policy));
  if (factorize !== "fp64" && factorize !== "fp32") {
    throw new UsageError(
      `--linear direct factorises in fp64 or fp32; --policy ${name} does it in ${factorize}, which can only precondition`,
    );
  }
}

function checkOptions(
  { preconditioner = "ichol", fill, drop, refresh, loss, lossOn, out, json }: PgoOptions,
  targets: readonly (string | undefined)[],
): void {
  for (const [flag, value] of Object.entries({ fill, drop })) {
    if (value !== undefined && preconditioner !== "ichol")
      throw new UsageError(`--${flag} goes with --preconditioner ichol, not ${preconditioner}`);
  }
  if (fill !== undefined && drop !== undefined)
    throw new UsageError("--fill keeps fill by its level, --drop by its size: give one of them");
  if (refresh !== undefined && preconditioner === "none") throw new UsageError("--refresh goes with a preconditioner, not with none");
  if (lossOn !== undefined && (loss === undefined || loss.name === "none"))
    throw new UsageError("--loss-on goes with a --loss, not with none");
  checkJsonTarget(json);
  if (out !== undefined) checkGraphTarget(out);
  checkTargets(targets.filter((target) => target !== undefined));
}

function indicesOf(graph: PoseGraph, ids: readonly number[]): number[] {
  return ids.map((id) => {
    const index = graph.ids.indexOf(id);
    if (index < 0)
      throw new UsageError(`--fix ${id}: the graph has no pose of this id; its ids are ${graph.ids[0]} ... ${graph.ids.at(-1)}`);
    return index;
  });
}

function printSummary(report: PgoReport, init: string, stream: NodeJS.WriteStream): void {
  const colors = stream.isTTY && !process.env.NO_COLOR;
  stream.write(pgoSummary(report, init, colors));
}

function exitCode({ termination, message, input }: PgoReport, interrupted: boolean): number {
  if (interrupted) return EXIT.interrupted;
  if (termination === "converged") return EXIT.converged;
  console.error(`slam: ${input.file}: not converged (${termination}): ${message}`);
  return EXIT.notConverged;
}
