import { fp64 } from "@slam/float";
import { type Arena, bytesFor, kernels, nameForModules } from "@slam/wasm";
import { ITEMS_A_CALL } from "../coordinates-engine.ts";
import { informationSize, type PoseShape, poseDof, poseSize } from "../graph.ts";
import type { PoseGraphProblem } from "../problem.ts";
import { chordalKernels } from "./chordal.kernel.ts";

nameForModules("pgo", { chordalKernels });

/** What one of these functions takes in an arena: what so many edges or poses need is copied there at a time. */
export function stagingBytes(shape: PoseShape): number {
  const { size, triangle, dof } = sizesOf(shape);
  const ofEdges = bytesFor(fp64, ITEMS_A_CALL * size) + bytesFor(fp64, ITEMS_A_CALL * triangle) + 3 * bytesFor(Int32Array, ITEMS_A_CALL);
  return Math.max(ofEdges, bytesFor(fp64, ITEMS_A_CALL * dof * dof));
}

/**
 * values <- the blocks of the rows of rotations of all edges that the kernel is for; the others it hands over.
 *
 * @param values in the arena.
 * @param rest takes an edge that is left out.
 */
export function writeRotations({ graph, blocks }: PoseGraphProblem, values: Float64Array, arena: Arena, rest: (e: number) => void): void {
  const { size, triangle } = sizesOf(graph);
  const { measurements, information } = graph;
  const { ofFrom, ofTo } = blocks;
  const z = arena.view(fp64, ITEMS_A_CALL * size);
  const W = arena.view(fp64, ITEMS_A_CALL * triangle);
  const [i, j, special] = [0, 1, 2].map(() => arena.view(Int32Array, ITEMS_A_CALL));
  const { rotations } = kernels(arena, chordalKernels, graph.dimension);
  for (let e = 0; e < ofFrom.length; e += ITEMS_A_CALL) {
    const end = Math.min(e + ITEMS_A_CALL, ofFrom.length);
    z.set(measurements.subarray(e * size, end * size));
    W.set(information.subarray(e * triangle, end * triangle));
    i.set(ofFrom.subarray(e, end));
    j.set(ofTo.subarray(e, end));
    const [zAt, wAt, iAt, jAt, valuesAt, specialAt] = [z, W, i, j, values, special].map(({ byteOffset }) => byteOffset);
    const left = rotations(end - e, zAt, wAt, iAt, jAt, valuesAt, specialAt);
    for (let k = 0; k < left; k++) rest(e + special[k]);
  }
}

/** values <- the columns of translations of a Jacobian. @param values in the arena. */
export function writeTranslations({ graph }: PoseGraphProblem, J: Float64Array, values: Float64Array, arena: Arena): void {
  const { dof } = sizesOf(graph);
  const rows = J.length / dof;
  const chunk = ITEMS_A_CALL * dof;
  const staged = arena.view(fp64, chunk * dof);
  const { translations } = kernels(arena, chordalKernels, graph.dimension);
  for (let row = 0; row < rows; row += chunk) {
    const end = Math.min(row + chunk, rows);
    staged.set(J.subarray(row * dof, end * dof));
    translations(staged.byteOffset, end - row, values.byteOffset + 8 * graph.dimension * row);
  }
}

/**
 * In the plane: poses turn as the rotation nearest to their rows says, but for those that are handed over.
 *
 * @param rows the first and the second of all rotations, in the arena.
 * @param rest takes a pose that is left out.
 */
export function turnPoses(
  problem: PoseGraphProblem,
  [first, second]: readonly Float64Array[],
  poses: Float64Array,
  arena: Arena,
  rest: (pose: number) => void,
): void {
  const { turn } = kernels(arena, chordalKernels, problem.graph.dimension);
  stagePoses(problem, poses, arena, rest, (count, posesAt, columnsAt, specialAt) =>
    turn(count, posesAt, columnsAt, first.byteOffset, second.byteOffset, specialAt),
  );
}

/** t <- t - R rho. @param rho in the arena. @param rest as above. */
export function movePoses(
  problem: PoseGraphProblem,
  rho: Float64Array,
  poses: Float64Array,
  arena: Arena,
  rest: (pose: number) => void,
): void {
  const { move } = kernels(arena, chordalKernels, problem.graph.dimension);
  stagePoses(problem, poses, arena, rest, (count, posesAt, columnsAt, specialAt) =>
    move(count, posesAt, columnsAt, rho.byteOffset, specialAt),
  );
}

/** Runs a kernel that changes poses on all of them, so many at a time. */
function stagePoses(
  { graph, column }: PoseGraphProblem,
  poses: Float64Array,
  arena: Arena,
  rest: (pose: number) => void,
  run: (count: number, posesAt: number, columnsAt: number, specialAt: number) => number,
): void {
  const { size } = sizesOf(graph);
  const staged = arena.view(fp64, ITEMS_A_CALL * size);
  const [columns, special] = [0, 1].map(() => arena.view(Int32Array, ITEMS_A_CALL));
  for (let pose = 0; pose < column.length; pose += ITEMS_A_CALL) {
    const end = Math.min(pose + ITEMS_A_CALL, column.length);
    staged.set(poses.subarray(pose * size, end * size));
    columns.set(column.subarray(pose, end));
    const left = run(end - pose, staged.byteOffset, columns.byteOffset, special.byteOffset);
    poses.set(staged.subarray(0, (end - pose) * size), pose * size);
    for (let k = 0; k < left; k++) rest(pose + special[k]);
  }
}

function sizesOf(shape: PoseShape): { readonly size: number; readonly triangle: number; readonly dof: number } {
  return { size: poseSize(shape), triangle: informationSize(shape), dof: poseDof(shape) };
}
