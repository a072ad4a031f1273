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
  for (let edge = 0; edge < graph.from.length; edge++) {
    if (!choleskyUpper(graph.information, edge * stored, dof, whitening, edge * dof * dof)) {
      throw new OptionError(`information of the edge ${graph.ids[graph.from[edge]]} -> ${graph.ids[graph.to[edge]]}`, {
        expected: "a positive semidefinite matrix",
        actual: "indefinite",
      });
    }
  }
  const scale = 1 / powerOfTwoBelow(whitening.reduce((most, w) => Math.max(most, Math.abs(w)), 0));
  return { whitening: whitening.map((w) => w * scale), costScale: 1 / (scale * scale) };
}

/**
 * The columns of W = L' of M = L L', M's upper triangle given row-major. A row of what is left of M that is zero to rounding makes a zero row: a
 * singular matrix, once rounded, may have a pivot just below 0.
 */
function choleskyUpper(M: Float64Array, at: number, dof: number, W: Float64Array, into: number): boolean {
  const diagonal = Float64Array.from({ length: dof }, (_, j) => M[at + j * dof - (j * (j - 1)) / 2]);
  for (let i = 0; i < dof; i++) {
    const row = W.subarray(into + i * dof, into + (i + 1) * dof);
    for (let j = i; j < dof; j++, at++) {
      row[j] = M[at];
      for (let k = 0; k < i; k++) row[j] -= W[into + k * dof + i] * W[into + k * dof + j];
    }
    const noise = (j: number): number => tolerance(fp64, dof) * Math.sqrt(diagonal[i] * diagonal[j]);
    if (row.every((s, j) => Math.abs(s) <= noise(j))) {
      row.fill(0);
      continue;
    }
    const root = Math.sqrt(row[i]);
    if (!(root > 0)) return false;
    row[i] = root;
    for (let j = i + 1; j < dof; j++) row[j] /= root;
  }
  return true;
}
