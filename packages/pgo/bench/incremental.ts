// Public graphs fed edge by edge, as their files list them, beside batch solves of the same graph from the same poses:
//   node --conditions=@slam/source packages/pgo/bench/incremental.ts [name=value ...] > packages/pgo/bench/incremental.json
// Names: graph (a list, a,b,c), every (a batch solve at every so manieth loop closure), closures (no more than so many). A pose's time is by the clock, the
// median of 500, after others have been added to another graph until the code is optimised; a closure's, and a batch solve's, is the processor's. What all batch solves would take is their mean between two samples times the closures there: an estimate.
import { argv, cpuUsage } from "node:process";
import { IncrementalPoseGraph, informationSize, type PoseGraph, poseSize, readG2o, start } from "@slam/pgo";
import { publicData } from "../test/public-data.ts";

const given = new Map(argv.slice(2).map((argument) => argument.split("=") as [string, string]));
const graphs = given.get("graph")?.split(",") ?? ["M3500_original", "kitti_00", "city10000"];
/** Poses of one timing, and of the graph before that. */
const POSES = 500;
const WARM_UP = 20_000;

interface Closure {
  readonly closure: number;
  readonly poses: number;
  /** Mean since the sample before. */
  readonly milliseconds: number;
  readonly moved: number;
  readonly eliminated: number;
  readonly batchMilliseconds: number;
  /** Of the cost, above the batch solve's. */
  readonly difference: number;
}

console.log(JSON.stringify(graphs.map(feed), undefined, 1));

function feed(name: string): object {
  const { graph: file } = readG2o(publicData(`pose-graphs/${name}.g2o`)!, name);
  const every = Number(given.get("every") ?? Math.ceil((file.from.length - file.ids.length) / 25));
  const graph = new IncrementalPoseGraph({ dimension: file.dimension });
  const poseTimes: { poses: number; microseconds: number }[] = [];
  const closures: Closure[] = [];
  const unconverged: number[] = [];
  graph.addPose(file.ids[file.from[0]], { pose: rowOf(file.poses, file.from[0], poseSize(file)) });
  const there = new Set([file.from[0]]);
  warmUp(file);
  const most = Number(given.get("closures") ?? Number.POSITIVE_INFINITY);
  const times: number[] = [];
  let sum = { count: 0, milliseconds: 0, moved: 0, eliminated: 0 };
  let total = 0;
  for (let e = 0, closure = 0; e < file.from.length; e++) {
    if (!there.has(file.to[e])) {
      const attachment = { from: file.ids[file.from[e]], ...measurementOf(file, e) };
      const began = performance.now();
      graph.addPose(file.ids[file.to[e]], attachment);
      times.push(1e3 * (performance.now() - began));
      there.add(file.to[e]);
      if (times.length === POSES) poseTimes.push({ poses: there.size, microseconds: median(times.splice(0)) });
      continue;
    }
    if (closure === most) break;
    closure++;
    graph.addEdge({ from: file.ids[file.from[e]], to: file.ids[file.to[e]], ...measurementOf(file, e) });
    const before = closure % every === 0 ? graph.graph : undefined;
    const [report, milliseconds] = timed(() => graph.update());
    if (report.termination !== "converged") unconverged.push(closure);
    const { moved, eliminated } = report;
    sum = {
      count: sum.count + 1,
      milliseconds: sum.milliseconds + milliseconds,
      moved: sum.moved + moved,
      eliminated: sum.eliminated + eliminated,
    };
    total += milliseconds;
    if (before === undefined) continue;
    const [batch, batchMilliseconds] = timed(() => batchCost(before));
    closures.push({
      closure,
      poses: there.size,
      milliseconds: sum.milliseconds / sum.count,
      moved: sum.moved / sum.count,
      eliminated: sum.eliminated / sum.count,
      batchMilliseconds,
      difference: report.cost.final / batch - 1,
    });
    sum = { count: 0, milliseconds: 0, moved: 0, eliminated: 0 };
    console.error(`${name}: ${closure} closures, ${(total / closure).toFixed(2)} ms each`);
  }
  const batchSeconds = closures.reduce((seconds, { batchMilliseconds }) => seconds + (every * batchMilliseconds) / 1e3, 0);
  return {
    graph: name,
    totalSeconds: total / 1e3,
    estimatedBatchSeconds: batchSeconds,
    largestDifference: Math.max(...closures.map(({ difference }) => Math.abs(difference))),
    unconverged,
    poseTimes,
    closures,
  };
}

function warmUp(file: PoseGraph): void {
  const graph = new IncrementalPoseGraph({ dimension: file.dimension });
  graph.addPose(0, { pose: rowOf(file.poses, 0, poseSize(file)) });
  for (let id = 1; id <= WARM_UP; id++) graph.addPose(id, { from: id - 1, ...measurementOf(file, 0) });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** What it returns, and the processor's milliseconds. */
function timed<T>(run: () => T): readonly [T, number] {
  const before = cpuUsage();
  const result = run();
  const { user, system } = cpuUsage(before);
  return [result, (user + system) / 1e3];
}

/** From the graph's own poses. */
function batchCost(graph: PoseGraph): number {
  const run = start(graph, { init: "file" });
  while (!run.done) run.step();
  return run.report.cost.final;
}

function measurementOf(file: PoseGraph, e: number): { readonly measurement: Float64Array; readonly information: Float64Array } {
  return { measurement: rowOf(file.measurements, e, poseSize(file)), information: rowOf(file.information, e, informationSize(file)) };
}

function rowOf(rows: Float64Array, k: number, width: number): Float64Array {
  return rows.subarray(k * width, (k + 1) * width);
}
