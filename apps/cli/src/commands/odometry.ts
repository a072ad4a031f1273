import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { writePly } from "@slam/ba";
import { writeKitti, writeTum } from "@slam/eval";
import {
  DescriptorRecognizer,
  type Linear,
  Odometry,
  type OdometryEvent,
  type OdometryOptions,
  type OdometryResult,
  PlaceOracle,
  type PlaceRecognizer,
  SIXTEEN_BIT,
} from "@slam/odometry";
import { writeG2o } from "@slam/pgo";
import { deliver } from "../deliver.ts";
import { EXIT, InputError, UsageError } from "../failure.ts";
import { checkJsonTarget, type JsonTarget, jsonFile } from "../json.ts";
import { shipKernels } from "../kernel-file.ts";
import { type OdometryInput, readOdometryInput, simulatedWorld } from "../odometry-input.ts";
import { type LoopSource, odometryReport } from "../odometry-report.ts";
import { checkTargets, type Output } from "../outputs.ts";
import { policyOf, readPolicy } from "../policy.ts";
import { openProgress, type Progress, silentProgress } from "../progress.ts";

export interface OdometryCommandOptions {
  readonly world?: "apartment";
  readonly rate?: number;
  readonly window: number;
  readonly linear: Linear;
  readonly ftol: number;
  readonly maxIterations: number;
  readonly timeBudget?: number;
  readonly loops?: LoopSource;
  readonly truth?: string;
  readonly policy: string;
  readonly seed: number;
  readonly out?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

/** Says where a camera has been. @returns the exit code. */
export async function odometry(file: string | undefined, options: OdometryCommandOptions): Promise<number> {
  const { world, rate, window, linear, ftol, maxIterations, timeBudget, seed, out, json, quiet = false } = options;
  if ((file === undefined) === (world === undefined)) throw new UsageError("name a file, or a world with --world");
  if (world !== undefined && options.truth !== undefined) throw new UsageError("--truth: of a simulated camera the truth is known");
  checkJsonTarget(json);
  const policy = policyOf(await readPolicy(options.policy, SIXTEEN_BIT), SIXTEEN_BIT);
  shipKernels();

  const began = performance.now();
  const input = file === undefined ? simulatedWorld({ rate, seed }) : await readOdometryInput(file, { rate, seed, truth: options.truth });
  const inputSeconds = (performance.now() - began) / 1000;
  const recognizer = options.loops ?? (input.frames.some(({ descriptors }) => descriptors !== undefined) ? "descriptors" : "none");
  const places = placesOf(recognizer, input, seed);
  // Not before the input is known to be one: a folder would be left of a run that never was.
  const targets = out === undefined ? undefined : targetsIn(out);
  checkTargets([...Object.values(targets ?? {}), jsonFile(json)].filter((target) => target !== undefined));
  const settings = {
    ...{ camera: input.camera, window, linear, ftol, maxIterations, policy, seed },
    ...(rate !== undefined && { rate }),
    ...(timeBudget !== undefined && { timeBudget }),
    ...(places && { places }),
  };
  const progress = quiet ? silentProgress : await openProgress(process.stderr);
  const { result, interrupted, seconds } = await drive(input, settings, progress);

  const run = { file: file ?? world!, input, seed, window, recognizer, interrupted, seconds: { input: inputSeconds, odometry: seconds } };
  const report = odometryReport(run, result);
  const outputs = targets === undefined ? [] : outputsOf(targets, result);
  const summary = async (colors: boolean): Promise<string> => (await import("../odometry-summary.ts")).odometrySummary(report, colors);
  return deliver({ report, outputs, json, quiet, interrupted, summary });
}

function placesOf(recognizer: LoopSource, { truth, landmarkOf, frames }: OdometryInput, seed: number): PlaceRecognizer | undefined {
  if (recognizer === "none") return undefined;
  if (recognizer === "descriptors") {
    if (frames.every(({ descriptors }) => descriptors === undefined))
      throw new UsageError("--loops descriptors: these features have none; with --truth try --loops oracle");
    return new DescriptorRecognizer();
  }
  if (truth === undefined) throw new UsageError("--loops oracle: it is told by --truth where the camera was");
  return new PlaceOracle({ truth: truth.poses, times: truth.times, ...(landmarkOf && { landmarkOf }), seed });
}

/** Gives the frames one by one. The first Ctrl-C ends it after the frame at hand, the second at once. */
async function drive(
  { frames }: OdometryInput,
  settings: OdometryOptions,
  progress: Progress,
): Promise<{ readonly result: OdometryResult; readonly interrupted: boolean; readonly seconds: number }> {
  let interrupted = false;
  const interrupt = (): void => {
    if (interrupted) process.exit(EXIT.interrupted);
    interrupted = true;
    progress.note("stopping after this key frame; Ctrl-C again exits at once");
  };
  process.on("SIGINT", interrupt);
  try {
    const odometry = new Odometry({ ...settings, onEvent: (event) => tell(progress, event) });
    const began = performance.now();
    for (const frame of frames) {
      odometry.addFrame(frame);
      // For Ctrl-C to be heard.
      await setImmediate();
      if (interrupted) break;
    }
    return { result: odometry.finish(), interrupted, seconds: (performance.now() - began) / 1000 };
  } finally {
    process.off("SIGINT", interrupt);
    progress.end();
  }
}

/** Key frames between two lines. */
const EVERY = 50;

function tell(progress: Progress, event: OdometryEvent): void {
  if (event.kind === "window-solved" && event.id % EVERY === 0) {
    progress.note(`key frame ${event.id}: ${event.report.observations} observations of ${event.report.landmarks} landmarks`);
  }
  if (event.kind === "graph-corrected" && event.added.length > 0) {
    const { from, to } = event.added.at(-1)!;
    progress.note(`loop closed: ${from} - ${to}`);
  }
}

interface Targets {
  readonly tum: string;
  readonly kitti: string;
  readonly graph: string;
  readonly map: string;
}

/** The files in a folder, which is made where it is not there. */
function targetsIn(folder: string): Targets {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new InputError(`${folder}: ${(error as Error).message}`);
  }
  const [tum, kitti, graph, map] = ["trajectory.tum", "trajectory.kitti", "graph.g2o", "map.ply"].map((name) => join(folder, name));
  return { tum: tum!, kitti: kitti!, graph: graph!, map: map! };
}

function outputsOf({ tum, kitti, graph, map }: Targets, result: OdometryResult): readonly Output[] {
  const { times, poses } = result;
  return [
    { target: tum, chunks: writeTum({ timestamps: times, poses }) },
    { target: kitti, chunks: writeKitti(poses) },
    { target: graph, chunks: writeG2o(result.graph) },
    { target: map, chunks: writePly({ poses, points: result.map.points }) },
  ];
}
