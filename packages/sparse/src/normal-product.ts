import { checkLength } from "@slam/errors";
import { type AnyPrecision, fp32, fp64, type Storage } from "@slam/float";
import type { Work } from "@slam/linop";
import { type BsrMatrix, bsrMatrix, valueCount } from "./bsr-matrix.ts";
import type { NormalSymbolic } from "./normal.ts";
import { forEachPair, productReference } from "./normal-product.reference.ts";

/**
 * The lower triangle of A'A, each entry summed by ascending row of A, every operation rounded to A's format: what a factorisation starts
 * from. Diagonal blocks are full, both triangles.
 *
 * @param symbolic of A's pattern.
 * @param work counts it as "factorize", where given.
 * @throws DimensionError if A has not as many values as its structure.
 */
export function normalProduct<P extends AnyPrecision>(symbolic: NormalSymbolic, A: BsrMatrix<P>, work?: Work): BsrMatrix<P> {
  checkLength("normalProduct: A.values", (A.values as Storage).length, valueCount(symbolic.A));
  const H = bsrMatrix(symbolic.pattern, A.format);
  const P: AnyPrecision = A.format;
  if (P === fp64) product64(symbolic, A.values as Float64Array, H.values as Float64Array);
  else if (P === fp32) product32(symbolic, A.values as Float32Array, H.values as Float32Array);
  else productReference(symbolic, P, A.values as Storage, H.values as Storage);
  if (work !== undefined) countProduct(symbolic, P, work);
  return H;
}

/** Counts the product as "factorize"; of an A that is stored in another format. */
export function countProduct({ A, pattern, target }: NormalSymbolic, P: AnyPrecision, work: Work, stored: AnyPrecision = P): void {
  // Of a block diagonal, pairs of a block with itself alone.
  const pairs = pattern.colIdx.length === pattern.blockRows ? A.colIdx.length : target.length;
  const bytes = valueCount(A) * stored.Storage.BYTES_PER_ELEMENT + valueCount(pattern) * P.Storage.BYTES_PER_ELEMENT;
  work.count("factorize", P.name, 2 * pairs * A.r * A.c ** 2, P.name, bytes);
}

/**
 * H <- H + diag(d); each entry is rounded once, from fp64.
 *
 * @param H with every diagonal block, the last of its block row.
 * @param d length columns of A.
 * @throws DimensionError if it is not.
 */
export function addDiagonal(H: BsrMatrix<AnyPrecision>, d: Float64Array): void {
  const { blockRows, rowPtr, c } = H.pattern;
  const values = H.values as Storage;
  checkLength("addDiagonal: d", d.length, blockRows * c);
  const hasNumbers = values instanceof Float64Array || values instanceof Float32Array;
  for (let i = 0; i < blockRows; i++) {
    for (let a = 0; a < c; a++) {
      const at = ((rowPtr[i + 1] - 1) * c + a) * c + a;
      if (hasNumbers) values[at] += d[i * c + a];
      else H.format.store(values, at, H.format.load(values, at) + d[i * c + a]);
    }
  }
}

function product64(symbolic: NormalSymbolic, values: Float64Array, H: Float64Array): void {
  const { r, c } = symbolic.A;
  forEachPair(symbolic, (k, l, block) => {
    for (let a = 0; a < r; a++) {
      for (let i = 0; i < c; i++) {
        const v = values[(k * r + a) * c + i];
        for (let j = 0; j < c; j++) H[(block * c + i) * c + j] += v * values[(l * r + a) * c + j];
      }
    }
  });
}

function product32(symbolic: NormalSymbolic, values: Float32Array, H: Float32Array): void {
  const f = Math.fround;
  const { r, c } = symbolic.A;
  forEachPair(symbolic, (k, l, block) => {
    for (let a = 0; a < r; a++) {
      for (let i = 0; i < c; i++) {
        const v = values[(k * r + a) * c + i];
        for (let j = 0; j < c; j++) {
          const h = (block * c + i) * c + j;
          H[h] = f(H[h] + f(v * values[(l * r + a) * c + j]));
        }
      }
    }
  });
}
