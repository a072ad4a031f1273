import { isFactor } from "@slam/ichol";
import { symmetricEigen } from "@slam/lie";
import { Random } from "@slam/sim";
import type { ExtendedFactor } from "./extended-factor.ts";

/** Rounds of inverse iteration. */
const MOST_ROUNDS = 200;
/** After so many a shift nearer to the eigenvalue is tried. */
const ROUNDS_OF_A_SHIFT = 4;
/** How far below the eigenvalue's estimate the next shift is, as a share of it. */
const NEARER = 1.05;

export interface Eigenpairs {
  /** Rayleigh quotients of S, ascending: the first is at least its smallest eigenvalue. */
  readonly values: Float64Array;
  /** Their orthonormal vectors as columns of (d + 1) n rows, with zeros where positions are. */
  readonly vectors: Float64Array;
}

/**
 * The smallest eigenvalue of S with its vector, and d + 1 more or less well, by inverse iteration on as many vectors, S + shift I positive definite, with nearer shifts as the eigenvalue shows.
 *
 * @param system its factor is left at another shift.
 * @param shift at which S + shift I has a factor.
 * @param rtol ends it where the residual |S y - value y| of the first is below so much of |value| + the shift at hand.
 * @returns undefined where S + shift I has none after all.
 */
export function smallestEigenpairs(system: ExtendedFactor, shift: number, rtol: number): Eigenpairs | undefined {
  const { d, n } = system.form;
  const width = d + 2;
  const rows = (d + 1) * n;
  let eta = shift;
  if (!load(system, eta)) return undefined;
  const random = new Random(1);
  let V: Float64Array = Float64Array.from({ length: rows * width }, () => random.gaussian());
  clearPositions(d, width, V);
  let Z: Float64Array = new Float64Array(V.length);
  orthonormalize(d, width, V, V);
  for (let round = 1; ; round++) {
    system.solve(V, width, Z);
    // S Z = V - eta Z: of Z = Q R with orthonormal Q it is Q'SQ = R^-T (Z'V) R^-1 - eta I.
    const SQ = V;
    for (let k = 0; k < V.length; k++) SQ[k] -= eta * Z[k];
    orthonormalize(d, width, Z, SQ);
    const { values, vectors } = symmetricEigen(width, gram(d, width, Z, SQ));
    const Q = rotated(width, Z, vectors);
    const value = values[0];
    const left = residualOf(d, width, Q, rotated(width, SQ, vectors), value);
    if (left <= rtol * (Math.abs(value) + eta) || round === MOST_ROUNDS) {
      return { values, vectors: Q };
    }
    [V, Z] = [Q, SQ];
    const nearer = -NEARER * value + left;
    if (round % ROUNDS_OF_A_SHIFT === 0 && nearer > 0 && nearer < 0.5 * eta) {
      if (load(system, nearer)) eta = nearer;
      else if (!load(system, eta)) return undefined;
    }
  }
}

function load(system: ExtendedFactor, shift: number): boolean {
  const factor = system.factor({ shift });
  if (!isFactor(factor)) return false;
  system.load(factor);
  return true;
}

function clearPositions(d: number, width: number, V: Float64Array): void {
  for (let at = d * width; at < V.length; at += (d + 1) * width) V.fill(0, at, at + width);
}

/** V <- its columns made orthonormal where positions do not count, and W with them: by the same combinations of columns. */
function orthonormalize(d: number, width: number, V: Float64Array, W: Float64Array): void {
  const same = V === W;
  for (let c = 0; c < width; c++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < c; k++) {
        const s = product(d, width, V, k, V, c);
        subtractColumn(width, s, V, k, c);
        if (!same) subtractColumn(width, s, W, k, c);
      }
    }
    const length = Math.sqrt(product(d, width, V, c, V, c));
    for (let at = c; at < V.length; at += width) {
      V[at] /= length;
      if (!same) W[at] /= length;
    }
  }
}

function product(d: number, width: number, V: Float64Array, v: number, W: Float64Array, w: number): number {
  let sum = 0;
  for (let at = 0, row = 0; at < V.length; at += width, row = row === d ? 0 : row + 1) if (row < d) sum += V[at + v] * W[at + w];
  return sum;
}

function subtractColumn(width: number, s: number, V: Float64Array, from: number, to: number): void {
  for (let at = 0; at < V.length; at += width) V[at + to] -= s * V[at + from];
}

/** The symmetric part of Q'W. */
function gram(d: number, width: number, Q: Float64Array, W: Float64Array): Float64Array {
  const G = new Float64Array(width * width);
  for (let a = 0; a < width; a++) {
    for (let b = 0; b <= a; b++) {
      const s = 0.5 * (product(d, width, Q, a, W, b) + product(d, width, Q, b, W, a));
      G[a * width + b] = s;
      G[b * width + a] = s;
    }
  }
  return G;
}

/** V U, a new array. */
function rotated(width: number, V: Float64Array, U: Float64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(V.length);
  for (let at = 0; at < V.length; at += width) {
    for (let c = 0; c < width; c++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += V[at + k] * U[k * width + c];
      out[at + c] = sum;
    }
  }
  return out;
}

/** |S q - value q| of the first column. */
function residualOf(d: number, width: number, Q: Float64Array, SQ: Float64Array, value: number): number {
  let sum = 0;
  for (let at = 0, row = 0; at < Q.length; at += width, row = row === d ? 0 : row + 1) if (row < d) sum += (SQ[at] - value * Q[at]) ** 2;
  return Math.sqrt(sum);
}
