import { totalOf } from "@slam/linop";
import { type PartEfforts, partsOf } from "@slam/nlls";
import { numberedGraph, type PoseGraph, type PoseGraphReport, start } from "@slam/pgo";
import { type Deviations, type RevisitOptions, revisits } from "@slam/sim";
import { ArenaPool } from "@slam/wasm";
import { errorOf, joulesOf } from "./estimation.ts";
import { type PolicyName, policyOf } from "./policies.ts";
import { graphTruth, type Scene } from "./scene.ts";
import { byPart, type PartSeconds, type PartWork, secondsOf, workOf } from "./shares.ts";

/** A pose graph along the beginning of a scene: odometry from pose to pose, and a loop closure wherever a place is known again. */
export interface GraphTask {
  readonly kind: "graph";
  readonly id: string;
  /** "growing": one of the published 800, which are beginnings; "whole": a motion to its end; "sweep": one of many loop noises on one scene. */
  readonly experiment: "growing" | "whole" | "sweep";
  readonly scene: string;
  readonly poses: number;
  /** What a step of odometry errs by, and a loop closure at `loopNoise` 1. */
  readonly odometry: Deviations;
  readonly loops: Deviations;
  readonly loopNoise: number;
  readonly places: Places;
  readonly seed: number;
}

/** When a robot knows a place again: within so many metres and radians, so many poses later; and which of the poses there it then measures. */
type Places = Required<Pick<RevisitOptions, "radius" | "turn" | "gap" | "tie">>;

/** The published method keeps its preconditioner ("static"); ours refreshes it when that pays ("adaptive"). */
export const GRAPH_SOLVES: readonly {
  readonly name: GraphSolveName;
  readonly policy: PolicyName;
  readonly refresh: "static" | "adaptive";
}[] = [
  { name: "double", policy: "double", refresh: "static" },
  { name: "single, static", policy: "single", refresh: "static" },
  { name: "mixed, static", policy: "mixed", refresh: "static" },
  { name: "single, adaptive", policy: "single", refresh: "adaptive" },
  { name: "mixed, adaptive", policy: "mixed", refresh: "adaptive" },
];
export type GraphSolveName = "double" | `${"single" | "mixed"}, ${"static" | "adaptive"}`;

interface GraphSolve {
  /** After rigid alignment, in metres. */
  readonly ate: number;
  readonly cost: number;
  readonly termination: string;
  readonly iterations: number;
  readonly cgIterations: number;
  readonly factorizations: number;
  readonly work: PartWork;
  readonly joules: number;
}

/** Wall clock, medians of three: the only numbers that differ from run to run. */
interface GraphSeconds {
  readonly solve: number;
  readonly parts: PartSeconds;
}

export interface GraphResult {
  readonly kind: "graph";
  readonly id: string;
  readonly experiment: GraphTask["experiment"];
  readonly scene: string;
  readonly isRecorded: boolean;
  readonly poses: number;
  readonly loops: number;
  readonly loopNoise: number;
  /** Of `places`. */
  readonly radius: number;
  /** Of odometry alone. */
  readonly odometryAte: number;
  readonly bySolve: { readonly [name in GraphSolveName]: GraphSolve };
  readonly seconds: { readonly [name in GraphSolveName]: GraphSeconds };
}

/** The first is not timed: in it V8 has yet to compile what it runs. */
const TURNS = 4;

export function runGraph(task: GraphTask, scene: Scene): GraphResult {
  const { id, experiment, poses, odometry, loops, loopNoise, places, seed } = task;
  const truth = graphTruth(scene, poses);
  const loopSigma = { translation: loopNoise * loops.translation, rotation: loopNoise * loops.rotation };
  const world = revisits(truth, { ...places, sigma: odometry, loopSigma, seed });
  const graph = numberedGraph(world, { ...world, poses: world.initial });
  const arenas = new ArenaPool();
  const turns = Array.from({ length: TURNS }, () => GRAPH_SOLVES.map((solve) => solveOnce(graph, solve, arenas)));
  const [first] = turns;
  const bySolve = GRAPH_SOLVES.map(({ name }, k) => [name, summarize(errorOf(truth, first[k].poses), first[k])]);
  const seconds = GRAPH_SOLVES.map(({ name }, k) => [name, medians(turns.slice(1).map((turn) => turn[k].seconds))]);
  return {
    kind: "graph",
    id,
    experiment,
    scene: task.scene,
    isRecorded: scene.isRecorded,
    poses,
    loops: graph.to.length - (poses - 1),
    loopNoise,
    radius: places.radius,
    odometryAte: errorOf(truth, world.initial),
    bySolve: Object.fromEntries(bySolve),
    seconds: Object.fromEntries(seconds),
  };
}

interface Solved {
  readonly poses: Float64Array;
  readonly report: PoseGraphReport;
  readonly parts: PartEfforts;
  readonly seconds: GraphSeconds;
}

function solveOnce(graph: PoseGraph, { policy, refresh }: (typeof GRAPH_SOLVES)[number], arenas: ArenaPool): Solved {
  arenas.recycle();
  const began = performance.now();
  const run = start(graph, { policy: policyOf(policy, "precondition"), refresh, arenas });
  while (!run.done) run.step();
  const solve = (performance.now() - began) / 1000;
  const { report } = run;
  const parts = partsOf(report, solve, { seconds: report.initializeSeconds, ...totalOf(report.initializeWork) });
  return { poses: run.graph.poses, report, parts, seconds: { solve, parts: secondsOf(parts) } };
}

function summarize(error: number, { report, parts }: Solved): GraphSolve {
  const { cost, termination, iterations, cgIterations, linear, work } = report;
  return {
    ate: error,
    cost: cost.final,
    termination,
    iterations: iterations.length,
    cgIterations,
    factorizations: linear.factorizations,
    work: workOf(parts),
    joules: joulesOf(work),
  };
}

function medians(turns: readonly GraphSeconds[]): GraphSeconds {
  const median = (of: (seconds: GraphSeconds) => number): number => turns.map(of).sort((a, b) => a - b)[(turns.length - 1) / 2];
  return {
    solve: median(({ solve }) => solve),
    parts: byPart((part) => median(({ parts }) => parts[part])),
  };
}
