import { availableParallelism } from "node:os";
import { join } from "node:path";
import {
  type Findings,
  FULL,
  findingsOf,
  type PlanSize,
  planTasks,
  QUICK,
  type Result,
  type SceneSource,
  sceneOf,
} from "@slam/experiments";
import { EXIT } from "../failure.ts";
import { makeFolder } from "../make-folder.ts";
import { type Output, writeOutputs } from "../outputs.ts";
import { readRecordings } from "../reproduce/recordings.ts";
import { type PlanHead, RECORDS, RunLog } from "../reproduce/run-log.ts";
import { openRuns, silentRuns } from "../reproduce/run-progress.ts";
import { runTasks } from "../reproduce/run-tasks.ts";
import { countText, durationText } from "../text.ts";
import { VERSION } from "../version.ts";

export interface ReproduceOptions {
  readonly quick?: boolean;
  readonly out: string;
  readonly workers?: number;
  readonly seed: number;
  readonly data?: string;
  readonly share: number;
  readonly quiet?: boolean;
}

/** What `findings.json` holds; everything but seconds is the same for the same plan. */
export interface Reproduction {
  readonly command: "reproduce";
  readonly version: string;
  /** What makes it again. */
  readonly commandLine: string;
  readonly seed: number;
  readonly scenes: readonly string[];
  /** Recorded motions that were not found. */
  readonly missing: readonly string[];
  readonly runs: number;
  readonly findings: Findings;
}

/** Runs the published experiments, or goes on with those of a folder. @returns the exit code. */
export async function reproduce(options: ReproduceOptions): Promise<number> {
  const { quick = false, out, seed, share, quiet = false, workers = availableParallelism() } = options;
  const began = performance.now();
  const data = options.data ?? process.env.SLAM_DATA ?? "../shared/data";
  const { recordings, missing } = await readRecordings(data);
  if (missing.length > 0 && !quiet) console.error(`slam: ${data} lacks ${missing.join(", ")}: the rest, and simulated motion, will do`);
  const sources: readonly SceneSource[] = [...patrols(quick), ...recordings];
  const scenes = sources.map(sceneOf);
  const tasks = planTasks(scenes, sizeOf(options), seed);
  makeFolder(out);
  const head: PlanHead = {
    format: "slam reproduce",
    version: VERSION,
    records: RECORDS,
    seed,
    scenes: sources.map(({ name }) => name),
    tasks: tasks.length,
  };
  const log = RunLog.open(join(out, "runs.jsonl"), head);
  const left = tasks.filter(({ id }) => !log.results.has(id));
  const before = tasks.length - left.length;
  if (before > 0 && !quiet) console.error(`${countText(before, "run")} of ${tasks.length} done before`);
  const progress = quiet ? silentRuns : openRuns(process.stderr, tasks.length, before);
  const abort = new AbortController();
  const interrupt = (): void => (abort.signal.aborted ? process.exit(EXIT.interrupted) : abort.abort());
  process.on("SIGINT", interrupt);
  const onResult = (result: Result): void => {
    log.add(result);
    progress.done(log.results.size);
  };
  const isComplete = await runTasks(left, { sources, workers, onResult, signal: abort.signal }).finally(() => {
    progress.end();
    log.close();
  });
  if (!isComplete) {
    console.error(`slam: ${log.results.size} of ${countText(tasks.length, "run")} done; the same command goes on from here`);
    return EXIT.interrupted;
  }
  process.off("SIGINT", interrupt);
  // In the plan's order, whichever ended first.
  const results = tasks.map(({ id }) => log.results.get(id)!);
  const findings: Reproduction = {
    command: "reproduce",
    version: VERSION,
    commandLine: ["slam reproduce", ...(quick ? ["--quick"] : []), ...(share < 1 ? [`--share ${share}`] : []), `--seed ${seed}`].join(" "),
    seed,
    scenes: head.scenes,
    missing,
    runs: tasks.length,
    findings: findingsOf(results),
  };
  await writeOutputs(await outputsOf(out, findings, results));
  if (!quiet)
    console.log(
      `${join(out, "report.html")} shows what ${countText(tasks.length, "run")} found; ${durationText((performance.now() - began) / 1000)}`,
    );
  return EXIT.converged;
}

function patrols(isQuick: boolean): SceneSource[] {
  const count = isQuick ? 1 : 3;
  const metres = isQuick ? 180 : 500;
  return Array.from({ length: count }, (_, k) => ({ kind: "patrol", name: `apartment ${k + 1}`, metres, seed: k + 1 }));
}

function sizeOf({ quick = false, share }: ReproduceOptions): PlanSize {
  const part = (count: number): number => Math.ceil(share * count);
  const { estimations, graphs, wholeSeeds, sweepSeeds, pathWindows, pipelineSeeds, pipelineFrames, ...lengths } = quick ? QUICK : FULL;
  return {
    ...lengths,
    estimations: part(estimations),
    graphs: part(graphs),
    wholeSeeds: part(wholeSeeds),
    sweepSeeds: part(sweepSeeds),
    pathWindows: part(pathWindows),
    pipelineSeeds: part(pipelineSeeds),
    pipelineFrames: part(pipelineFrames),
  };
}

async function outputsOf(out: string, reproduction: Reproduction, results: readonly Result[]): Promise<Output[]> {
  const { reproductionPage } = await import("../reproduce/reproduction-page.ts");
  return [
    { target: join(out, "findings.json"), chunks: [`${JSON.stringify(reproduction, null, 2)}\n`] },
    { target: join(out, "report.html"), chunks: [await reproductionPage(reproduction, results)] },
  ];
}
