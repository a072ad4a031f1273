import type { Storage } from "@slam/float";
import type { Work } from "@slam/linop";
import type { BsrPattern } from "@slam/sparse";
import type { BundleJacobian } from "../jacobian.ts";
import { POSE_DOF } from "../unknowns.ts";
import { POINT, type PointStructure } from "./eliminate-points.reference.ts";

/** Flops of a 3 x 3 factor, and of a solve with it. */
const POINT_FACTOR = 14;
const POINT_SOLVE = 9;
/** Flops that a row with a pose and a point takes in either triangular solve, with its block of 6 x 3. */
const ACROSS = 2 * POSE_DOF * POINT;

/** What a dense Schur complement does, by its structure: flops in fp64, and what is read of J and of the factors. */
export interface DenseSchurCosts {
  /** Of U = Jc'Jc, and of the rows that are summed apart. */
  readonly assembly: number;
  readonly restAssembly: number;
  /** Of V, its factors, Y = W L'^-1 and S = U - Y Y'. */
  readonly elimination: number;
  /** Of the factor of S within its envelope, and its entries. */
  readonly factor: number;
  readonly entries: number;
  /** Of one of the two triangular solves, and bytes of the factors that it reads. */
  readonly triangular: number;
  readonly triangularBytes: number;
}

/**
 * @param pose the pattern of J's part of poses.
 * @param restFrom its block row from which on rows are summed apart.
 * @param first the first column of each row of S.
 */
export function denseSchurCosts(pose: BsrPattern, restFrom: number, structure: PointStructure, first: Int32Array): DenseSchurCosts {
  const { r, points, ptr, rows, poseOf } = structure;
  let across = 0;
  let pairs = 0;
  for (let p = 0; p < points; p++) {
    let posed = 0;
    for (let k = ptr[p]; k < ptr[p + 1]; k++) if (poseOf[rows[k]] >= 0) posed++;
    across += posed;
    pairs += (posed * (posed + 1)) / 2;
  }
  const views = rows.length;
  let factor = 0;
  let entries = 0;
  for (let i = 0; i < first.length; i++) {
    entries += i + 1 - first[i];
    // A division or a root, after a product and a difference for each column that both rows have.
    for (let j = first[i]; j <= i; j++) factor += 1 + 2 * Math.max(0, j - Math.max(first[i], first[j]));
  }
  return {
    assembly: assembly(pose, 0, restFrom),
    restAssembly: assembly(pose, restFrom, pose.blockRows),
    // 6 entries of V a view; 18 of W, then the triangle of L', a row with both; 36 of Y Y', 6 flops each, a pair of rows.
    elimination: 12 * r * views + POINT_FACTOR * points + (36 * r + POSE_DOF * POINT_SOLVE) * across + 216 * pairs,
    factor,
    entries,
    triangular: POINT_SOLVE * points + ACROSS * across + 2 * entries - first.length,
    triangularBytes: 8 * (6 * points + POSE_DOF * POINT * across + entries),
  };
}

/** The lower triangle of J'J of block rows. */
function assembly({ rowPtr, r }: BsrPattern, from: number, to: number): number {
  let flops = 0;
  for (let i = from; i < to; i++) {
    const blocks = rowPtr[i + 1] - rowPtr[i];
    flops += 2 * r * (21 * blocks + 18 * blocks * (blocks - 1));
  }
  return flops;
}

/** Counts a factorisation for a J. @param withRest with the rows that are summed apart. */
export function countDenseFactor(work: Work, costs: DenseSchurCosts, J: BundleJacobian, withRest: boolean): void {
  const { assembly, restAssembly, elimination, factor, entries } = costs;
  const bytes = J.parts.reduce((sum, { values }) => sum + (values as Storage).byteLength, 0);
  const flops = assembly + elimination + (withRest ? restAssembly : 0);
  work.count("factorize", "fp64", flops, J.parts[0].format.name, bytes);
  work.count("factorize", "fp64", factor, "fp64", 8 * entries);
}

/** Counts so many of the two triangular solves. */
export function countDenseTriangular(work: Work, { triangular, triangularBytes }: DenseSchurCosts, solves: 1 | 2): void {
  work.count("precondition", "fp64", solves * triangular, "fp64", solves * triangularBytes);
}

/** Counts both triangular solves with the factor of S alone. @param n its rows. */
export function countDenseReduced(work: Work, { entries }: DenseSchurCosts, n: number): void {
  work.count("precondition", "fp64", 2 * (2 * entries - n), "fp64", 16 * entries);
}
