import { atan2, fp64, operationFormat, writeCosSin } from "@slam/float";
import { nearestRotation, so3, symmetricEigen } from "@slam/lie";
import { informationSize, poseDof, poseSize } from "../graph.ts";
import type { PoseGraphProblem } from "../problem.ts";
import { spanningTree } from "./chain.ts";
import { leastSquares, type System } from "./least-squares.ts";
import { relaxScales } from "./scales.ts";

const EXACT = operationFormat(fp64);
/** Relative to the trace: eigenvalues of a rotation's weight are held above it. */
const LEAST_WEIGHT = 1e-6;
/** Where the rotation block's upper triangle begins, from the end of the information, by the size of a pose. */
const ROTATION_BLOCK = { 3: 1, 7: 6, 8: 10 } as const;

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
    ...{ r: d, c: d, rightSides: d },
    write: (A, b) => writeRotationRows(problem, poses, A, b),
    read: (rows) => placeRotations(problem, rows, poses),
  };
  leastSquares(structure, system, arenas, counters?.work);
}

/** The blocks of every edge, in the matrix, or in the right sides where their pose is held. */
function writeRotationRows(
  { graph, blocks }: PoseGraphProblem,
  poses: Float64Array,
  values: Float64Array,
  b: readonly Float64Array[],
): void {
  const { from, to, measurements, information } = graph;
  const d = graph.dimension;
  const size = poseSize(graph);
  const triangle = informationSize(graph);
  // Of similarities each row of the information ends with the scale's entry.
  const rowPast = size === 8 ? 1 : 0;
  const root = new Float64Array(d * d);
  const atFrom = new Float64Array(d * d);
  const R = new Float64Array(d * d);
  for (let e = 0; e < from.length; e++) {
    if (d === 2) writePlanarWeight(information, e, root);
    else writeSpatialWeight(information, (e + 1) * triangle - ROTATION_BLOCK[size], rowPast, root);
    readRotation(d, measurements, e * size, R);
    // atFrom <- -Lambda^(1/2)' Rij'
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        let sum = 0;
        for (let k = 0; k < d; k++) sum -= root[i * d + k] * R[j * d + k];
        atFrom[i * d + j] = sum;
      }
    }
    for (let end = 0; end < 2; end++) {
      const block = end === 0 ? blocks.ofFrom[e] : blocks.ofTo[e];
      const M = end === 0 ? atFrom : root;
      if (block >= 0) for (let k = 0; k < d * d; k++) values[block * d * d + k] = M[k];
      else {
        readRotation(d, poses, (end === 0 ? from[e] : to[e]) * size, R);
        for (let k = 0; k < d; k++) {
          for (let a = 0; a < d; a++) for (let c = 0; c < d; c++) b[k][e * d + a] -= M[a * d + c] * R[k * d + c];
        }
      }
    }
  }
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

/** root <- L' with L L' = Lambda of edge e, 2 x 2. */
function writePlanarWeight(information: Float64Array, e: number, root: Float64Array): void {
  root[0] = Math.sqrt(Math.max(information[e * 6 + 5], 0));
  root[3] = root[0];
}

const Lambda = new Float64Array(9);

/** root <- L' with L L' = Lambda, 3 x 3, of the rotation block whose upper triangle begins at information[at]; `rowPast` entries end each of its rows. */
function writeSpatialWeight(information: Float64Array, at: number, rowPast: 0 | 1, root: Float64Array): void {
  const yAt = at + 3 + rowPast;
  const zAt = yAt + 2 + rowPast;
  const xx = information[at];
  const yy = information[yAt];
  const zz = information[zAt];
  const trace = xx + yy + zz;
  const xy = -information[at + 1];
  const xz = -information[at + 2];
  const yz = -information[yAt + 1];
  // Cholesky, unless a pivot says that an eigenvalue may have to be held.
  const floor = LEAST_WEIGHT * trace;
  const a = trace / 2 - xx;
  const l00 = Math.sqrt(a);
  const l10 = xy / l00;
  const l20 = xz / l00;
  const b = trace / 2 - yy - l10 * l10;
  const l11 = Math.sqrt(b);
  const l21 = (yz - l20 * l10) / l11;
  const c = trace / 2 - zz - l20 * l20 - l21 * l21;
  if (a > 2 * floor && b > 2 * floor && c > 2 * floor) {
    root.fill(0);
    root[0] = l00;
    root[1] = l10;
    root[2] = l20;
    root[4] = l11;
    root[5] = l21;
    root[8] = Math.sqrt(c);
    return;
  }
  Lambda.set([trace / 2 - xx, xy, xz, xy, trace / 2 - yy, yz, xz, yz, trace / 2 - zz]);
  const { values, vectors } = symmetricEigen(3, Lambda);
  for (let k = 0; k < 9; k++) root[k] = vectors[(k % 3) * 3 + Math.floor(k / 3)] * Math.sqrt(Math.max(values[Math.floor(k / 3)], floor, 0));
}

/** Given the rotations, the residual is affine in the translations: one linear least-squares step in the Jacobian's columns of translation. */
function relaxTranslations(problem: PoseGraphProblem, poses: Float64Array): Float64Array {
  const { graph, structure, arenas, counters } = problem;
  const d = graph.dimension;
  const dof = poseDof(graph);
  const J = problem.jacobian(poses, EXACT).matrix.values as unknown as Float64Array;
  const system: System = {
    ...{ r: dof, c: d, rightSides: 1 },
    write(A, [r]) {
      writeTranslationColumns(J, dof, d, A);
      problem.residual(poses, EXACT, r);
    },
    read: ([rho]) => moveBack(problem, rho, poses),
  };
  leastSquares(structure, system, arenas, counters?.work);
  return poses;
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

/** R <- the rotation of the pose at poses[at], row-major. */
function readRotation(d: 2 | 3, poses: Float64Array, at: number, R: Float64Array): void {
  if (d === 3) {
    so3.toMatrix(poses, at + 3, R, 0);
    return;
  }
  // [cos sin . .]
  writeCosSin(poses[at + 2], R, 0);
  R[2] = R[1];
  R[1] = -R[2];
  R[3] = R[0];
}
