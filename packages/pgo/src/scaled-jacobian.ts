import { type AnyPrecision, type FP32, type FP64, fp32, fp64, type OperationFormat, operationFormat } from "@slam/float";
import { type LinearOperator, timedOperator, type VectorSpace, vectorSpace } from "@slam/linop";
import type { Counters } from "@slam/nlls";
import {
  type BsrMatrix,
  type BsrPattern,
  bsrOperator,
  type NormalSymbolic,
  normalProduct,
  type PackedBsr,
  type PackedNormal,
  packedNormalBytes,
  packedPatternBytes,
  packNormal,
  packPattern,
  ScaledBsr,
  StagedBsr,
  scaleColumns,
  scaledBsrBytes,
  stagedBsrBytes,
} from "@slam/sparse";
import { type Arena, type ArenaPool, arenaSpace, bytesFor, laneFormat } from "@slam/wasm";

export interface ScaledJacobianOptions {
  readonly pattern: BsrPattern;
  /** Of J as evaluated. */
  readonly jacobian: AnyPrecision;
  /** How J is stored for the products of CG, and what those are rounded to. */
  readonly matvec: OperationFormat;
  readonly vectors: OperationFormat;
  /** Vectors and arithmetic of products with J as evaluated. Default: there are none. */
  readonly exact?: FP64 | FP32 | undefined;
  /** Of J'J, whose pattern is on `pattern` itself, and what it is rounded to. Default: it is not computed. */
  readonly normal?: { readonly symbolic: NormalSymbolic; readonly arithmetic: AnyPrecision } | undefined;
  /** How many vectors live at once, of length rows in either space. */
  readonly rowVectors: number;
  readonly colVectors: number;
  /** In the space of exact products. */
  readonly exactColVectors: number;
  readonly counters: Counters;
  readonly arenas: ArenaPool;
}

/**
 * J diag(S), for one J after another of a pattern and one S after another: its products in the formats of a policy, and its normal matrix. On the engine,
 * in one arena, where it has the formats, otherwise on the references.
 */
export interface ScaledJacobian {
  readonly space: VectorSpace<AnyPrecision>;
  readonly exactSpace: VectorSpace<AnyPrecision> | undefined;
  /** J takes the place of the one before, S of the scaling before; the same two objects again, with the same numbers, change nothing. J may be read until the next one does; S is copied. */
  replace(J: BsrMatrix<AnyPrecision>, S: Float64Array): void;
  /** The operators for the J and S at hand, timed; those made before must not be used any more. */
  operator(): LinearOperator<AnyPrecision>;
  exact(): LinearOperator<AnyPrecision> | undefined;
  /** S J'J S, until J or S is replaced. */
  normal(): BsrMatrix<AnyPrecision>;
  /** Runs something whose vectors are not needed afterwards. */
  scoped<T>(run: () => T): T;
}

export function scaledJacobian(options: ScaledJacobianOptions): ScaledJacobian {
  const { jacobian, matvec, vectors } = options;
  const hasVectors =
    vectors.storage === vectors.arithmetic && laneFormat(vectors.storage) !== undefined && matvec.arithmetic === vectors.arithmetic;
  const hasMatrices = isPackable(jacobian) && isPackable(matvec.storage) && (matvec.storage !== fp64 || vectors.storage === fp64);
  return hasVectors && hasMatrices ? new PackedJacobian(options) : new PlainJacobian(options);
}

function isWide(P: AnyPrecision): P is FP64 | FP32 {
  return P === fp64 || P === fp32;
}

function isPackable(P: AnyPrecision): boolean {
  return P === fp64 || P.lanes !== undefined;
}

/** In the arena. */
class PackedJacobian implements ScaledJacobian {
  readonly space: VectorSpace<AnyPrecision>;
  readonly exactSpace: VectorSpace<AnyPrecision> | undefined;
  readonly #options: ScaledJacobianOptions;
  readonly #arena: Arena;
  readonly #scaled: ScaledBsr | StagedBsr;
  #S: Float64Array = new Float64Array(0);
  /** How J is stored for exact products: as evaluated, unless S could take it out of a small range. */
  readonly #exactStorage: AnyPrecision;
  readonly #normal: PackedNormal<AnyPrecision> | undefined;
  #J: BsrMatrix<AnyPrecision> | undefined;
  #operator: LinearOperator<AnyPrecision> | undefined;
  #exact: LinearOperator<AnyPrecision> | undefined;

