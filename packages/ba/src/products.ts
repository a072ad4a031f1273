import { type AnyPrecision, type FP32, type FP64, fp64, type OperationFormat, operationFormat } from "@slam/float";
import { type LinearOperator, type Scratch, timedOperator, type VectorSpace, vectorSpace } from "@slam/linop";
import type { Counters } from "@slam/nlls";
import { type BsrMatrix, type BsrPattern, bsrOperator, type NormalSymbolic, type PackedBsr } from "@slam/sparse";
import { type Arena, type ArenaPool, arenaSpace, bytesFor, laneFormat } from "@slam/wasm";
import type { BundleJacobian } from "./jacobian.ts";
import { PackedPart, type Part, type PartFormats, PlainPart, packedPartBytes } from "./part.ts";

export interface ProductsOptions {
  readonly patterns: readonly BsrPattern[];
  /** Of J as evaluated. */
  readonly jacobian: AnyPrecision;
  /** How J is stored for the products of CG, and what those are rounded to. */
  readonly matvec: OperationFormat;
  readonly vectors: OperationFormat;
  /** Storage and arithmetic of the products that check those. */
  readonly exact: FP64 | FP32;
  /** Of the block diagonals of J'J, and what they are summed in. */
  readonly normals: readonly NormalSymbolic[];
  readonly factorize: AnyPrecision;
  /** The same for the last part, where that is eliminated. */
  readonly eliminate?: AnyPrecision | undefined;
  /** How many vectors of J's rows, and of its columns, live in either space. */
  readonly rowVectors: number;
  readonly colVectors: number;
  /** And of the columns of all parts but the last. Default none. */
  readonly cameraVectors?: number;
  /** What something else is given room for in the arena, if there is one. */
  readonly besideBytes?: number;
  readonly counters: Counters;
  readonly arenas: ArenaPool;
  /** What structures are taken from. Default new arrays. */
  readonly scratch?: Scratch | undefined;
}

/** J diag(S) in parts, one for each group of unknowns, for one J and S after another: its products in the formats of a policy, on the engine where it has them. */
export class Products {
  readonly space: VectorSpace<AnyPrecision>;
  readonly exactSpace: VectorSpace<AnyPrecision>;
  readonly #options: ProductsOptions;
  readonly #arena: Arena | undefined;
  readonly #parts: readonly Part[];

  constructor(options: ProductsOptions) {
    const { patterns, vectors, exact, normals, counters, arenas } = options;
    this.#options = options;
    const exactFormat = operationFormat<AnyPrecision>(exact);
    const formats = patterns.map((pattern, k): PartFormats => {
      const factorize = (k === patterns.length - 1 ? options.eliminate : undefined) ?? options.factorize;
      return { ...options, pattern, normal: normals[k], factorize };
    });
    if (!isEngines(options)) {
      this.space = vectorSpace(vectors, counters);
      this.exactSpace = vectorSpace(exactFormat, counters);
      this.#parts = formats.map((of) => new PlainPart(of));
      return;
    }
    const bytes = formats.reduce((sum, of) => sum + packedPartBytes(of), 0);
    const arena = arenas.take(bytes + vectorBytes(options) + (options.besideBytes ?? 0));
    this.#arena = arena;
    this.space = arenaSpace<AnyPrecision>(arena, vectors, counters);
    this.exactSpace = arenaSpace<AnyPrecision>(arena, exactFormat, counters);
    this.#parts = formats.map((of) => new PackedPart(of, arena));
  }

  /** Another J takes the place of the one before: operators made before must not be used any more. S in pieces, one for each part. */
  replace(J: BundleJacobian, S: readonly Float64Array[]): void {
    for (const [k, part] of this.#parts.entries()) part.replace(J.parts[k], S[k]);
  }

  /** In the format of products. */
  operators(): readonly LinearOperator<AnyPrecision>[] {
    const { matvec, counters } = this.#options;
    const options = { arithmetic: matvec.arithmetic, operation: "matvec", work: counters.work } as const;
    return this.#parts.map((part) => timedOperator(bsrOperator(part.stored(), this.space, options), "matvec", counters.seconds));
  }

  exactOperators(): readonly LinearOperator<AnyPrecision>[] {
    const { work, seconds } = this.#options.counters;
    const options = { operation: "residual", work } as const;
    return this.#parts.map((part) => timedOperator(bsrOperator(part.exact(), this.exactSpace, options), "residual", seconds));
  }

  /** What `exactOperators` multiply with, where it is packed. */
  exactMatrices(): readonly PackedBsr[] | undefined {
    const matrices = this.#parts.flatMap((part) => (part instanceof PackedPart ? [part.exact()] : []));
    return this.#arena && matrices;
  }

  /** The block diagonal of J'J for a part of J as products have it; the next one for the part overwrites it. */
  normal(k: number): BsrMatrix<AnyPrecision> {
    return this.#parts[k].normal();
  }

  exactNormal(k: number): BsrMatrix<AnyPrecision> {
    return this.#parts[k].exactNormal();
  }

  /** Runs something whose vectors are not needed afterwards. */
  scoped<T>(run: () => T): T {
    return this.#arena === undefined ? run() : this.#arena.scoped(run);
  }
}

/** What vectors take. */
export function vectorBytes({ patterns, vectors, exact, rowVectors, colVectors, cameraVectors = 0 }: ProductsOptions): number {
  const widths = patterns.map(({ blockCols, c }) => blockCols * c);
  const cols = widths.reduce((sum, width) => sum + width, 0);
  const ofCameras = cols - widths[widths.length - 1];
  // A reduced operator's rows are J's, then the points' columns.
  const rows = patterns[0].blockRows * patterns[0].r + cols;
  return [vectors.storage, exact].reduce(
    (sum, P) => sum + rowVectors * bytesFor(P, rows) + colVectors * bytesFor(P, cols) + cameraVectors * bytesFor(P, ofCameras),
    0,
  );
}

/** Whether kernels have these formats. */
export function isEngines({ jacobian, matvec, vectors, factorize }: ProductsOptions): boolean {
  const { storage } = matvec;
  return (
    vectors.storage === vectors.arithmetic &&
    laneFormat(vectors.storage) !== undefined &&
    matvec.arithmetic === vectors.arithmetic &&
    laneFormat(factorize) !== undefined &&
    (jacobian === fp64 || jacobian.lanes !== undefined) &&
    (storage === fp64 ? vectors.storage === fp64 : storage.lanes !== undefined)
  );
}
