import { type AnyPrecision, operationFormat } from "@slam/float";
import { type LinearOperator, newArrays, timedOperator, type VectorSpace } from "@slam/linop";
import {
  type BsrMatrix,
  isJoint,
  JointRows,
  jointRowsBytes,
  type PackedNormal,
  packedNormalBytes,
  packedPatternBytes,
  packNormal,
  packPattern,
  ScaledBsr,
  scaledBsrBytes,
} from "@slam/sparse";
import { type Arena, arenaSpace } from "@slam/wasm";
import type { BundleJacobian } from "./jacobian.ts";
import { fitsTail, JointTail, jointBlockRows, jointTailBytes, tailOf } from "./joint-tail.ts";
import { isNumbers } from "./number-format.ts";
import { exactStorage } from "./part.ts";
import { isEngines, type ProductsOptions, vectorBytes } from "./products.ts";

const uncounted = { overflows: 0, flushed: 0 };

/** J diag(S) row by row for CG on all of J, one J and S after another: A'A x in one pass, in the format of products and in the one that checks them. */
export class JointProducts {
  readonly space: VectorSpace<AnyPrecision>;
  readonly exactSpace: VectorSpace<AnyPrecision>;
  readonly #options: ProductsOptions;
  readonly #arena: Arena;
  readonly #parts: readonly ScaledBsr[];
  readonly #normals: readonly PackedNormal<AnyPrecision>[];
  readonly #stored: JointRows;
  readonly #exact: JointRows;
  /** What rows have that are not joint. */
  readonly #tail: JointTail | undefined;
  #S: readonly Float64Array[] = [];

  /** @param options that `fitsJoint`. */
  constructor(options: ProductsOptions) {
    const { patterns, jacobian, matvec, vectors, exact, normals, factorize, counters, arenas, scratch = newArrays } = options;
    this.#options = options;
    const checked = exactStorage(options);
    const isShared = checked === (matvec.storage as AnyPrecision);
    const ofParts = patterns.map((pattern, k) => {
      const ofNormal = packedNormalBytes(normals[k], factorize);
      return packedPatternBytes(pattern) + scaledBsrBytes(pattern, jacobian, scaledFormats(options)) + ofNormal;
    });
    const rows = jointBlockRows(patterns);
    const ofRows = jointRowsBytes(patterns, matvec.storage, rows) + (isShared ? 0 : jointRowsBytes(patterns, checked, rows));
    const tail = rows < patterns[0].blockRows ? tailOf(patterns[0], rows, scratch) : undefined;
    const formats = new Set([matvec.storage, checked]);
    const ofTail = tail ? jointTailBytes(tail, jacobian, formats) : 0;
    const arena = arenas.take(ofParts.reduce((sum, bytes) => sum + bytes, ofRows + ofTail) + vectorBytes(options));
    this.#arena = arena;
    this.space = arenaSpace<AnyPrecision>(arena, vectors, counters);
    this.exactSpace = arenaSpace<AnyPrecision>(arena, operationFormat<AnyPrecision>(exact), counters);
    const structures = patterns.map((pattern) => packPattern(pattern, arena));
    this.#parts = structures.map((structure) => new ScaledBsr(structure, jacobian, scaledFormats(options), uncounted));
    this.#normals = normals.map((normal) => packNormal(normal, factorize, arena));
    this.#stored = new JointRows(structures, matvec.storage, rows);
    this.#exact = isShared ? this.#stored : new JointRows(structures, checked, rows);
    const spaces = [this.space, this.exactSpace];
    const ofSpaces = { jacobian, formats, spaces, events: counters.events };
    this.#tail = tail && new JointTail(tail, patterns[0].rowPtr[rows], ofSpaces, arena);
  }

  /** Another J takes the place of the one before. S of all columns, and in pieces, one for each part. */
  replace(J: BundleJacobian, S: Float64Array, ofParts: readonly Float64Array[]): void {
    const { events } = this.#options.counters;
    const parts = this.#parts;
    this.#S = ofParts;
    for (const [k, part] of parts.entries()) {
      part.load(J.parts[k]);
      part.scale(ofParts[k]);
    }
    const sources = parts.map(({ source }) => source);
    this.#stored.replaceScaled(sources, S, events);
    if (this.#exact !== this.#stored) this.#exact.replaceScaled(sources, S, events);
    this.#tail?.replace(J.parts[0], ofParts[0]);
  }

  operator(): LinearOperator<AnyPrecision> {
    return this.#operatorOf(this.#stored, this.space, this.#options.matvec.storage, "matvec");
  }

  exactOperator(): LinearOperator<AnyPrecision> {
    return this.#operatorOf(this.#exact, this.exactSpace, exactStorage(this.#options), "residual");
  }

  #operatorOf(
    rows: JointRows,
    space: VectorSpace<AnyPrecision>,
    format: AnyPrecision,
    operation: "matvec" | "residual",
  ): LinearOperator<AnyPrecision> {
    const { work, seconds } = this.#options.counters;
    const options = { operation, work };
    const operator = rows.operator(space, options);
    return timedOperator(this.#tail?.below(operator, format, options) ?? operator, operation, seconds);
  }

  /** The block diagonal of S J'J S for a part of J; the next one for the part overwrites it. */
  normal(k: number): BsrMatrix<AnyPrecision> {
    const { jacobian, factorize, counters } = this.#options;
    const normal = this.#normals[k];
    const part = this.#parts[k];
    if (jacobian !== factorize) normal.replaceProduct(part.in(factorize), counters.work);
    else {
      normal.replaceProduct(part.source, counters.work);
      scaleBlocks(normal.H, this.#S[k]);
    }
    return normal.H;
  }

  /** Runs something whose vectors are not needed afterwards. */
  scoped<T>(run: () => T): T {
    return this.#arena.scoped(run);
  }
}

/** Whether there is an engine for these formats, and rows have at most one block of each part, but for last ones with blocks of the first part alone. */
export function fitsJoint(options: ProductsOptions): boolean {
  const { patterns, vectors, factorize } = options;
  const rows = jointBlockRows(patterns);
  return (
    isNumbers(vectors.storage) &&
    isNumbers(factorize) &&
    isEngines(options) &&
    rows > 0 &&
    isJoint(patterns, rows) &&
    fitsTail(patterns, rows)
  );
}

/** J'J is scaled by powers of two as well as J, where it is summed in J's format. */
function scaledFormats({ jacobian, factorize }: ProductsOptions): readonly AnyPrecision[] {
  return jacobian === factorize ? [] : [factorize];
}

/** H <- S H S for a block diagonal H. */
function scaleBlocks({ pattern, values }: BsrMatrix<AnyPrecision>, S: Float64Array): void {
  const { blockRows, c } = pattern;
  const H = values as Float64Array;
  for (let k = 0, at = 0; k < blockRows; k++) {
    for (let i = 0; i < c; i++) for (let j = 0; j < c; j++, at++) H[at] *= S[k * c + i] * S[k * c + j];
  }
}
