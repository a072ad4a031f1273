import { type EstimationResult, type EstimationTask, FRAMES, runEstimation } from "./estimation.ts";
import { type GraphResult, type GraphTask, runGraph } from "./graph.ts";
import { type PathResult, type PathTask, runPath } from "./path.ts";
import { type PatternResult, type PatternTask, runPattern } from "./pattern.ts";
import { type PipelineResult, type PipelineTask, runPipeline } from "./pipeline.ts";
import { graphPoses, type Scene } from "./scene.ts";

/** One run of one experiment: what it gives hangs on the task and its scene alone. */
export type Task = EstimationTask | GraphTask | PathTask | PatternTask | PipelineTask;
export type Result = EstimationResult | GraphResult | PathResult | PatternResult | PipelineResult;

export function runTask(task: Task, scene: Scene): Result {
  switch (task.kind) {
    case "estimation":
      return runEstimation(task, scene);
    case "graph":
      return runGraph(task, scene);
    case "path":
      return runPath(task, scene);
    case "pattern":
      return runPattern(task, scene);
    case "pipeline":
      return runPipeline(task, scene);
  }
}

/** How much of each experiment is run. */
export interface PlanSize {
  readonly estimations: number;
  readonly graphs: number;
  /** Lengths of graphs along each scene, and poses of the longest. */
  readonly lengths: number;
  readonly longest: number;
  /** Seeds of each whole motion, and of each loop noise of the sweep. */
  readonly wholeSeeds: number;
  readonly sweepSeeds: number;
  readonly pathWindows: number;
  /** Of each apartment, and frames of each. */
  readonly pipelineSeeds: number;
  readonly pipelineFrames: number;
}

/** As published: 1,703 trajectory estimations and 800 pose graphs. */
export const FULL: PlanSize = {
  estimations: 1703,
  graphs: 800,
  lengths: 25,
  longest: 1600,
  wholeSeeds: 20,
  sweepSeeds: 5,
  pathWindows: 12,
  pipelineSeeds: 2,
  pipelineFrames: 5000,
};
export const QUICK: PlanSize = {
  estimations: 40,
  graphs: 24,
  lengths: 6,
  longest: 600,
  wholeSeeds: 2,
  sweepSeeds: 1,
  pathWindows: 8,
  pipelineSeeds: 1,
  pipelineFrames: 2000,
};

/** A step of odometry, and a loop closure at the stated noise; the sweep multiplies the latter. */
const GRAPHS = { odometry: { translation: 0.003, rotation: 0.001 }, loops: { translation: 0.003, rotation: 0.001 } } as const;
const NOISES = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.001];
/** Poses after which a robot looks for where it was before. */
const GAP = 20;
/** From anywhere there is nothing to wait for. */
const REACHES = [
  { radius: 0.5, turn: Math.PI / 4, gap: GAP },
  { radius: 3, turn: Math.PI, gap: GAP },
  { radius: 20, turn: Math.PI, gap: 2 },
];
const SHORTEST = 40;
/** Poses of a scene that is worth closing loops in. */
const LONG = 400;

/** All runs, those of the two large experiments in turns, so that either has results early. */
export function planTasks(scenes: readonly Scene[], size: PlanSize, seed: number): readonly Task[] {
  const estimations = planEstimations(scenes, size, seed);
  const graphs = planGraphs(scenes, size, seed);
  const pictures = scenes.slice(0, 1).flatMap(({ name: scene }): Task[] => [
    { kind: "path", id: "path", scene, windows: size.pathWindows, seed },
    { kind: "pattern", id: "pattern", scene, poses: size.longest, seed },
  ]);
  const turns = estimations.flatMap((task, k) => {
    const at = (i: number): number => Math.floor((i * graphs.length) / estimations.length);
    return [task, ...graphs.slice(at(k), at(k + 1))];
  });
  return [...pictures, ...planPipelines(scenes, size, seed), ...turns, ...planWhole(scenes, size, seed), ...planSweep(scenes, size, seed)];
}

