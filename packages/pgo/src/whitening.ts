import { OptionError } from "@slam/errors";
import { fp64, powerOfTwoBelow, tolerance } from "@slam/float";
import { informationSize, type PoseGraph, poseDof } from "./graph.ts";

/**
 * W_e upper triangular with W_e'W_e = information_e, dof x dof row-major per edge, all scaled by the power of two that brings the largest entry into [1, 2).
 *
 * @returns the scaled factors and costScale: chi2 = costScale |r|^2.
 * @throws OptionError for an information matrix that is not positive semidefinite (to rounding).
 */
export function squareRootInformation(graph: PoseGraph): { readonly whitening: Float64Array; readonly costScale: number } {
  const dof = poseDof(graph);
  const stored = informationSize(graph);
  const whitening = new Float64Array(graph.from.length * dof * dof);
  const diagonal = new Float64Array(dof);
  for (let edge = 0; edge < graph.from.length; edge++) {
    if (!choleskyUpper(graph.information, edge * stored, dof, whitening, edge * dof * dof, diagonal)) {
      throw new OptionError(`information of the edge ${graph.ids[graph.from[edge]]} -> ${graph.ids[graph.to[edge]]}`, {
        expected: "a positive semidefinite matrix",
        actual: "indefinite",
      });
    }
  }
  let largest = 0;
  for (let k = 0; k < whitening.length; k++) largest = Math.max(largest, Math.abs(whitening[k]));
  const scale = 1 / powerOfTwoBelow(largest);
  for (let k = 0; k < whitening.length; k++) whitening[k] *= scale;
  return { whitening, costScale: 1 / (scale * scale) };
}

/**
 * The columns of W = L' of M = L L', M's upper triangle given row-major. A row of what is left of M that is zero to rounding makes a zero row: a
 * singular matrix, once rounded, may have a pivot just below 0.
 *
 * @param diagonal scratch of dof numbers.
 */
function choleskyUpper(M: Float64Array, at: number, dof: number, W: Float64Array, into: number, diagonal: Float64Array): boolean {
  for (let j = 0, jj = at; j < dof; jj += dof - j, j++) diagonal[j] = M[jj];
  const relativeNoise = tolerance(fp64, dof);
  for (let i = 0; i < dof; i++) {
    const row = into + i * dof;
    let isNoise = true;
    for (let j = i; j < dof; j++, at++) {
      let s = M[at];
      for (let k = 0; k < i; k++) s -= W[into + k * dof + i] * W[into + k * dof + j];
      W[row + j] = s;
      if (!(Math.abs(s) <= relativeNoise * Math.sqrt(diagonal[i] * diagonal[j]))) isNoise = false;
    }
    if (isNoise) {
      for (let j = i; j < dof; j++) W[row + j] = 0;
      continue;
    }
    const root = Math.sqrt(W[row + i]);
    if (!(root > 0)) return false;
    W[row + i] = root;
    for (let j = i + 1; j < dof; j++) W[row + j] /= root;
  }
  return true;
}
