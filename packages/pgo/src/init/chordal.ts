import { fp64, operationFormat } from "@slam/float";
import type { Arena } from "@slam/wasm";
import { type PoseGraph, poseDof } from "../graph.ts";
import type { PoseGraphProblem } from "../problem.ts";
import { spanningTree } from "./chain.ts";
import { movePoses, stagingBytes, turnPoses, writeRotations, writeTranslations } from "./chordal-engine.ts";
import { writeEdgeRotation } from "./edge-rotation.ts";
import { leastSquares, type System, type SystemShape } from "./least-squares.ts";
import { movePose, turnPose } from "./place-pose.ts";
import { relaxScales } from "./scales.ts";

const EXACT = operationFormat(fp64);

/**
 * Rotations by the chordal relaxation min sum |(Rj - Ri Rij) Lambda^(1/2)|^2 over matrices, each then replaced by the nearest rotation; translations by
 * linear least squares with the full information for these rotations. Lambda = tr(W)/2 I - W for the rotation block W of the information, which
 * makes the cost right to first order in the error's angle; its eigenvalues are held above 1e-6 tr(W). Of similarities the scales come first, by linear
 * least squares in their logarithms.
 *
 * @param problem of the graph, with a held pose in each component: those keep their estimates.
 * @see Carlone, Tron, Daniilidis and Dellaert, Initialization techniques for 3D SLAM, ICRA 2015.
 */
export function chordal(problem: PoseGraphProblem): Float64Array {
  const { graph, column, arenas } = problem;
  const held: number[] = [];
  for (let pose = column.indexOf(-1); pose >= 0; pose = column.indexOf(-1, pose + 1)) held.push(pose);
  const poses = spanningTree(graph, held, arenas);
  if (graph.similarity !== undefined) relaxScales(problem, poses);
  relaxRotations(problem, poses);
  return relaxTranslations(problem, poses);
}

function relaxRotations(problem: PoseGraphProblem, poses: Float64Array): void {
  const { graph, structure, arenas, counters } = problem;
  const d = graph.dimension;
  // One right side for each row of the rotations: row k of Rj = row k of Ri times Rij.
  const system: System = {
    r: d,
    c: d,
    rightSides: d,
    bytes: stagingBytes(graph),
    later: shapeOfTranslations(graph),
    write: (A, b, arena) => writeRotationRows(problem, poses, A, b, arena),
    read: (rows, arena) => placeRotations(problem, rows, poses, arena),
  };
  leastSquares(structure, system, arenas, counters?.work);
}

/** The blocks of every edge, in the matrix, or in the right sides where their pose is held. */
function writeRotationRows(
  problem: PoseGraphProblem,
  poses: Float64Array,
  A: Float64Array,
  b: readonly Float64Array[],
  arena: Arena,
): void {
  const { graph } = problem;
  const writeEdge = (e: number): void => writeEdgeRotation(problem, poses, e, A, b);
  if (graph.similarity === undefined) writeRotations(problem, A, arena, writeEdge);
  else for (let e = 0; e < graph.from.length; e++) writeEdge(e);
}

/** Poses turn as the rotation nearest to their rows says. */
function placeRotations(problem: PoseGraphProblem, rows: readonly Float64Array[], poses: Float64Array, arena: Arena): void {
  const { graph, column } = problem;
  const turn = (pose: number): void => turnPose(graph, rows, column[pose], poses, pose);
  if (graph.dimension === 2) turnPoses(problem, rows, poses, arena, turn);
  else for (let pose = 0; pose < column.length; pose++) if (column[pose] >= 0) turn(pose);
}

/** Given the rotations, the residual is affine in the translations: one linear least-squares step in the Jacobian's columns of translation. */
function relaxTranslations(problem: PoseGraphProblem, poses: Float64Array): Float64Array {
  const { graph, structure, arenas, counters } = problem;
  const d = graph.dimension;
  const dof = poseDof(graph);
  const J = problem.jacobian(poses, EXACT).matrix.values as unknown as Float64Array;
  const system: System = {
    ...shapeOfTranslations(graph),
    write(A, [r], arena) {
      if (graph.similarity === undefined) writeTranslations(problem, J, A, arena);
      else writeTranslationColumns(J, dof, d, A);
      problem.residual(poses, EXACT, r);
    },
    read: ([rho], arena) => moveBack(problem, rho, poses, arena),
  };
  leastSquares(structure, system, arenas, counters?.work);
  return poses;
}

function shapeOfTranslations(graph: PoseGraph): SystemShape {
  return { r: poseDof(graph), c: graph.dimension, rightSides: 1, bytes: stagingBytes(graph) };
}

/** The first d of dof columns. */
function writeTranslationColumns(J: Float64Array, dof: number, d: number, values: Float64Array): void {
  for (let row = 0; row < J.length / dof; row++) for (let a = 0; a < d; a++) values[row * d + a] = J[row * dof + a];
}

/** t <- t - s R rho */
function moveBack(problem: PoseGraphProblem, rho: Float64Array, poses: Float64Array, arena: Arena): void {
  const { graph, column } = problem;
  const move = (pose: number): void => movePose(graph, rho, column[pose], poses, pose);
  if (graph.similarity === undefined) movePoses(problem, rho, poses, arena, move);
  else for (let pose = 0; pose < column.length; pose++) if (column[pose] >= 0) move(pose);
}