/** First, since they take longest. */
function planPipelines(scenes: readonly Scene[], { pipelineSeeds, pipelineFrames }: PlanSize, seed: number): Task[] {
  return scenes
    .filter(({ isRecorded }) => !isRecorded)
    .flatMap(({ name: scene, world }) =>
      Array.from({ length: pipelineSeeds }, (_, k): Task => {
        const frames = Math.min(pipelineFrames, world.timestamps.length);
        return { kind: "pipeline", id: `pipeline/${scene}/${k}`, scene, frames, seed: seed + k };
      }),
    );
}

/** Every window of every scene, then again with other noise. */
function planEstimations(scenes: readonly Scene[], { estimations }: PlanSize, seed: number): EstimationTask[] {
  const windows = scenes.flatMap(({ name, world }) =>
    Array.from({ length: Math.floor(world.timestamps.length / FRAMES) }, (_, k) => ({ scene: name, first: k * FRAMES })),
  );
  // Far apart in turn, so that fewer runs than windows still come from all scenes.
  const stride = coprimeStride(windows.length);
  return Array.from({ length: estimations }, (_, k): EstimationTask => {
    const { scene, first } = windows[(k * stride) % windows.length];
    const round = Math.floor(k / windows.length);
    return { kind: "estimation", id: `estimation/${scene}/${first}/${round}`, scene, first, seed: seed + 1000 * round + k };
  });
}

/** About 0.618 n, without a divisor in common with n. */
function coprimeStride(n: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let stride = Math.max(1, Math.round(0.618 * n));
  while (divisor(n, stride) !== 1) stride++;
  return stride;
}

/** Graphs along the beginnings of all scenes that are long enough to come back, the lengths in a geometric row. */
function planGraphs(scenes: readonly Scene[], { graphs, lengths, longest }: PlanSize, seed: number): GraphTask[] {
  const long = scenes.filter(isLong);
  return Array.from({ length: graphs }, (_, k): GraphTask => {
    const scene = long[k % long.length];
    const step = Math.floor(k / long.length) % lengths;
    const round = Math.floor(k / (long.length * lengths));
    const most = Math.min(longest, graphPoses(scene));
    const poses = Math.round(SHORTEST * (most / SHORTEST) ** ((step + 1) / lengths));
    return { ...graphAlong(scene, poses, seed + k), id: `growing/${scene.name}/${poses}/${round}`, experiment: "growing" };
  });
}

function planWhole(scenes: readonly Scene[], { wholeSeeds }: PlanSize, seed: number): GraphTask[] {
  return scenes.filter(isLong).flatMap((scene) =>
    Array.from({ length: wholeSeeds }, (_, k): GraphTask => {
      return { ...graphAlong(scene, graphPoses(scene), seed + k), id: `whole/${scene.name}/${k}`, experiment: "whole" };
    }),
  );
}

function isLong(scene: Scene): boolean {
  return graphPoses(scene) >= LONG;
}

function graphAlong(scene: Scene, poses: number, seed: number): Omit<GraphTask, "id" | "experiment"> {
  const places = { radius: scene.radius, turn: Math.PI / 4, gap: GAP, tie: "nearest" } as const;
  return { ...GRAPHS, kind: "graph", scene: scene.name, poses, loopNoise: 1, places, seed };
}

/**
 * Loop noises from ten times the stated one to a thousandth of it, in the first apartment, by how far away a robot knows the place again that it saw first: at arm's length, across
 * a room, or from anywhere, which ties all poses to the first.
 */
function planSweep(scenes: readonly Scene[], { sweepSeeds, longest }: PlanSize, seed: number): GraphTask[] {
  const scene = scenes.find(({ isRecorded }) => !isRecorded);
  if (scene === undefined) return [];
  const poses = Math.min(longest, graphPoses(scene));
  return REACHES.flatMap(({ radius, turn, gap }) =>
    NOISES.flatMap((loopNoise) =>
      Array.from({ length: sweepSeeds }, (_, k): GraphTask => {
        const id = `sweep/${radius}/${loopNoise}/${k}`;
        const places = { radius, turn, gap, tie: "first" } as const;
        return { ...GRAPHS, kind: "graph", id, experiment: "sweep", scene: scene.name, poses, loopNoise, places, seed: seed + k };
      }),
    ),
  );
}
