import { type AnyPrecision, type FP32, type FP64, fp32, fp64, type OperationFormat } from "@slam/float";
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
  scaleColumns,
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

/** In an arena, by kernels; J itself is not kept beside what is made of it. */
export class PackedPart implements Part {
  readonly #formats: PartFormats;
  /** J diag(S): exactly, or in fp32 of a J in fp64 where `exact` is. */
  readonly #exact: PackedBsr;
  readonly #stored: PackedBsr;
  /** Where J is loaded: in place of one of those, in its format. */
  readonly #source: PackedBsr;
  /** `#stored` in the format its normal matrix is summed in, where no kernel reads that as it is. */
  readonly #rounded: PackedBsr | undefined;
  readonly #normals = new Map<AnyPrecision, PackedNormal<AnyPrecision>>();
  readonly #S: Float64Array;
  readonly #ones: Float64Array;

  constructor(formats: PartFormats, arena: Arena) {
    this.#formats = formats;
    const { pattern, jacobian, matvec, exact, normal, factorize } = formats;
    const structure = packPattern(pattern, arena);
    const matrices = new Map([...storedFormats(formats)].map((format) => [format, packedBsr(structure, format)]));
    this.#exact = matrices.get(exactStorage(formats))!;
    this.#stored = matrices.get(matvec.storage)!;
    this.#source = matrices.get(jacobian)!;
    if (isRoundedApart(formats)) this.#rounded = packedBsr(structure, factorize);
    for (const format of new Set([factorize, exact])) this.#normals.set(format, packNormal(normal, format, arena));
    [this.#S, this.#ones] = [0, 1].map(() => arena.view(fp64, pattern.blockCols * pattern.c) as Float64Array);
    this.#ones.fill(1);
  }

  replace(J: BsrMatrix<AnyPrecision>, S: Float64Array): void {
    const { jacobian, counters } = this.#formats;
    this.#S.set(S);
    this.#source.replaceValues(J);
    const isCounted = this.#exact === this.#stored || jacobian === fp64;
    this.#exact.replaceScaled(this.#source, this.#S, isCounted ? counters.events : uncounted);
    if (this.#stored !== this.#exact) {
      // J in fp64 is rounded once; another one is exact in what has taken its place.
      const isThere = this.#source !== this.#exact && this.#source !== this.#stored;
      if (isThere) this.#stored.replaceScaled(this.#source, this.#S, counters.events);
      else this.#stored.replaceScaled(this.#exact, this.#ones, counters.events);
    }
    this.#rounded?.replaceScaled(this.#stored, this.#ones, uncounted);
  }

  stored(): PackedBsr {
    return this.#stored;
  }

  exact(): PackedBsr {
    return this.#exact;
  }

  normal(): BsrMatrix<AnyPrecision> {
    return this.#normalOf(this.#formats.factorize, this.#rounded ?? this.#stored);
  }

  exactNormal(): BsrMatrix<AnyPrecision> {
    return this.#normalOf(this.#formats.exact, this.#exact);
  }

  #normalOf(format: AnyPrecision, matrix: PackedBsr): BsrMatrix<AnyPrecision> {
    const normal = this.#normals.get(format)!;
    normal.replaceProduct(matrix, this.#formats.counters.work);
    return normal.H;
  }
}

function isRoundedApart({ matvec, factorize }: PartFormats): boolean {
  return matvec.storage === (fp64 as AnyPrecision) && factorize !== fp64;
}

/** Whether J diag(S) in the format of products is J diag(S): S is of powers of two. */
export function keepsBits({ jacobian, matvec }: Pick<PartFormats, "jacobian" | "matvec">): boolean {
  return matvec.storage === jacobian || matvec.storage === (fp64 as AnyPrecision);
}

/** S is of powers of two: J diag(S) takes no more bits than J. */
export function exactStorage({ jacobian, exact }: Pick<PartFormats, "jacobian" | "exact">): FP64 | FP32 {
  return jacobian === fp64 ? exact : fp32;
}

/** Those of J, which is where it is loaded, and of what is made of it. */
function storedFormats(formats: PartFormats): ReadonlySet<AnyPrecision> {
  return new Set<AnyPrecision>([formats.jacobian, formats.matvec.storage, exactStorage(formats)]);
}

/** What a part takes in an arena. */
export function packedPartBytes(formats: PartFormats): number {
  const { pattern, exact, normal, factorize } = formats;
  let bytes = packedPatternBytes(pattern) + 2 * bytesFor(fp64, pattern.blockCols * pattern.c);
  for (const format of storedFormats(formats)) bytes += packedValuesBytes(pattern, format);
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
