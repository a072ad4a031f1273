import { join } from "node:path";
import { writePly } from "@slam/ba";
import { writeKitti, writeTum } from "@slam/eval";
import {
  DescriptorRecognizer,
  type Linear,
  type OdometryOptions,
  type OdometryResult,
  PlaceOracle,
  type PlaceRecognizer,
  SIXTEEN_BIT,
} from "@slam/odometry";
import { writeG2o } from "@slam/pgo";
import { deliver } from "../deliver.ts";
import { UsageError } from "../failure.ts";
import { checkJsonTarget, type JsonTarget, jsonFile } from "../json.ts";
import { shipKernels } from "../kernel-file.ts";
import { makeFolder } from "../make-folder.ts";
import { driveRepeatedly } from "../odometry-drives.ts";
import { type OdometryInput, readOdometryInput, simulatedWorld } from "../odometry-input.ts";
import { type LoopSource, odometryReport } from "../odometry-report.ts";
import { checkTargets, type Output } from "../outputs.ts";
import { policyOf, readPolicy } from "../policy.ts";
import { openProgress, silentProgress } from "../progress.ts";

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
  readonly report?: string;
  readonly repeat: number;
  readonly quiet?: boolean;
}

/** Says where a camera has been. @returns the exit code. */
export async function odometry(file: string | undefined, options: OdometryCommandOptions): Promise<number> {
  const {
    world,
    rate,
    window,
    linear,
    ftol,
    maxIterations,
    timeBudget,
    seed,
    out,
    json,
    report: pageFile,
    repeat,
    quiet = false,
  } = options;
  if ((file === undefined) === (world === undefined)) throw new UsageError("name a file, or a world with --world");
  if (world !== undefined && options.truth !== undefined) throw new UsageError("--truth: of a simulated camera the truth is known");
  checkJsonTarget(json);
  const policy = policyOf(await readPolicy(options.policy, SIXTEEN_BIT), SIXTEEN_BIT);
  shipKernels();

  const began = performance.now();
  const input = file === undefined ? simulatedWorld({ rate, seed }) : await readOdometryInput(file, { rate, seed, truth: options.truth });
  const parseSeconds = (performance.now() - began) / 1000;
  const recognizer = options.loops ?? (input.frames.some(({ descriptors }) => descriptors !== undefined) ? "descriptors" : "none");
  const places = placesOf(recognizer, input, seed);
  // Not before the input is known to be one: a folder would be left of a run that never was.
  const targets = out === undefined ? undefined : targetsIn(out);
  checkTargets([...Object.values(targets ?? {}), jsonFile(json), pageFile].filter((target) => target !== undefined));
  const settings = (): OdometryOptions => ({
    ...{ camera: input.camera, window, linear, ftol, maxIterations, policy, seed },
    ...(rate !== undefined && { rate }),
    ...(timeBudget !== undefined && { timeBudget }),
    ...(places && { places: places() }),
  });
  const progress = quiet ? silentProgress : await openProgress(process.stderr);
  const { drives, interrupted } = await driveRepeatedly(input, settings, repeat, progress);

  const run = { file: file ?? world!, input, seed, window, recognizer, interrupted, parseSeconds };
  const report = odometryReport(run, drives);
  const outputs: Output[] = targets === undefined ? [] : outputsOf(targets, drives.at(-1)!.result);
  if (pageFile !== undefined) {
    const { odometryPage } = await import("../odometry-page.ts");
    outputs.push({ target: pageFile, chunks: [await odometryPage(report, input, drives)] });
  }
  const summary = async (colors: boolean): Promise<string> => (await import("../odometry-summary.ts")).odometrySummary(report, colors);
  return deliver({ report, outputs, json, quiet, interrupted, summary });
}

/** Makes a recogniser, which knows no place yet. */
function placesOf(recognizer: LoopSource, { truth, landmarkOf, frames }: OdometryInput, seed: number): (() => PlaceRecognizer) | undefined {
  if (recognizer === "none") return undefined;
  if (recognizer === "descriptors") {
    if (frames.every(({ descriptors }) => descriptors === undefined))
      throw new UsageError("--loops descriptors: these features have none; with --truth try --loops oracle");
    return () => new DescriptorRecognizer();
  }
  if (truth === undefined) throw new UsageError("--loops oracle: it is told by --truth where the camera was");
  return () => new PlaceOracle({ truth: truth.poses, times: truth.times, ...(landmarkOf && { landmarkOf }), seed });
}

interface Targets {
  readonly tum: string;
  readonly kitti: string;
  readonly graph: string;
  readonly map: string;
}

/** The files in a folder, which is made where it is not there. */
function targetsIn(folder: string): Targets {
  makeFolder(folder);
  const [tum, kitti, graph, map] = ["trajectory.tum", "trajectory.kitti", "graph.g2o", "map.ply"].map((name) => join(folder, name));
  return { tum: tum!, kitti: kitti!, graph: graph!, map: map! };
}

function outputsOf({ tum, kitti, graph, map }: Targets, result: OdometryResult): Output[] {
  const { times, poses } = result;
  return [
    { target: tum, chunks: writeTum({ timestamps: times, poses }) },
    { target: kitti, chunks: writeKitti(poses) },
    { target: graph, chunks: writeG2o(result.graph) },
    { target: map, chunks: writePly({ poses, points: result.map.points }) },
  ];
}
