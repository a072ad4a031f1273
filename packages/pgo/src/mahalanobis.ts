import { checkInteger, checkLength, OptionError } from "@slam/errors";
import { fp64 } from "@slam/float";
import { arithmeticOf } from "./between.ts";
import { whitened } from "./between-formulas.ts";
import { costConvention, factorOfCost } from "./cost-conventions.ts";
import { checkGraph, informationSize, type PoseGraph, poseSize } from "./graph.ts";
import type { Marginals } from "./marginals.ts";
import { squareRootInformation } from "./whitening.ts";

/** How far a measurement is from what the graph without it says. */
export interface MahalanobisDistance {
  /** e' (J Sigma J' + W^-1)^-1 e: where the candidate is true, of about a chi-square distribution. */
  readonly squared: number;
  /** Its degrees of freedom: the rank of W. */
  readonly dof: number;
}

/**
 * The distance of a candidate loop Z = X_i^-1 X_j with information W, none of the graph's edges, from the estimate; its error e and Jacobian J are those that it would
 * have as one.
 *
 * With W = R'R it is y' (I + R J Sigma J' R')^-1 y, y = R e: no W is inverted, and one that says nothing in some direction is fine. To first order in the
 * uncertainty of the estimate: where that is large against the world's bends, true loops have larger distances.
 *
 * @param measurement [x y theta], [x y z qx qy qz qw] or with a scale behind it, as a graph stores it.
 * @param information its upper triangle, row-major, as a graph stores it.
 * @throws OptionError for an index out of range, two equal ones, a measurement or an information that no edge may have; DimensionError.
 * @see Neira and Tardos, Data association in stochastic mapping using the joint compatibility test, IEEE Trans. Robotics and Automation 17, 2001.
 */
export function mahalanobis(
  marginals: Marginals,
  i: number,
  j: number,
  measurement: Float64Array,
  information: Float64Array,
): MahalanobisDistance {
  const { graph, dof } = marginals;
  const candidate = candidateGraph(graph, i, j, measurement, information);
  const { whitening, costScale } = squareRootInformation(candidate);
  const scale = Math.sqrt(costScale);
  const R = Array.from(whitening, (r) => r * scale);
  const { e, Ji, Jj } = linearized(candidate);
  const numbers = arithmeticOf(fp64);
  const y = Float64Array.from(whitened(numbers, R, e, 1));
  const jacobian = (J: Float64Array): Float64Array => Float64Array.from(whitened(numbers, R, J, dof));
  const S = marginals.linear(
    [
      { pose: i, jacobian: jacobian(Ji) },
      { pose: j, jacobian: jacobian(Jj) },
    ],
    dof,
  );
  for (let k = 0; k < dof; k++) S[k * (dof + 1)] += 1;
  return { squared: inverseEnergy(S, y), dof: rank(whitening, dof) };
}

/** The two poses and the candidate alone. */
function candidateGraph(graph: PoseGraph, i: number, j: number, measurement: Float64Array, information: Float64Array): PoseGraph {
  const poses = graph.ids.length;
  checkInteger("mahalanobis: i", i, 0, poses - 1);
  checkInteger("mahalanobis: j", j, 0, poses - 1);
  if (i === j) throw new OptionError("mahalanobis: j", { expected: "another pose than i", actual: j });
  const size = poseSize(graph);
  checkLength("mahalanobis: measurement", measurement.length, size);
  checkLength("mahalanobis: information", information.length, informationSize(graph));
  const pair = i < j ? [i, j] : [j, i];
  const candidate = {
    dimension: graph.dimension,
    ...(graph.similarity && { similarity: graph.similarity }),
    ids: Float64Array.from(pair, (k) => graph.ids[k]),
    poses: Float64Array.from(pair.flatMap((k) => [...graph.poses.subarray(k * size, (k + 1) * size)])),
    known: Uint8Array.of(1, 1),
    from: Int32Array.of(i < j ? 0 : 1),
    to: Int32Array.of(i < j ? 1 : 0),
    measurements: measurement,
    information,
    fixed: new Int32Array(0),
  };
  checkGraph(candidate);
  return candidate;
}

function linearized(graph: PoseGraph): { readonly e: Float64Array; readonly Ji: Float64Array; readonly Jj: Float64Array } {
  const { poses, from, to, measurements } = graph;
  const factor = factorOfCost(costConvention("g2o", graph), graph);
  const { dof } = factor;
  const [e, Ji, Jj] = [new Float64Array(dof), new Float64Array(dof * dof), new Float64Array(dof * dof)];
  const size = poseSize(graph);
  factor.error(fp64, poses, from[0] * size, to[0] * size, measurements, 0, e);
  factor.jacobians(fp64, poses, from[0] * size, to[0] * size, measurements, 0, Ji, Jj);
  return { e, Ji, Jj };
}

/** y' S^-1 y for S with eigenvalues of 1 and more, of which the lower triangle is overwritten, y too: |L^-1 y|^2, S = L L'. */
function inverseEnergy(S: Float64Array, y: Float64Array): number {
  const n = y.length;
  let energy = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = S[i * n + j];
      for (let k = 0; k < j; k++) s -= S[i * n + k] * S[j * n + k];
      S[i * n + j] = j < i ? s / S[j * n + j] : Math.sqrt(s);
    }
    for (let k = 0; k < i; k++) y[i] -= S[i * n + k] * y[k];
    y[i] /= S[i * n + i];
    energy += y[i] * y[i];
  }
  return energy;
}

/** Rows of an upper triangle R that are not zero: `squareRootInformation` leaves as many as W has rank. */
function rank(R: Float64Array, dof: number): number {
  let rows = 0;
  for (let i = 0, at = 0; i < dof; at += dof - i, i++) if (R[at] !== 0) rows++;
  return rows;
}
