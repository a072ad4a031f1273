import { BENCH_PARTS, type BenchPart, type SolveFigure } from "../bench/bench-job.ts";
import type { BenchReport } from "../bench/bench-report.ts";
import { currentLoad, describeMachine, isBusy } from "../bench/machine.ts";
import { problemText } from "../bench/problem-text.ts";
import { runBench } from "../bench/run-bench.ts";
import { workingSets } from "../bench/working-sets.ts";
import { EXIT } from "../failure.ts";
import { checkJsonTarget, type JsonTarget, jsonFile, jsonText } from "../json.ts";
import { checkTargets, writeOutputs } from "../outputs.ts";
import { openProgress, silentProgress } from "../progress.ts";
import { VERSION } from "../version.ts";

export interface BenchOptions {
  readonly repeat: number;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

/** Says how long this machine takes in each format, as ratios to fp32. @returns the exit code. */
export async function bench(part: BenchPart | undefined, { repeat: rounds, json, quiet = false }: BenchOptions): Promise<number> {
  checkJsonTarget(json);
  const reportFile = jsonFile(json);
  checkTargets(reportFile === undefined ? [] : [reportFile]);
  const machine = describeMachine();
  const before = currentLoad();
  if (isBusy(before, machine.cores, 0)) warnOfLoad(before, machine.cores);

  const parts = part === undefined ? BENCH_PARTS : [part];
  const { megabytes, skipped } = workingSets(machine, process.availableMemory());
  const progress = quiet ? silentProgress : await openProgress(process.stderr);
  const { interrupted, ...figures } = await runBench({ parts, rounds, megabytes }, progress);

  const after = currentLoad();
  const report: BenchReport = {
    command: "bench",
    version: VERSION,
    machine,
    load: { before, after },
    // One thread of the load afterwards is this bench.
    busy: isBusy(before, machine.cores, 0) || isBusy(after, machine.cores, 1),
    rounds,
    parts,
    complete: !interrupted,
    skipped: parts.includes("kernels") ? skipped : [],
    ...figures,
  };
  if (reportFile !== undefined) await writeOutputs([{ target: reportFile, chunks: [jsonText(report)] }]);
  const toStdout = json !== undefined && reportFile === undefined;
  if (toStdout) process.stdout.write(jsonText(report));
  const stream = toStdout ? process.stderr : process.stdout;
  if (!quiet) {
    const { benchSummary } = await import("../bench/bench-summary.ts");
    stream.write(benchSummary(report, stream.isTTY && !process.env.NO_COLOR));
  }
  if (interrupted) return EXIT.interrupted;
  return sayWhatDidNotConverge([...figures.pgo, ...figures.ba]);
}

function warnOfLoad(load: number, cores: number): void {
  console.error(`slam: the machine is busy (load ${load.toFixed(2)} on ${cores} cores): ratios of such a run mean little`);
}

function sayWhatDidNotConverge(figures: readonly SolveFigure[]): number {
  const open = figures.filter(({ termination }) => termination !== "converged");
  for (const { linear, policy, termination, ...problem } of open)
    console.error(`slam: ${problemText(problem)} by ${linear} in ${policy.name}: not converged (${termination})`);
  return open.length === 0 ? EXIT.converged : EXIT.notConverged;
}
