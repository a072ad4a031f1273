import { addPointProducts } from "./point-products.reference.ts";
import type { ReducedStructure } from "./reduced-structure.ts";

/** What elimination reads and writes besides its structure. */
export interface Elimination {
  /** The values of J's parts, points last, blocks row-major. */
  readonly parts: readonly (Float64Array | Float32Array)[];
  /** Dp, 3 for each point. */
  readonly damping: Float64Array;
  /** S: blocks of b rows of `stride` numbers, b rounded up to even; zero at the start. */
  readonly S: Float64Array;
  /** For each point the factor L of V = Jp'Jp + Dp: 1/l00, 1/l11, 1/l22, l10, l20, l21. */
  readonly factors: Float64Array;
}

export const FACTOR_SIZE = 6;

/** A pivot of V below this times the diagonal entry it comes of is rounding's: 64 u. The least damping is 1e-10 of the diagonal. */
export const PIVOT_FLOOR: number = 2 ** -47;

/** b rounded up to whole vectors of two. */
export function strideOf(b: number): number {
  return b + (b & 1);
}

/**
 * S <- S + Jc'Jc - sum over points of Y Y', Y = Jc'Jp L^-T and V = L L': the lower triangle by blocks, those on the diagonal full, or these alone. In fp64, in the order of
 * the kernel.
 *
 * @returns the first point whose V is not positive definite, or -1; S is then unspecified.
 */
export function eliminateReference(structure: ReducedStructure, part: "lower" | "diagonal", elimination: Elimination): number {
  const { b, r, rows, points, observationPtr, pointBlock, dofs, entryPtr, entryColumn, target, mostEntries } = structure;
  const { parts, damping, S, factors } = elimination;
  const stride = strideOf(b);
  const Jp = parts[dofs.length];
  const Y = new Float64Array(mostEntries * 3 * stride);
  const G = new Float64Array(3 * r);
  for (let row = 0, pair = 0; row < rows; row++) {
    const isPoint = row < points;
    const count = entryPtr[row + 1] - entryPtr[row];
    const first = pair;
    const intoOf = (k: number, l: number): number =>
      (part === "lower" ? target[first + (k * (k + 1)) / 2 + l] : entryColumn[entryPtr[row] + k]) * b * stride;
    if (isPoint && !factorPoint(structure, Jp, damping, factors, row)) return row;
    Y.fill(0, 0, count * 3 * stride);
    for (let t = observationPtr[row]; t < observationPtr[row + 1]; t++) {
      addProducts(structure, part, elimination, t, intoOf);
      if (!isPoint) continue;
      solveRows(Jp, 3 * r * pointBlock[t], r, factors, FACTOR_SIZE * row, G);
      addToY(structure, parts, t, G, Y);
    }
    for (let k = 0; isPoint && k < count; k++) {
      for (let l = part === "lower" ? 0 : k; l <= k; l++) subtract(Y, k * 3 * stride, l * 3 * stride, S, intoOf(k, l), b, stride);
    }
    pair += (count * (count + 1)) / 2;
  }
  return -1;
}

/** S <- S + Jc'Jc for one observation. */
function addProducts(
  { b, r, dofs, slots }: ReducedStructure,
  part: "lower" | "diagonal",
  { parts, S }: Elimination,
  t: number,
  intoOf: (k: number, l: number) => number,
): void {
  const stride = strideOf(b);
  for (let k = 0; k < slots.length; k++) {
    for (let l = part === "lower" ? 0 : k; l <= k; l++) {
      const [K, L] = [slots[k], slots[l]];
      if (K.blocks[t] < 0 || L.blocks[t] < 0) continue;
      const [cK, cL] = [dofs[K.group], dofs[L.group]];
      const [JK, JL] = [parts[K.group], parts[L.group]];
      const [atK, atL] = [K.blocks[t] * r * cK, L.blocks[t] * r * cL];
      const into = intoOf(K.entries[t], L.entries[t]);
      for (let i = 0; i < cK; i++) {
        for (let j = 0; j < cL; j++) {
          for (let a = 0; a < r; a++) S[into + i * stride + j] += JK[atK + a * cK + i] * JL[atL + a * cL + j];
        }
      }
    }
  }
}

/** Y <- Y + Jc'G for one observation. */
function addToY({ b, r, dofs, slots }: ReducedStructure, parts: Elimination["parts"], t: number, G: Float64Array, Y: Float64Array): void {
  const stride = strideOf(b);
  for (const { group, blocks, entries } of slots) {
    if (blocks[t] < 0) continue;
    const c = dofs[group];
    const [at, y] = [blocks[t] * r * c, entries[t] * 3 * stride];
    for (let a = 0; a < r; a++) {
      for (let q = 0; q < 3; q++) for (let j = 0; j < c; j++) Y[y + q * stride + j] += G[3 * a + q] * parts[group][at + a * c + j];
    }
  }
}

function factorPoint(
  { r, observationPtr, pointBlock }: ReducedStructure,
  Jp: Float64Array | Float32Array,
  damping: Float64Array,
  factors: Float64Array,
  row: number,
): boolean {
  const V = Float64Array.of(damping[3 * row], 0, damping[3 * row + 1], 0, 0, damping[3 * row + 2]);
  addPointProducts(Jp, r, pointBlock, observationPtr[row], observationPtr[row + 1], V);
  const [v00, v10, v11, v20, v21, v22] = V;
  const i0 = 1 / Math.sqrt(v00);
  const l10 = v10 * i0;
  const l20 = v20 * i0;
  const p1 = v11 - l10 * l10;
  const i1 = 1 / Math.sqrt(p1);
  const l21 = (v21 - l20 * l10) * i1;
  const p2 = v22 - l20 * l20 - l21 * l21;
  const i2 = 1 / Math.sqrt(p2);
  factors.set([i0, i1, i2, l10, l20, l21], FACTOR_SIZE * row);
  return v00 > 0 && p1 > PIVOT_FLOOR * v11 && p2 > PIVOT_FLOOR * v22;
}

/** G <- Jp L^-T, r x 3. */
function solveRows(Jp: Float64Array | Float32Array, at: number, r: number, factors: Float64Array, L: number, G: Float64Array): void {
  for (let a = 0; a < r; a++) {
    const g0 = Jp[at + 3 * a] * factors[L];
    const g1 = (Jp[at + 3 * a + 1] - g0 * factors[L + 3]) * factors[L + 1];
    G[3 * a] = g0;
    G[3 * a + 1] = g1;
    G[3 * a + 2] = (Jp[at + 3 * a + 2] - g0 * factors[L + 4] - g1 * factors[L + 5]) * factors[L + 2];
  }
}

/** S_block <- S_block - Y_k Y_l'. */
function subtract(Y: Float64Array, k: number, l: number, S: Float64Array, into: number, b: number, stride: number): void {
  for (let i = 0; i < b; i++) {
    for (let j = 0; j < b; j++) {
      for (let q = 0; q < 3; q++) S[into + i * stride + j] -= Y[k + q * stride + i] * Y[l + q * stride + j];
    }
  }
}
