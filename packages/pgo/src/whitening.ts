import { OptionError } from "@slam/errors";
import { fp64, powerOfTwoBelow, tolerance } from "@slam/float";
import type { ArenaPool } from "@slam/wasm";
import { upperSize } from "./between-formulas.ts";
import { factorOf } from "./factors/built-in.ts";
import { factorName } from "./factors/sets.ts";
import { type PoseGraph, poseDof } from "./graph.ts";
import { type Roots, whiteningEngine } from "./whitening-engine.ts";

export interface Whitening {
  /** Of the edges. */
  readonly whitening: Float64Array;
  /** Of each set of the graph's factors. */
  readonly ofFactors: readonly Float64Array[];
  /** chi2 = costScale |r|^2. */
  readonly costScale: number;
}

/**
 * W_e upper triangular with W_e'W_e = information_e, its upper triangle row-major as that of the information, all scaled by the power of two that brings
 * the largest entry into [1, 2).
 *
 * @param arenas what the edges' are taken from, and computed in by the engine. Default new arrays and plain loops, with the same bits.
 * @throws OptionError for an information matrix that is not positive semidefinite (to rounding).
 */
export function squareRootInformation(graph: PoseGraph, arenas?: ArenaPool): Whitening {
  const dof = poseDof(graph);
  const edges = arenas === undefined ? plainRoots(graph.information.slice(), dof) : whiteningEngine(graph.information, dof, arenas);
  const { bad } = edges;
  if (bad >= 0) throw indefinite(`the edge ${graph.ids[graph.from[bad]]} -> ${graph.ids[graph.to[bad]]}`);
  const ofFactors = (graph.factors ?? []).map((set) => {
    const roots = plainRoots(set.information.slice(), factorOf(set.factor).rows);
    if (roots.bad >= 0) throw indefinite(factorName(graph, set, roots.bad));
    return roots;
  });
  const largest = ofFactors.reduce((most, roots) => Math.max(most, roots.largest()), edges.largest());
  const scale = 1 / powerOfTwoBelow(largest);
  for (const roots of [edges, ...ofFactors]) roots.multiplyBy(scale);
  return { whitening: edges.W, ofFactors: ofFactors.map(({ W }) => W), costScale: 1 / (scale * scale) };
}

/** In place. */
function plainRoots(W: Float64Array, dof: number): Roots {
  const bad = factoriseEach(W, dof, upperSize(dof));
  return { W, bad, largest: () => largestMagnitude(W), multiplyBy: (factor) => multiplyBy(W, factor) };
}

function indefinite(what: string): OptionError {
  return new OptionError(`information of ${what}`, {
    expected: "a positive semidefinite matrix; `slam lint` repairs such matrices",
    actual: "indefinite",
  });
}

/** Whether `squareRootInformation` takes the symmetric matrix with this upper triangle, row-major and finite; not changed. */
export function isSemidefinite(triangle: Float64Array, dof: number): boolean {
  const scale = powerOfTwoBelow(largestMagnitude(triangle));
  // Divided, not multiplied by 1 / scale, which overflows where scale is subnormal.
  return choleskyUpper(
    triangle.map((w) => w / scale),
    0,
    dof,
    new Float64Array(dof),
  );
}

/** W <- L' for each matrix W = L L'; returns the first that has none, or -1. */
function factoriseEach(W: Float64Array, dof: number, size: number): number {
  const diagonal = new Float64Array(dof);
  for (let at = 0; at < W.length; at += size) if (!choleskyUpper(W, at, dof, diagonal)) return at / size;
  return -1;
}

/**
 * W <- L' for W = L L' in place. A row of what is left of it that is zero to rounding makes a zero row: a singular matrix, once rounded, may have a
 * pivot just below 0.
 *
 * @param at where the matrix begins.
 * @param diagonal scratch of dof numbers.
 */
export function choleskyUpper(W: Float64Array, at: number, dof: number, diagonal: Float64Array): boolean {
  for (let j = 0, jj = at; j < dof; jj += dof - j, j++) diagonal[j] = W[jj];
  const relativeNoise = tolerance(fp64, dof);
  for (let i = 0, ii = at; i < dof; ii += dof - i, i++) {
    let isNoise = true;
    for (let j = i; j < dof; j++) {
      let s = W[ii + j - i];
      for (let k = 0, kk = at; k < i; kk += dof - k, k++) s -= W[kk + i - k] * W[kk + j - k];
      W[ii + j - i] = s;
      if (isNoise && !(Math.abs(s) <= relativeNoise * Math.sqrt(diagonal[i] * diagonal[j]))) isNoise = false;
    }
    if (isNoise) {
      for (let j = i; j < dof; j++) W[ii + j - i] = 0;
      continue;
    }
    const root = Math.sqrt(W[ii]);
    if (!(root > 0)) return false;
    W[ii] = root;
    for (let j = i + 1; j < dof; j++) W[ii + j - i] /= root;
  }
  return true;
}

function largestMagnitude(x: Float64Array): number {
  let largest = 0;
  for (let k = 0; k < x.length; k++) {
    const magnitude = x[k] < 0 ? -x[k] : x[k];
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}

function multiplyBy(x: Float64Array, factor: number): void {
  for (let k = 0; k < x.length; k++) x[k] *= factor;
}
