import { type AnyPrecision, bf16, fp16, fp32, fp64, type OperationFormat, type Storage, type Vec } from "@slam/float";
import { type LinearOperator, type Operation, type VectorSpace, vectorSpace } from "@slam/linop";
import type { Counters } from "@slam/nlls";
import { type BsrMatrix, type BsrPattern, bsrOperator, type PackedBsr, packBsr, packedBytes } from "@slam/sparse";
import { Arena, arenaSpace, bytesFor } from "@slam/wasm";

export interface ProductSpaceOptions {
  /** How the matrix is stored, and what its products are rounded to. */
  readonly matrix: OperationFormat;
  readonly vectors: OperationFormat;
  /** The operation that the products count as. */
  readonly operation: Operation;
  /** How many vectors of either length live at once. */
  readonly rowVectors: number;
  readonly colVectors: number;
  readonly counters: Counters;
}

/**
 * A space of vectors and the products on it with one matrix after another of the same pattern: on the engine, in one arena sized for all of
 * it, where the formats are the engine's, otherwise on the reference.
 */
export class ProductSpace {
  readonly space: VectorSpace<AnyPrecision>;
  readonly #options: ProductSpaceOptions;
  readonly #arena: Arena | undefined;
  #packed: PackedBsr | undefined;

  constructor(pattern: BsrPattern, options: ProductSpaceOptions) {
    const { matrix, vectors, rowVectors, colVectors, counters } = options;
    this.#options = options;
    if (isEngines(matrix, vectors)) {
      const { blockRows, blockCols, r, c } = pattern;
      const vectorBytes = rowVectors * bytesFor(vectors.storage, blockRows * r) + colVectors * bytesFor(vectors.storage, blockCols * c);
      this.#arena = new Arena(packedBytes(pattern, matrix.storage) + vectorBytes);
      this.space = arenaSpace(this.#arena, vectors as OperationFormat<typeof fp64>, counters) as unknown as VectorSpace<AnyPrecision>;
    } else this.space = vectorSpace(vectors, counters);
  }

  /** The products with a matrix, which takes the place of the one before. */
  operator(matrix: BsrMatrix<AnyPrecision>): LinearOperator<AnyPrecision> {
    const { operation, counters, matrix: format } = this.#options;
    if (this.#arena === undefined)
      return bsrOperator(matrix, this.space, { arithmetic: format.arithmetic, operation, work: counters.work });
    if (this.#packed === undefined) this.#packed = packBsr(matrix, this.#arena);
    else this.#packed.replaceValues(matrix);
    return bsrOperator(this.#packed, this.space, { operation, work: counters.work });
  }

  /** A vector of the space, each number rounded once. */
  vector(n: number, value: (i: number) => number): Vec<AnyPrecision> {
    const { storage } = this.space.format;
    const x = this.space.zeros(n);
    for (let i = 0; i < n; i++) storage.store(x as Storage, i, value(i));
    return x;
  }

  /** Runs something whose vectors are not needed afterwards. */
  scoped<T>(run: () => T): T {
    const mark = this.#arena?.mark() ?? 0;
    const result = run();
    this.#arena?.release(mark);
    return result;
  }
}

function isEngines(matrix: OperationFormat, vectors: OperationFormat): boolean {
  const { storage, arithmetic } = vectors;
  if (storage !== arithmetic || matrix.arithmetic !== arithmetic) return false;
  const stored: readonly AnyPrecision[] = arithmetic === fp64 ? [fp64] : arithmetic === fp32 ? [fp32, fp16, bf16] : [];
  return stored.includes(matrix.storage);
}
