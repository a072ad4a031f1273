import { fp64, tolerance } from "@slam/float";
import { symmetricEigen } from "@slam/lie";
import { informationMatrix, informationSize, type PoseGraph, poseDof } from "./graph.ts";

/**
 * The information that makes e'We the edges' part of SE-Sync's F = kappa |Rj - Ri Rij|^2 + tau |tj - ti - Ri tij|^2, norms Frobenius' and Euclid's, for
 * errors e = [.; 2 sin(turn / 2)] in the plane and e = [.; vec q] in space: diag(tau, 2 kappa) and diag(tau, 8 kappa), each spread over its part.
 *
 * As SE-Sync reads files, tau is the harmonic mean of the eigenvalues of the translation's block, kappa the rotation's entry in the plane and half the
 * harmonic mean of its block's in space; what couples the two is not used.
 *
 * @returns laid out as the graph's information; negative entries for a block that is indefinite.
 * @see Rosen, Carlone, Bandeira and Leonard, SE-Sync, IJRR 2019, and read_g2o_file of its code.
 */
export function isotropicInformation(graph: PoseGraph): Float64Array {
  const { dimension: d, from } = graph;
  const dof = poseDof(graph);
  const size = informationSize(graph);
  const isotropic = new Float64Array(from.length * size);
  for (let e = 0; e < from.length; e++) {
    const W = informationMatrix(graph, e);
    const tau = harmonicMean(block(W, dof, 0, d));
    const turning = d === 2 ? 2 * W[8] : 4 * harmonicMean(block(W, dof, 3, 3));
    for (let i = 0, at = e * size; i < dof; at += dof - i, i++) isotropic[at] = i < d ? tau : turning;
  }
  return isotropic;
}

/** The n x n block of W on its diagonal from row `first` on. */
function block(W: Float64Array, dof: number, first: number, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, k) => W[(first + Math.floor(k / n)) * dof + first + (k % n)]);
}

/** Of the eigenvalues: 0 for a singular matrix, and the least for an indefinite one. */
function harmonicMean(M: Float64Array): number {
  const n = Math.sqrt(M.length);
  const { values } = symmetricEigen(n, M);
  const noise = tolerance(fp64, n) * Math.max(...values.map(Math.abs));
  if (values[0] < -noise) return values[0];
  if (values[0] <= noise) return 0;
  return n / values.reduce((sum, value) => sum + 1 / value, 0);
}
