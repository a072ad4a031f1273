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
 * The smallest eigenvalue of S with its vector, and d + 1 more or less well, by inverse iteration on as many vectors; with nearer shifts as the eigenvalue shows.
 *
 * @param system its factor is left at another shift.
 * @param shift at which S + shift I is positive definite.
 * @param rtol ends it where the residual |S y - value y| of the first is below so much of |value| + the shift at hand.
 * @returns undefined where S + shift I has no factor after all.
 */
export function smallestEigenpairs(system: ExtendedFactor, shift: number, rtol: number): Eigenpairs | undefined {
  const { d, n } = system.form;
  const width = d + 2;
  let eta = shift;
  if (!load(system, eta)) return undefined;
  let V = randomVectors(d, n, width);
  let Z: Float64Array = new Float64Array(V.length);
  for (let round = 1; ; round++) {
    system.solve(V, width, Z);
    // S Z = V - eta Z, and after Z = Q R the same combinations of columns are S Q.
    const SQ = V;
    for (let k = 0; k < V.length; k++) SQ[k] -= eta * Z[k];
    orthonormalize(width, Z, SQ);
    const { values, vectors } = symmetricEigen(width, gram(width, Z, SQ));
    const Q = rotated(width, Z, vectors);
    const value = values[0];
    const left = residualOf(width, Q, rotated(width, SQ, vectors), value);
    if (left <= rtol * (Math.abs(value) + eta) || round === MOST_ROUNDS) return { values, vectors: Q };
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

/** Zeros for positions. */
function randomVectors(d: number, n: number, width: number): Float64Array {
  const random = new Random(1);
  const V = Float64Array.from({ length: (d + 1) * n * width }, () => random.gaussian());
  for (let at = d * width; at < V.length; at += (d + 1) * width) V.fill(0, at, at + width);
  return V;
}

/** Q <- its columns made orthonormal, and W with them by the same combinations of columns. */
function orthonormalize(width: number, Q: Float64Array, W: Float64Array): void {
  for (let c = 0; c < width; c++) {
    for (let k = 0; k < 2 * c; k++) {
      const s = product(width, Q, k % c, Q, c);
      for (const V of [Q, W]) for (let at = 0; at < V.length; at += width) V[at + c] -= s * V[at + (k % c)];
    }
    const length = Math.sqrt(product(width, Q, c, Q, c));
    for (const V of [Q, W]) for (let at = c; at < V.length; at += width) V[at] /= length;
  }
}

/** v'w of two columns. */
function product(width: number, V: Float64Array, v: number, W: Float64Array, w: number): number {
  let sum = 0;
  for (let at = 0; at < V.length; at += width) sum += V[at + v] * W[at + w];
  return sum;
}

/** The symmetric part of Q'W. */
function gram(width: number, Q: Float64Array, W: Float64Array): Float64Array {
  const G = new Float64Array(width * width);
  for (let a = 0; a < width; a++) {
    for (let b = 0; b <= a; b++) {
      const s = 0.5 * (product(width, Q, a, W, b) + product(width, Q, b, W, a));
      G[a * width + b] = s;
      G[b * width + a] = s;
    }
  }
  return G;
}

/** V U, a new array. */
function rotated(width: number, V: Float64Array, U: Float64Array): Float64Array {
  const out = new Float64Array(V.length);
  for (let at = 0; at < V.length; at += width) {
    for (let c = 0; c < width; c++) for (let k = 0; k < width; k++) out[at + c] += V[at + k] * U[k * width + c];
  }
  return out;
}

/** |S q - value q| of the first column. */
function residualOf(width: number, Q: Float64Array, SQ: Float64Array, value: number): number {
  let sum = 0;
  for (let at = 0; at < Q.length; at += width) sum += (SQ[at] - value * Q[at]) ** 2;
  return Math.sqrt(sum);
}
