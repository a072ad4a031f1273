import { checkChoice, checkInteger, checkLength, OptionError } from "@slam/errors";
import { amd, type BsrPattern, checkPermutation, type PermutedTriangle, permuteSymmetric, symbolicCholesky } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import { levelOfFill } from "./level-of-fill.ts";
import { type FactorStructure, structureEngine } from "./structure-engine.ts";
import { type ColumnPattern, supernodes } from "./supernodes.ts";

/** "complete": every block of L. A number: those of at most that level of fill; 0: only where A has one. */
export type Fill = "complete" | number;

export interface SymbolicOptions {
  /** Default "complete". */
  readonly fill?: Fill;
  /** A permutation (ordering[k] is the k-th block eliminated), "natural", or "amd". Default "amd". */
  readonly ordering?: "amd" | "natural" | Int32Array;
  /** Where kernels find a complete factor's structure; it lasts as the arrays taken from there do. Default none: JavaScript does, in new arrays. */
  readonly arenas?: ArenaPool | undefined;
}

/** The structure of P A P' = L L' by blocks; no numbers. One serves every matrix of its pattern, in every format. */
export interface CholeskySymbolic extends FactorStructure {
  readonly A: BsrPattern;
  readonly fill: Fill;
  /** Blocks are b x b; there are n block columns. */
  readonly b: number;
  readonly n: number;
  /** order[k]: the block row of A that is eliminated as the k-th. */
  readonly order: Int32Array;
  /** Scalars stored in the lower triangle of L. */
  readonly nonzeros: number;
  /** Floating-point operations of one numeric factorisation. */
  readonly flops: number;
}

/**
 * Orders and analyses a symmetric block matrix.
 *
 * @param A the lower triangle by block rows, every diagonal block present (as `normalSymbolic` of @slam/sparse makes it).
 * @throws OptionError if a diagonal block is missing, an entry lies above the diagonal or the ordering is not a permutation,
 *   DimensionError if A is not square or the ordering's length does not fit.
 */
export function analyzeCholesky(A: BsrPattern, options: SymbolicOptions = {}): CholeskySymbolic {
  const { fill = "complete", ordering = "amd", arenas } = options;
  if (fill !== "complete") checkInteger("analyzeCholesky: fill", fill, 0);
  checkLowerTriangle(A);
  const order = orderOf(A, ordering, arenas);
  const found = fill === "complete" && arenas !== undefined ? structureEngine(A, order, arenas) : undefined;
  const structure = { fill, n: A.blockRows, order, ...(found ?? structureReference(A, order, fill)) };
  return { ...structure, A, b: A.r, ...sizesOf(structure, A.r) };
}

/** The structure of the factor of P A P', in JavaScript. */
export function structureReference(A: BsrPattern, order: Int32Array, fill: Fill): FactorStructure {
  const n = A.blockRows;
  const permuted = permuteSymmetric(n, A.rowPtr, A.colIdx, order);
  const { rowPtr, colIdx } = permuted;
  const L: ColumnPattern =
    fill === "complete" ? symbolicCholesky(n, rowPtr, colIdx) : levelOfFill({ colPtr: rowPtr, rowIdx: colIdx }, fill);
  return {
    L: { colPtr: L.colPtr, rowIdx: L.rowIdx },
    supernodes: supernodes(n, L, fill === "complete"),
    destination: destinations(n, permuted, L),
    blockUpdates: fill === "complete" ? countUpdates(n, L) : countUpdatesWithin(n, L),
  };
}

/** The same structure for a matrix with blocks of b x b instead, at the same places. */
export function withBlockSize(symbolic: CholeskySymbolic, b: number): CholeskySymbolic {
  checkInteger("withBlockSize: b", b, 1);
  return { ...symbolic, A: { ...symbolic.A, r: b, c: b }, b, ...sizesOf(symbolic, b) };
}

/** 2 b^3 for each block update, b^3 for each block solved with a diagonal block, b (b + 1) (2 b + 1) / 6 for each of those. */
export function sizesOf(
  { n, L, blockUpdates }: Pick<CholeskySymbolic, "n" | "L" | "blockUpdates">,
  b: number,
): Pick<CholeskySymbolic, "nonzeros" | "flops"> {
  const below = L.rowIdx.length - n;
  return {
    nonzeros: below * b * b + (n * b * (b + 1)) / 2,
    flops: b ** 3 * (2 * blockUpdates + below) + (n * b * (b + 1) * (2 * b + 1)) / 6,
  };
}

function orderOf(A: BsrPattern, ordering: "amd" | "natural" | Int32Array, arenas: ArenaPool | undefined): Int32Array {
  if (typeof ordering !== "string") {
    checkPermutation("analyzeCholesky: ordering", ordering, A.blockRows);
    return ordering.slice();
  }
  checkChoice("analyzeCholesky: ordering", ordering, ["amd", "natural"]);
  return ordering === "amd" ? amd(A.blockRows, A.rowPtr, A.colIdx, { arenas }) : Int32Array.from({ length: A.blockRows }, (_, k) => k);
}

export function checkLowerTriangle(A: BsrPattern): void {
  checkLength("analyzeCholesky: block columns", A.blockCols, A.blockRows);
  checkLength("analyzeCholesky: block width", A.c, A.r);
  const { blockRows, rowPtr, colIdx } = A;
  for (let i = 0; i < blockRows; i++) {
    const last = rowPtr[i + 1] - 1;
    if (last >= rowPtr[i] && colIdx[last] === i) continue;
    throw new OptionError(`analyzeCholesky: the last block of block row ${i}`, {
      expected: `block column ${i}, the diagonal`,
      actual: last >= rowPtr[i] ? colIdx[last] : "none",
    });
  }
}

/** The permuted triangle, upper by rows, is the lower one by columns: rows of column j ascend in it and in L. */
function destinations(n: number, { rowPtr, colIdx, source, transposed }: PermutedTriangle, { colPtr, rowIdx }: ColumnPattern): Int32Array {
  const destination = new Int32Array(colIdx.length);
  for (let j = 0; j < n; j++) {
    let e = colPtr[j];
    for (let q = rowPtr[j]; q < rowPtr[j + 1]; q++) {
      const i = colIdx[q];
      while (rowIdx[e] < i) e++;
      // As part of the lower triangle those are transposed that as part of the upper one are not.
      destination[source[q]] = 2 * e + (i === j ? 0 : 1 - transposed[q]);
    }
  }
  return destination;
}

/** In a complete factor column k updates every pair of the rows below it. */
function countUpdates(n: number, { colPtr }: ColumnPattern): number {
  let updates = 0;
  for (let k = 0; k < n; k++) {
    const below = colPtr[k + 1] - colPtr[k] - 1;
    updates += (below * (below + 1)) / 2;
  }
  return updates;
}

/** Of those pairs the ones that L has. */
function countUpdatesWithin(n: number, { colPtr, rowIdx }: ColumnPattern): number {
  let updates = 0;
  // columnOf[i] = k: column k has row i.
  const columnOf = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    for (let e = colPtr[k] + 1; e < colPtr[k + 1]; e++) columnOf[rowIdx[e]] = k;
    for (let e = colPtr[k] + 1; e < colPtr[k + 1]; e++) {
      const j = rowIdx[e];
      for (let f = colPtr[j]; f < colPtr[j + 1]; f++) if (columnOf[rowIdx[f]] === k) updates++;
    }
  }
  return updates;
}
