import { type AnyPrecision, type FP32, type FP64, fp64, type OperationFormat } from "@slam/float";
import type { Counters } from "@slam/nlls";
import {
  type BsrMatrix,
  type BsrPattern,
  type NormalSymbolic,
  normalProduct,
  type PackedBsr,
  type PackedNormal,
  packedBsr,
  packedNormalBytes,
  packedPatternBytes,
  packedValuesBytes,
  packNormal,
  packPattern,
  ScaledBsr,
  scaleColumns,
  scaledBsrBytes,
} from "@slam/sparse";
import { type Arena, bytesFor } from "@slam/wasm";

export interface PartFormats {
  readonly pattern: BsrPattern;
  readonly jacobian: AnyPrecision;
  readonly matvec: OperationFormat;
  readonly exact: FP64 | FP32;
  readonly normal: NormalSymbolic;
  readonly factorize: AnyPrecision;
  readonly counters: Counters;
}

/** J diag(S) for one group of unknowns, in each of the formats that something reads it in. What it returns is valid until J is replaced. */
export interface Part {
  replace(J: BsrMatrix<AnyPrecision>, S: Float64Array): void;
  /** As products have it. */
  stored(): BsrMatrix<AnyPrecision> | PackedBsr;
  exact(): BsrMatrix<AnyPrecision> | PackedBsr;
  /** The block diagonal of A'A, A as products have it: eliminating a group takes the inverse of what is multiplied with. */
  normal(): BsrMatrix<AnyPrecision>;
  exactNormal(): BsrMatrix<AnyPrecision>;
}

const uncounted = { overflows: 0, flushed: 0 };

/** In an arena, by kernels. */
export class PackedPart implements Part {
  readonly #formats: PartFormats;
  readonly #scaled: ScaledBsr;
  readonly #ones: Float64Array;
  readonly #normals = new Map<AnyPrecision, PackedNormal<AnyPrecision>>();
  /** The rounded J in the format its normal matrix is summed in, where that is another and `exact` is not the same. */
  readonly #rounded: PackedBsr | undefined;

  constructor(formats: PartFormats, arena: Arena) {
    this.#formats = formats;
    const { pattern, jacobian, exact, normal, factorize } = formats;
    const structure = packPattern(pattern, arena);
    this.#scaled = new ScaledBsr(structure, jacobian, storedFormats(formats), formats.counters.events);
    if (isRoundedApart(formats)) this.#rounded = packedBsr(structure, factorize);
    for (const format of new Set([factorize, exact])) this.#normals.set(format, packNormal(normal, format, arena));
    this.#ones = arena.view(fp64, pattern.blockCols * pattern.c);
    this.#ones.fill(1);
  }

  replace(J: BsrMatrix<AnyPrecision>, S: Float64Array): void {
    this.#scaled.load(J);
    this.#scaled.scale(S);
  }

  stored(): PackedBsr {
    return this.#scaled.in(this.#formats.matvec.storage);
  }

  exact(): PackedBsr {
    return this.#scaled.in(this.#formats.exact);
  }

  normal(): BsrMatrix<AnyPrecision> {
    const { factorize, matvec } = this.#formats;
    const rounded = this.#rounded;
    rounded?.replaceScaled(this.stored(), this.#ones, uncounted);
    return this.#normalOf(factorize, rounded ?? (matvec.storage === factorize ? this.stored() : this.exact()));
  }

  exactNormal(): BsrMatrix<AnyPrecision> {
    return this.#normalOf(this.#formats.exact, this.exact());
  }

  #normalOf(format: AnyPrecision, matrix: PackedBsr): BsrMatrix<AnyPrecision> {
    const normal = this.#normals.get(format)!;
    normal.replaceProduct(matrix, this.#formats.counters.work);
    return normal.H;
  }
}

function isRoundedApart(formats: PartFormats): boolean {
  const { matvec, factorize, exact } = formats;
  return matvec.storage !== factorize && !(factorize === exact && keepsBits(formats));
}

/** Whether J diag(S) in the format of products is J diag(S): S is of powers of two. */
export function keepsBits({ jacobian, matvec }: Pick<PartFormats, "jacobian" | "matvec">): boolean {
  return matvec.storage === jacobian || matvec.storage === (fp64 as AnyPrecision);
}

function storedFormats({ matvec, exact }: PartFormats): ReadonlySet<AnyPrecision> {
  return new Set<AnyPrecision>([matvec.storage, exact]);
}

/** What a part takes in an arena. */
export function packedPartBytes(formats: PartFormats): number {
  const { pattern, jacobian, exact, normal, factorize } = formats;
  let bytes = packedPatternBytes(pattern) + scaledBsrBytes(pattern, jacobian, storedFormats(formats));
  bytes += bytesFor(fp64, pattern.blockCols * pattern.c);
  if (isRoundedApart(formats)) bytes += packedValuesBytes(pattern, factorize);
  for (const format of new Set([factorize, exact])) bytes += packedNormalBytes(normal, format);
  return bytes;
}

/** On the references. */
export class PlainPart implements Part {
  readonly #formats: PartFormats;
  #stored: BsrMatrix<AnyPrecision> | undefined;
  #exact: BsrMatrix<AnyPrecision> | undefined;

  constructor(formats: PartFormats) {
    this.#formats = formats;
  }

  replace(J: BsrMatrix<AnyPrecision>, S: Float64Array): void {
    const { matvec, exact, counters } = this.#formats;
    this.#stored = scaleColumns(J, S, matvec.storage, counters.events);
    this.#exact = scaleColumns<AnyPrecision, AnyPrecision>(J, S, exact, counters.events);
  }

  stored(): BsrMatrix<AnyPrecision> {
    return this.#stored!;
  }

  exact(): BsrMatrix<AnyPrecision> {
    return this.#exact!;
  }

  normal(): BsrMatrix<AnyPrecision> {
    const { pattern, normal, factorize, counters } = this.#formats;
    const ones = new Float64Array(pattern.blockCols * pattern.c).fill(1);
    return normalProduct(normal, scaleColumns(this.stored(), ones, factorize, uncounted), counters.work);
  }

  exactNormal(): BsrMatrix<AnyPrecision> {
    return normalProduct(this.#formats.normal, this.exact(), this.#formats.counters.work);
  }
}
