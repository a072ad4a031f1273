import { type AnyPrecision, fp64, type OperationFormat, type RoundingEvents, type Storage, storeCounted, zeros } from "@slam/float";
import type { CholeskyFactor } from "./factorize.ts";

/**
 * w <- L^-T L^-1 w. Forward: y_j = X_jj (w_j - sum_{k < j} L_jk y_k), j ascending; backward: x_j = X_jj' (y_j - sum_{i > j} L_ij' x_i), j and i
 * descending; the blocks L_ij as `storedFactor` has them and X_jj = L_jj^-1 as `invertedDiagonal` does. Products with X_jj sum over ascending columns forward,
 * descending rows backward. The sum over i has as many parts as a vector of the engine has lanes, 2 in fp64 and 4 in all else: the k-th scalar row below the
 * diagonal block counts in part k mod lanes, and the parts are added last. Every operation is rounded to the arithmetic, whose values w holds.
 *
 * @param events what storing L does is counted there.
 */
export function referenceSolver(
  factor: CholeskyFactor<AnyPrecision>,
  format: OperationFormat,
  events: RoundingEvents,
): (w: Float64Array) => void {
  const { n, b, L } = factor.symbolic;
  const { colPtr, rowIdx } = L;
  const A = format.arithmetic;
  const values = storedFactor(factor, format, events);
  const inverses = invertedDiagonal(factor, format, values, events);
  const entry = (block: number, i: number, j: number): number => values[(block * b + j) * b + i];
  const right = new Float64Array(b);
  const lanes = lanesOf(A);
  const sums = new Float64Array(b * lanes);
  return (w) => {
    for (let j = 0; j < n; j++) {
      right.set(w.subarray(j * b, (j + 1) * b));
      for (let a = 0; a < b; a++) {
        let s = A.mul(inverses[j * b * b + a], right[0]);
        for (let c = 1; c <= a; c++) s = A.add(s, A.mul(inverses[(j * b + c) * b + a], right[c]));
        w[j * b + a] = s;
      }
      for (let e = colPtr[j] + 1; e < colPtr[j + 1]; e++) {
        for (let a = 0; a < b; a++) {
          const at = rowIdx[e] * b + a;
          for (let c = 0; c < b; c++) w[at] = A.sub(w[at], A.mul(entry(e, a, c), w[j * b + c]));
        }
      }
    }
    for (let j = n - 1; j >= 0; j--) {
      sums.fill(0);
      for (let e = colPtr[j + 1] - 1; e > colPtr[j]; e--) {
        for (let a = b - 1; a >= 0; a--) {
          const lane = ((e - colPtr[j] - 1) * b + a) % lanes;
          for (let c = 0; c < b; c++) {
            sums[c * lanes + lane] = A.add(sums[c * lanes + lane], A.mul(entry(e, a, c), w[rowIdx[e] * b + a]));
          }
        }
      }
      for (let c = 0; c < b; c++) right[c] = A.sub(w[j * b + c], sumOfLanes(A, sums.subarray(c * lanes, (c + 1) * lanes)));
      for (let c = 0; c < b; c++) {
        const column = inverses.subarray((j * b + c) * b, (j * b + c + 1) * b);
        let s = A.mul(column[b - 1], right[b - 1]);
        for (let a = b - 2; a >= c; a--) s = A.add(s, A.mul(column[a], right[a]));
        w[j * b + c] = s;
      }
    }
  };
}

/** Of a vector of the engine. */
export function lanesOf(arithmetic: AnyPrecision): 2 | 4 {
  return arithmetic === (fp64 as AnyPrecision) ? 2 : 4;
}

/** p0 + p1, or (p0 + p2) + (p1 + p3). */
function sumOfLanes(A: AnyPrecision, parts: Float64Array): number {
  if (parts.length === 2) return A.add(parts[0], parts[1]);
  return A.add(A.add(parts[0], parts[2]), A.add(parts[1], parts[3]));
}

/**
 * L's numbers, blocks by columns, as the solves have them: those below the diagonal in the storage format, the lower triangles on it in the arithmetic.
 * What is not in that format yet counts in `events`.
 */
export function storedFactor(
  { symbolic, format: from, values }: CholeskyFactor<AnyPrecision>,
  { storage, arithmetic }: Pick<OperationFormat, "storage" | "arithmetic">,
  events: RoundingEvents,
): Float64Array {
  const { n, b, L } = symbolic;
  const numbers = new Float64Array(L.rowIdx.length * b * b);
  const [store, keep] = [storage, arithmetic].map((to) => (to === from ? (x: number) => x : countedRounding(to, events)));
  for (let j = 0; j < n; j++) {
    const [first, below, end] = [L.colPtr[j], L.colPtr[j] + 1, L.colPtr[j + 1]].map((block) => block * b * b);
    for (let k = first; k < below; k++) {
      if ((k - first) % b >= Math.floor((k - first) / b)) numbers[k] = keep(from.load(values as Storage, k));
    }
    for (let k = below; k < end; k++) numbers[k] = arithmetic.round(store(from.load(values as Storage, k)));
  }
  return numbers;
}

/**
 * The inverses of L's blocks on the diagonal, lower triangles of b x b by columns, every operation rounded to the arithmetic. Where L has no other
 * blocks it is they that are stored: then they are rounded to the storage format, and what that does to them counts in `events`.
 */
function invertedDiagonal(
  { symbolic: { n, b, L } }: CholeskyFactor<AnyPrecision>,
  { storage, arithmetic }: OperationFormat,
  numbers: Float64Array,
  events: RoundingEvents,
): Float64Array {
  const inverses = new Float64Array(n * b * b);
  for (let j = 0; j < n; j++) invertTriangle(arithmetic, b, numbers, L.colPtr[j] * b * b, inverses, j * b * b);
  if (L.rowIdx.length > n || storage === arithmetic) return inverses;
  const store = countedRounding(storage, events);
  return inverses.map((x) => arithmetic.round(store(x)));
}

/** x -> P.round(x), counting in `events` what the range of P does to it. */
function countedRounding(P: AnyPrecision, events: RoundingEvents): (x: number) => number {
  const cell = zeros(P, 1) as Storage;
  return (x) => {
    storeCounted(P, cell, 0, x, events);
    return P.load(cell, 0);
  };
}

/** X = L^-1 of a lower triangle: X_jj = 1 / L_jj, X_ij = (sum over ascending k = j ... i - 1 of L_ik X_kj) (-X_ii). */
function invertTriangle(A: AnyPrecision, b: number, L: Float64Array, l: number, X: Float64Array, x: number): void {
  for (let j = 0; j < b; j++) X[x + j * (b + 1)] = A.div(1, L[l + j * (b + 1)]);
  for (let j = 0; j < b; j++) {
    for (let i = j + 1; i < b; i++) {
      let s = A.mul(L[l + j * b + i], X[x + j * b + j]);
      for (let k = j + 1; k < i; k++) s = A.add(s, A.mul(L[l + k * b + i], X[x + j * b + k]));
      X[x + j * b + i] = A.mul(s, -X[x + i * (b + 1)]);
    }
  }
}
