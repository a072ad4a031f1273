import { type AnyPrecision, type FP32, type FP64, fp64, type OperationFormat, operationFormat } from "@slam/float";
import { type LinearOperator, type VectorSpace, vectorSpace } from "@slam/linop";
import type { Counters } from "@slam/nlls";
import { type BsrMatrix, type BsrPattern, bsrOperator, type PackedBsr, packBsr, packedBytes, scaleColumns } from "@slam/sparse";
import { type Arena, type ArenaPool, arenaSpace, bytesFor, laneFormat } from "@slam/wasm";
import type { BundleJacobian } from "./jacobian.ts";

export interface ProductsOptions {
  readonly patterns: readonly BsrPattern[];
  /** How J is stored for the products of CG, and what those are rounded to. */
  readonly matvec: OperationFormat;
  readonly vectors: OperationFormat;
  /** Storage and arithmetic of the products that check those. */
  readonly exact: FP64 | FP32;
  /** Bytes of the vectors that live in the arena besides: of so many rows, and so many columns, in either space. */
  readonly rowVectors: number;
  readonly colVectors: number;
  readonly counters: Counters;
  readonly arenas: ArenaPool;
}

/** The parts of J diag(S), for one J and S after another: their products in the formats of a policy, on the engine where it has them. */
export class Products {
  readonly space: VectorSpace<AnyPrecision>;
  readonly exactSpace: VectorSpace<AnyPrecision>;
  readonly #options: ProductsOptions;
  readonly #arena: Arena | undefined;
  readonly #packed: (PackedBsr | undefined)[] = [];
  readonly #packedExact: (PackedBsr | undefined)[] = [];

  constructor(options: ProductsOptions) {
    const { patterns, matvec, vectors, exact, rowVectors, colVectors, counters, arenas } = options;
    this.#options = options;
    const exactFormat = operationFormat<AnyPrecision>(exact);
    if (!isEngines(options)) {
      this.space = vectorSpace(vectors, counters);
      this.exactSpace = vectorSpace(exactFormat, counters);
      return;
    }
    const rows = patterns[0].blockRows * patterns[0].r;
    const cols = patterns.reduce((sum, { blockCols, c }) => sum + blockCols * c, 0);
    let bytes = 0;
    for (const pattern of patterns) bytes += packedBytes(pattern, matvec.storage) + packedBytes(pattern, exact);
    // A vector in pieces, one for each group, is padded as often.
    const padding = 16 * patterns.length;
    for (const P of [vectors.storage, exact]) bytes += rowVectors * bytesFor(P, rows) + colVectors * (bytesFor(P, cols) + padding);
    this.#arena = arenas.take(bytes);
    this.space = arenaSpace<AnyPrecision>(this.#arena, vectors, counters);
    this.exactSpace = arenaSpace<AnyPrecision>(this.#arena, exactFormat, counters);
  }

  /** The parts in the format of products; operators made before must not be used any more. */
  parts(J: BundleJacobian, S: readonly Float64Array[]): readonly LinearOperator<AnyPrecision>[] {
    const { matvec, counters } = this.#options;
    return J.parts.map((part, k) => {
      const scaled = scaleColumns(part, S[k], matvec.storage, counters.events);
      const options = { arithmetic: matvec.arithmetic, operation: "matvec", work: counters.work } as const;
      return bsrOperator<AnyPrecision, AnyPrecision>(this.#inArena(this.#packed, k, scaled), this.space, options);
    });
  }

  exactParts(J: BundleJacobian, S: readonly Float64Array[]): readonly LinearOperator<AnyPrecision>[] {
    const { exact, counters } = this.#options;
    return J.parts.map((part, k) => {
      const scaled = scaleColumns<AnyPrecision, AnyPrecision>(part, S[k], exact, counters.events);
      return bsrOperator<AnyPrecision, AnyPrecision>(this.#inArena(this.#packedExact, k, scaled), this.exactSpace, {
        operation: "residual",
        work: counters.work,
      });
    });
  }

  #inArena(packed: (PackedBsr | undefined)[], k: number, matrix: BsrMatrix<AnyPrecision>): BsrMatrix<AnyPrecision> | PackedBsr {
    const arena = this.#arena;
    if (arena === undefined) return matrix;
    const known = packed[k];
    if (known === undefined) packed[k] = packBsr(matrix, arena);
    else known.replaceValues(matrix);
    return packed[k]!;
  }

  /** Runs something whose vectors are not needed afterwards. */
  scoped<T>(run: () => T): T {
    const mark = this.#arena?.mark();
    const result = run();
    if (mark !== undefined) this.#arena!.release(mark);
    return result;
  }
}

function isEngines({ matvec, vectors }: ProductsOptions): boolean {
  const hasVectors =
    vectors.storage === vectors.arithmetic && laneFormat(vectors.storage) !== undefined && matvec.arithmetic === vectors.arithmetic;
  const { storage } = matvec;
  return hasVectors && (storage === fp64 ? vectors.storage === fp64 : storage.lanes !== undefined);
}
