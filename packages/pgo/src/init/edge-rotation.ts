import { writeCosSin } from "@slam/float";
import { so3, symmetricEigen } from "@slam/lie";
import { informationSize, poseSize } from "../graph.ts";
import type { PoseGraphProblem } from "../problem.ts";
import { LEAST_WEIGHT } from "./chordal.kernel.ts";

/** Where the rotation block's upper triangle begins, from the end of the information, by the size of a pose. */
const ROTATION_BLOCK = { 3: 1, 7: 6, 8: 10 } as const;

const root = new Float64Array(9);
const atFrom = new Float64Array(9);
const R = new Float64Array(9);

/**
 * The rows of one edge in the system of rotations: its blocks in the matrix, or in the right sides where their pose is held.
 *
 * @param values the matrix's blocks.
 * @param b a right side for each row of the rotations.
 */
export function writeEdgeRotation(
  { graph, blocks }: PoseGraphProblem,
  poses: Float64Array,
  e: number,
  values: Float64Array,
  b: readonly Float64Array[],
): void {
  const { from, to, measurements, information } = graph;
  const d = graph.dimension;
  const size = poseSize(graph);
  // Of similarities each row of the information ends with the scale's entry.
  const rowPast = size === 8 ? 1 : 0;
  if (d === 2) writePlanarWeight(information, e, root);
  else writeSpatialWeight(information, (e + 1) * informationSize(graph) - ROTATION_BLOCK[size], rowPast, root);
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

/** root <- L' with L L' = Lambda of edge e, 2 x 2. */
function writePlanarWeight(information: Float64Array, e: number, root: Float64Array): void {
  root[0] = Math.sqrt(Math.max(information[e * 6 + 5], 0));
  root[1] = 0;
  root[2] = 0;
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

/** R <- the rotation of the pose at poses[at], row-major. */
export function readRotation(d: 2 | 3, poses: Float64Array, at: number, R: Float64Array): void {
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
