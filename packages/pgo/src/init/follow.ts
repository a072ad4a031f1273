import { fp64 } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import { type Arena, type ArenaPool, bytesFor, kernels, nameForModules } from "@slam/wasm";
import { ITEMS_A_CALL } from "../coordinates-engine.ts";
import { type PoseGraph, poseGroup } from "../graph.ts";
import { followKernel } from "./follow.kernel.ts";
import { engineWalk } from "./spread-engine.ts";
import { plainWalk, Steps, type Walk } from "./walk.ts";

nameForModules("pgo", { followKernel });

/** What lists the steps: at most 4 n + 4 m + 2 integers of scratch besides them, for n poses and m edges. */
type List = (steps: Steps, walk: Walk, scratch: Scratch) => void;

/**
 * The graph's poses after the steps: X_to = X_from Z, X_from = X_to Z^-1. A new array.
 *
 * @param arenas where the engine computes, with the bits of plain loops; free again when it returns. Default plain loops.
 */
export function takeSteps(graph: PoseGraph, arenas: ArenaPool | undefined, list: List): Float64Array {
  if (arenas === undefined || graph.similarity !== undefined) return takePlainly(graph, list, newArrays);
  return arenas.during(() => takeInArena(graph, arenas.take(bytesOf(graph)), list)) ?? takePlainly(graph, list, newArrays);
}

const inverse = new Float64Array(8);

function takePlainly(graph: PoseGraph, list: List, scratch: Scratch): Float64Array {
  const group = poseGroup(graph);
  const { size } = group;
  const { measurements } = graph;
  const poses = graph.poses.slice();
  const steps = new Steps(graph.ids.length, scratch);
  list(steps, plainWalk, scratch);
  for (let k = 0; k < steps.count; k++) {
    const parent = steps.parents[k] * size;
    const child = steps.children[k] * size;
    const z = (steps.edges[k] >> 1) * size;
    if (steps.edges[k] % 2 === 0) group.compose(poses, parent, measurements, z, poses, child);
    else {
      group.inverse(measurements, z, inverse, 0);
      group.compose(poses, parent, inverse, 0, poses, child);
    }
  }
  return poses;
}

/** Undefined where an angle is beyond the kernel. */
function takeInArena(graph: PoseGraph, arena: Arena, list: List): Float64Array | undefined {
  const scratch: Scratch = { numbers: (n) => arena.view(fp64, n), integers: (n) => arena.view(Int32Array, n) };
  const poses = arena.uncleared(fp64, graph.poses.length);
  const z = arena.uncleared(fp64, graph.measurements.length);
  poses.set(graph.poses);
  z.set(graph.measurements);
  const steps = new Steps(graph.ids.length, scratch);
  list(steps, engineWalk(arena), scratch);
  const { follow } = kernels(arena, followKernel, graph.dimension);
  const [parents, children, edges] = [steps.parents, steps.children, steps.edges].map(({ byteOffset }) => byteOffset);
  let beyond = 0;
  for (let k = 0; k < steps.count; k += ITEMS_A_CALL) {
    const count = Math.min(ITEMS_A_CALL, steps.count - k);
    beyond += follow(poses.byteOffset, z.byteOffset, parents + 4 * k, children + 4 * k, edges + 4 * k, count);
  }
  return beyond === 0 ? poses.slice() : undefined;
}

function bytesOf({ ids, from, poses, measurements }: PoseGraph): number {
  const integers = 7 * bytesFor(Int32Array, ids.length + 2) + 4 * bytesFor(Int32Array, from.length);
  return bytesFor(fp64, poses.length) + bytesFor(fp64, measurements.length) + integers;
}