  constructor(options: ScaledJacobianOptions) {
    const { pattern, jacobian, matvec, vectors, exact, normal, counters, rowVectors, colVectors, exactColVectors, arenas } = options;
    this.#options = options;
    this.#exactStorage = isWide(jacobian) ? jacobian : fp32;
    const stored = new Set([matvec.storage]);
    if (exact !== undefined) stored.add(this.#exactStorage);
    const arithmetic = normal !== undefined && laneFormat(normal.arithmetic) !== undefined ? normal.arithmetic : undefined;
    if (arithmetic !== undefined) stored.add(arithmetic);
    const { blockRows, blockCols, r, c } = pattern;
    const vectorBytes = (P: AnyPrecision, ofCols: number): number =>
      rowVectors * bytesFor(P, blockRows * r) + ofCols * bytesFor(P, blockCols * c);
    const ofScaled = isWide(jacobian) ? stagedBsrBytes(pattern, jacobian, stored) : scaledBsrBytes(pattern, jacobian, stored);
    let bytes = packedPatternBytes(pattern) + ofScaled;
    if (arithmetic !== undefined && normal !== undefined) bytes += packedNormalBytes(normal.symbolic, arithmetic);
    const exactBytes = exact === undefined ? 0 : vectorBytes(exact, exactColVectors);
    this.#arena = arenas.take(bytes + vectorBytes(vectors.storage, colVectors) + exactBytes);
    const structure = packPattern(pattern, this.#arena);
    this.#scaled = isWide(jacobian)
      ? new StagedBsr(structure, jacobian, stored, counters.events)
      : new ScaledBsr(structure, jacobian, stored, counters.events);
    if (arithmetic !== undefined && normal !== undefined) this.#normal = packNormal(normal.symbolic, arithmetic, this.#arena);
    this.space = arenaSpace<AnyPrecision>(this.#arena, vectors, counters);
    this.exactSpace = exact && arenaSpace<AnyPrecision>(this.#arena, operationFormat<AnyPrecision>(exact), counters);
  }

  replace(J: BsrMatrix<AnyPrecision>, S: Float64Array): void {
    if (J === this.#J && S === this.#S) return;
    if (J !== this.#J) this.#scaled.load(J);
    this.#J = J;
    this.#S = S;
    this.#scaled.scale(S);
  }

  operator(): LinearOperator<AnyPrecision> {
    const { matvec, counters } = this.#options;
    const scaled = this.#scaled.in(matvec.storage);
    this.#operator ??= timedProducts(scaled, this.space, "matvec", counters);
    return this.#operator;
  }

  exact(): LinearOperator<AnyPrecision> | undefined {
    const { exactSpace } = this;
    if (exactSpace === undefined) return undefined;
    const scaled = this.#scaled.in(this.#exactStorage);
    this.#exact ??= timedProducts(scaled, exactSpace, "residual", this.#options.counters);
    return this.#exact;
  }

  normal(): BsrMatrix<AnyPrecision> {
    const normal = this.#normal;
    if (normal === undefined) return plainNormal(this.#options, this.#J!, this.#S);
    normal.replaceProduct(this.#scaled.in(normal.H.format), this.#options.counters.work);
    return normal.H;
  }

  scoped<T>(run: () => T): T {
    return this.#arena.scoped(run);
  }
}

/** On the references. */
class PlainJacobian implements ScaledJacobian {
  readonly space: VectorSpace<AnyPrecision>;
  readonly exactSpace: VectorSpace<AnyPrecision> | undefined;
  readonly #options: ScaledJacobianOptions;
  #J: BsrMatrix<AnyPrecision> | undefined;
  #S: Float64Array = new Float64Array(0);

  constructor(options: ScaledJacobianOptions) {
    const { vectors, exact, counters } = options;
    this.#options = options;
    this.space = vectorSpace(vectors, counters);
    this.exactSpace = exact && vectorSpace(operationFormat<AnyPrecision>(exact), counters);
  }

  replace(J: BsrMatrix<AnyPrecision>, S: Float64Array): void {
    this.#J = J;
    this.#S = S;
  }

  operator(): LinearOperator<AnyPrecision> {
    const { matvec, counters } = this.#options;
    const matrix = scaleColumns(this.#J!, this.#S, matvec.storage, counters.events);
    return timedProducts(matrix, this.space, "matvec", counters, matvec.arithmetic);
  }

  exact(): LinearOperator<AnyPrecision> | undefined {
    const { exactSpace } = this;
    const { counters } = this.#options;
    if (exactSpace === undefined) return undefined;
    const matrix = scaleColumns(this.#J!, this.#S, exactSpace.format.storage, counters.events);
    return timedProducts(matrix, exactSpace, "residual", counters);
  }

  normal(): BsrMatrix<AnyPrecision> {
    return plainNormal(this.#options, this.#J!, this.#S);
  }

  scoped<T>(run: () => T): T {
    return run();
  }
}

function timedProducts(
  matrix: BsrMatrix<AnyPrecision> | PackedBsr,
  space: VectorSpace<AnyPrecision>,
  operation: "matvec" | "residual",
  { work, seconds }: Counters,
  arithmetic: AnyPrecision = space.format.arithmetic,
): LinearOperator<AnyPrecision> {
  return timedOperator(bsrOperator(matrix, space, { arithmetic, operation, work }), operation, seconds);
}

function plainNormal({ normal, counters }: ScaledJacobianOptions, J: BsrMatrix<AnyPrecision>, S: Float64Array): BsrMatrix<AnyPrecision> {
  const { symbolic, arithmetic } = normal!;
  return normalProduct(symbolic, scaleColumns(J, S, arithmetic, counters.events), counters.work);
}
