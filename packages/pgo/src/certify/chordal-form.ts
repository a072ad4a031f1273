import { fp64 } from "@slam/float";
import { so2, so3 } from "@slam/lie";
import { informationSize, type PoseGraph, poseSize } from "../graph.ts";
import { isotropicInformation } from "../isotropic-information.ts";

/**
 * SE-Sync's cost as a quadratic form, F = sum kappa |Yj - Yi Rij|^2 + tau |pj - pi - Yi tij|^2 = tr(X' M X). X has d + 1 rows of r numbers for each pose:
 * the d columns of its Y (r x d, orthonormal), then its position p. At r = d these are poses; above, the relaxation of them.
 */
export interface ChordalForm {
  readonly d: 2 | 3;
  /** Poses. */
  readonly n: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly kappa: Float64Array;
  readonly tau: Float64Array;
  /** m x d x d and m x d. */
  readonly rotations: Float64Array;
  readonly translations: Float64Array;
}

/** @param graph its edges; the estimates are not used. An indefinite information has a weight below zero. */
export function chordalForm(graph: PoseGraph): ChordalForm {
  const { dimension: d, from, to, measurements, ids } = graph;
  const edges = from.length;
  const W = isotropicInformation(graph);
  const size = informationSize(graph);
  const stride = poseSize(graph);
  const rotations = new Float64Array(edges * d * d);
  const translations = new Float64Array(edges * d);
  for (let e = 0; e < edges; e++) {
    if (d === 2) so2.toMatrix(measurements, e * stride + 2, rotations, e * 4);
    else so3.toMatrix(measurements, e * stride + 3, rotations, e * 9);
    for (let a = 0; a < d; a++) translations[e * d + a] = measurements[e * stride + a];
  }
  // Its errors are 2 sin(turn / 2), and vec q: |Rj - Ri Rij|^2 is 2 and 8 times their squares.
  const [last, share] = d === 2 ? [5, 1 / 2] : [20, 1 / 8];
  const kappa = Float64Array.from({ length: edges }, (_, e) => W[e * size + last] * share);
  const tau = Float64Array.from({ length: edges }, (_, e) => W[e * size]);
  return { d, n: ids.length, from, to, kappa, tau, rotations, translations };
}

/** What an evaluation of the form at X gives besides M X. */
export interface Evaluation {
  /** F(X), a sum of squares. */
  readonly cost: number;
  /** sqrt(sum |M_e X|^2) over edges: how large M X would be if the edges' parts did not cancel. */
  readonly apart: number;
}

/** Of X; room for them is laid out once. */
export const MOST_COLUMNS = 16;

const residual = new Float64Array(3 * MOST_COLUMNS);
const shift = new Float64Array(MOST_COLUMNS);

/**
 * MX <- M X edge by edge, from the residuals, which cancel before they are weighted.
 *
 * @param r columns of X, at most MOST_COLUMNS.
 */
export function evaluate(
  { d, from, to, kappa, tau, rotations, translations }: ChordalForm,
  X: Float64Array,
  r: number,
  MX: Float64Array,
): Evaluation {
  const width = (d + 1) * r;
  const p = d * r;
  let cost = 0;
  let apart = 0;
  MX.fill(0);
  for (let e = 0; e < from.length; e++) {
    const i = from[e] * width;
    const j = to[e] * width;
    const R = e * d * d;
    const t = e * d;
    let turned = 0;
    let moved = 0;
    let length = 0;
    for (let a = 0; a < r; a++) shift[a] = X[j + p + a] - X[i + p + a];
    for (let l = 0; l < d; l++) {
      const tl = translations[t + l];
      length += tl * tl;
      for (let a = 0; a < r; a++) shift[a] -= tl * X[i + l * r + a];
    }
    for (let k = 0; k < d; k++) {
      for (let a = 0; a < r; a++) {
        let s = X[j + k * r + a];
        for (let l = 0; l < d; l++) s -= rotations[R + l * d + k] * X[i + l * r + a];
        turned += s * s;
        s *= kappa[e];
        residual[k * r + a] = s;
        MX[j + k * r + a] += s;
      }
    }
    for (let a = 0; a < r; a++) {
      moved += shift[a] * shift[a];
      const s = tau[e] * shift[a];
      shift[a] = s;
      MX[j + p + a] += s;
      MX[i + p + a] -= s;
    }
    for (let l = 0; l < d; l++) {
      for (let a = 0; a < r; a++) {
        let s = translations[t + l] * shift[a];
        for (let k = 0; k < d; k++) s += rotations[R + l * d + k] * residual[k * r + a];
        MX[i + l * r + a] -= s;
      }
    }
    cost += kappa[e] * turned + tau[e] * moved;
    apart += 2 * kappa[e] * kappa[e] * turned + tau[e] * tau[e] * (2 + length) * moved;
  }
  return { cost, apart: Math.sqrt(apart) };
}

/** Roundings of one number of a residual, in units of what it is the difference of. */
const ROUNDINGS_OF_A_RESIDUAL = 64;

/** What F may be where the measurements agree exactly, by rounding of X and of the residuals alone. */
export function roundingOf({ d, n, from, to, kappa, tau, translations }: ChordalForm, X: Float64Array, r: number): number {
  const distance = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    for (let a = 0; a < r; a++) distance[k] += Math.abs(X[(k * (d + 1) + d) * r + a]);
  }
  const unit = (ROUNDINGS_OF_A_RESIDUAL * fp64.unitRoundoff) ** 2;
  let sum = 0;
  for (let e = 0; e < from.length; e++) {
    let length = distance[from[e]] + distance[to[e]];
    for (let l = 0; l < d; l++) length += Math.abs(translations[e * d + l]);
    sum += unit * (kappa[e] * d * d + tau[e] * d * length * length);
  }
  return sum;
}
