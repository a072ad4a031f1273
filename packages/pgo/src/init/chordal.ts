import { atan2, fp64, operationFormat } from "@slam/float";
import { nearestRotation } from "@slam/lie";
import type { Arena } from "@slam/wasm";
import { type PoseGraph, poseDof, poseSize } from "../graph.ts";
import type { PoseGraphProblem } from "../problem.ts";
import { spanningTree } from "./chain.ts";
import { stagingBytes, writeRotations, writeTranslations } from "./chordal-engine.ts";
import { readRotation, writeEdgeRotation } from "./edge-rotation.ts";
import { leastSquares, type System, type SystemShape } from "./least-squares.ts";
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
  const held: number[] = [];
  for (let pose = 0; pose < problem.column.length; pose++) if (problem.column[pose] < 0) held.push(pose);
  const poses = spanningTree(problem.graph, held, problem.arenas);
  if (problem.graph.similarity !== undefined) relaxScales(problem, poses);
  relaxRotations(problem, poses);
  return relaxTranslations(problem, poses);
}

function relaxRotations(problem: PoseGraphProblem, poses: Float64Array): void {
  const { graph, structure, arenas, counters } = problem;
  const d = graph.dimension;
  // One right side for each row of the rotations: row k of Rj = row k of Ri times Rij.
  const system: System = {
    ...{ r: d, c: d, rightSides: d, bytes: stagingBytes(graph), later: shapeOfTranslations(graph) },
    write: (A, b, arena) => writeRotationRows(problem, poses, A, b, arena),
    read: (rows) => placeRotations(problem, rows, poses),
  };
  leastSquares(structure, system, arenas, counters?.work);
}

/** The blocks of every edge, in the matrix, or in the right sides where their pose is held. */
function writeRotationRows(problem: PoseGraphProblem, poses: Float64Array, A: Float64Array, b: readonly Float64Array[], arena: Arena): void {
  const { graph } = problem;
  const writeEdge = (e: number): void => writeEdgeRotation(problem, poses, e, A, b);
  if (graph.similarity === undefined) writeRotations(problem, A, arena, writeEdge);
  else for (let e = 0; e < graph.from.length; e++) writeEdge(e);
}

/** Poses turn as the rotation nearest to their rows says. */
function placeRotations({ graph, column }: PoseGraphProblem, rows: readonly Float64Array[], poses: Float64Array): void {
  const d = graph.dimension;
  const size = poseSize(graph);
  const M = new Float64Array(d * d);
  for (let pose = 0; pose < column.length; pose++) {
    const at = column[pose] * d;
    if (at < 0) continue;
    for (let k = 0; k < d; k++) for (let c = 0; c < d; c++) M[k * d + c] = rows[k][at + c];
    if (d === 2) poses[pose * 3 + 2] = atan2(M[2] - M[1], M[0] + M[3]);
    else nearestRotation(M, 0, poses, pose * size + 3);
  }
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
    read: ([rho]) => moveBack(problem, rho, poses),
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
function moveBack({ graph, column }: PoseGraphProblem, rho: Float64Array, poses: Float64Array): void {
  const d = graph.dimension;
  const size = poseSize(graph);
  const R = new Float64Array(d * d);
  for (let pose = 0; pose < column.length; pose++) {
    const k = column[pose];
    if (k < 0) continue;
    readRotation(d, poses, pose * size, R);
    const scale = size === 8 ? poses[pose * size + 7] : 1;
    for (let a = 0; a < d; a++) for (let c = 0; c < d; c++) poses[pose * size + a] -= scale * R[a * d + c] * rho[k * d + c];
  }
}
