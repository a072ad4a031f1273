import { type FP64, fp64 } from "@slam/float";
import { type CholeskyFactor, type CholeskySymbolic, isFactor } from "@slam/ichol";
import type { BsrMatrix } from "@slam/sparse";
import type { ExtendedFactor } from "./extended-factor.ts";

const u = fp64.unitRoundoff;
/** Factorisations in which margins may grow until they are as large as the rounding that they stand for. */
const MOST_TRIES = 4;
/** By which the next try's margins exceed what the last one needed. */
const HEADROOM = 1.25;
/** Roundings in one term of the matrix, and where Lambda, the shift and the margins are added. */
const ROUNDINGS_OF_A_TERM = 16;

/**
 * For the point at which `system` is placed: proves S >= -eta I, or says that it cannot. Proved it is where Cholesky's method runs through for the sparse form A of
 * S + eta I less margins as large as all its rounding may be.
 *
 * The computed L has LL' = A - margins + E, |E_ij| <= gamma_ij (|L||L'|)_ij. For any w > 0 a symmetric matrix N >= |E| is at most diag(N w / w), so A >= LL' >= 0 where
 * the margins are N w / w or more. w = diag(A)^(-1/2) frees that of units.
 * @see Higham, Accuracy and Stability of Numerical Algorithms, 2002, theorem 10.3; Rump, Verification of positive definiteness, BIT 46, 2006.
 */
export function eigenvalueProver(system: ExtendedFactor): (eta: number) => boolean {
  // Those of one eta are nearly those of the next.
  let margins: Float64Array | undefined;
  return (eta) => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const factor = system.factor({ shift: eta, ...(margins && { margins }) });
      if (!isFactor(factor)) return false;
      const needed = neededMargins(system, factor, eta);
      if (margins !== undefined && needed.every((e, k) => e <= (margins as Float64Array)[k])) return true;
      margins = needed.map((e, k) => HEADROOM * Math.max(e, margins?.[k] ?? 0));
    }
    return false;
  };
}

function neededMargins(system: ExtendedFactor, factor: CholeskyFactor<FP64>, eta: number): Float64Array {
  const diagonal = diagonalOf(system.A);
  const ofFactor = factorMargins(factor, diagonal);
  const ofMatrix = matrixMargins(system, diagonal, eta);
  // They are computed with some n b roundings themselves.
  return ofFactor.map((e, k) => 1.01 * (e + ofMatrix[k]));
}

/**
 * For each row of A what the rounding of the factor may be worth: (|E| w)_k / w_k. An entry (i, j), i > j, of E has fewer terms than row j of L. So those of the last
 * row, which is full, have no more than the longest row before it, but for its diagonal.
 */
function factorMargins({ symbolic, values }: CholeskyFactor<FP64>, diagonal: Float64Array): Float64Array {
  const { n, b, order, L } = symbolic;
  const counts = rowCounts(symbolic);
  const full = gamma(counts[n - 1] * b);
  counts[n - 1] = mostOf(counts);
  const g = Float64Array.from(counts, (count) => Math.sqrt(gamma(count * b)));
  const w = Float64Array.from({ length: n * b }, (_, k) => 1 / Math.sqrt(diagonal[order[Math.floor(k / b)] * b + (k % b)]));
  const sums = new Float64Array(n * b);
  const column = new Float64Array(b);
  // |L_ni|^2 of the last block's diagonal.
  const last = new Float64Array(b);
  for (let j = 0; j < n; j++) {
    // column <- |L_j|' (g o w), then sums <- sums + |L_j| column
    column.fill(0);
    for (let e = L.colPtr[j]; e < L.colPtr[j + 1]; e++) {
      const row = L.rowIdx[e];
      for (let c = 0, at = e * b * b; c < b; c++)
        for (let i = 0; i < b; i++, at++) column[c] += Math.abs(values[at]) * g[row] * w[row * b + i];
    }
    for (let e = L.colPtr[j]; e < L.colPtr[j + 1]; e++) {
      const row = L.rowIdx[e];
      for (let c = 0, at = e * b * b; c < b; c++) {
        for (let i = 0; i < b; i++, at++) {
          sums[row * b + i] += Math.abs(values[at]) * column[c];
          if (row === n - 1) last[i] += values[at] * values[at];
        }
      }
    }
  }
  const margins = new Float64Array(n * b);
  for (let k = 0; k < n; k++) for (let i = 0; i < b; i++) margins[order[k] * b + i] = (g[k] * sums[k * b + i]) / w[k * b + i];
  // The entries within the last diagonal block, by all of its terms: |E_ij| w_j / w_i of b x b of them.
  const end = (n - 1) * b;
  for (let i = 0; i < b; i++) {
    for (let j = 0; j < b; j++) margins[order[n - 1] * b + i] += (full * Math.sqrt(last[i] * last[j]) * w[end + j]) / w[end + i];
  }
  return margins;
}

/** gamma of the roundings of a sum of so many products, a difference and a division or root. */
function gamma(products: number): number {
  const roundings = (products + 2) * u;
  return roundings / (1 - roundings);
}

/**
 * (|E| w)_k / w_k, w = diagonal^(-1/2), for what rounding may have made of the matrix itself: entry (i, j) of T'MT sums products over the edges that both rows share,
 * whose magnitudes come to sqrt(m_ii m_jj) at most; to the diagonal blocks eta is added, and Lambda and the margins taken away.
 */
function matrixMargins(system: ExtendedFactor, diagonal: Float64Array, eta: number): Float64Array {
  const { base, degrees } = system;
  const { blockRows, r: b, rowPtr, colIdx } = base.pattern;
  const root = diagonal.map(Math.sqrt);
  const magnitudes = diagonalOf(base);
  system.cancelled().forEach((sum, l) => {
    magnitudes[l] += sum;
  });
  const rootM = magnitudes.map((m, k) => Math.sqrt(Math.max(m + eta, diagonal[k])));
  const margins = new Float64Array(diagonal.length);
  for (let i = 0; i < blockRows; i++) {
    for (let e = rowPtr[i]; e < rowPtr[i + 1]; e++) {
      const j = colIdx[e];
      const roundings = (Math.min(degrees[i], degrees[j]) + ROUNDINGS_OF_A_TERM) * u;
      for (let l = i * b; l < (i + 1) * b; l++) {
        for (let c = j * b; c < (j + 1) * b; c++) {
          const m = roundings * rootM[l] * rootM[c];
          margins[l] += (m * root[l]) / root[c];
          if (i !== j) margins[c] += (m * root[c]) / root[l];
        }
      }
    }
  }
  return margins;
}

/** Blocks in each row of L, in the order of elimination. */
function rowCounts({ n, L }: CholeskySymbolic): Int32Array {
  const counts = new Int32Array(n);
  for (let e = 0; e < L.rowIdx.length; e++) counts[L.rowIdx[e]]++;
  return counts;
}

/** Of all but the last. */
function mostOf(counts: Int32Array): number {
  return counts.subarray(0, -1).reduce((most, count) => Math.max(most, count), 1);
}

function diagonalOf({ pattern, values }: BsrMatrix<FP64>): Float64Array {
  const { blockRows, r: b, rowPtr } = pattern;
  const diagonal = new Float64Array(blockRows * b);
  for (let k = 0; k < diagonal.length; k++) diagonal[k] = values[(rowPtr[Math.floor(k / b) + 1] - 1) * b * b + (k % b) * (b + 1)];
  return diagonal;
}
