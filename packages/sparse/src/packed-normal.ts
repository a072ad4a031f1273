import { OptionError } from "@slam/errors";
import { type AnyPrecision, fp64, type Storage, type Vec } from "@slam/float";
import type { Work } from "@slam/linop";
import { type Arena, bytesFor, kernels, laneFormat, nameForModules } from "@slam/wasm";
import { type BsrMatrix, bsrMatrix, valueCount } from "./bsr-matrix.ts";
import type { NormalSymbolic } from "./normal.ts";
import { normalProductKernel } from "./normal-product.kernel.ts";
import { countProduct } from "./normal-product.ts";
import { layoutOf, type PackedBsr } from "./packed-bsr.ts";
import { ROWS_A_CALL } from "./packed-pattern.ts";

nameForModules("sparse", { normalProductKernel });

/** A'A of one packed matrix after another, in the arena of their structure. Made by `packNormal`. */
export interface PackedNormal<P extends AnyPrecision> {
  /** The lower triangle; its values lie in the arena, and may be written. */
  readonly H: BsrMatrix<P>;
  /**
   * H <- A'A: `normalProduct` of A rounded to H's format, with its bits. Of an A in another format no rounded copy is made.
   * @param A in any format; in fp64 only where H is.
   * @param work counts it as "factorize", where given.
   * @throws OptionError where A is not of the arena and the pattern, or is in fp64 alone.
   */
  replaceProduct(A: PackedBsr, work?: Work): void;
}

/** @throws OptionError for a format that no kernel computes in; ArenaError where the arena is too small, see `packedNormalBytes`. */
export function packNormal<P extends AnyPrecision>(symbolic: NormalSymbolic, format: P, arena: Arena): PackedNormal<P> {
  if (laneFormat(format) === undefined) {
    throw new OptionError("packNormal: format", { expected: "one that has a laneFormat", actual: format.name });
  }
  const target = arena.copy(symbolic.target);
  const values = arena.uncleared(format as AnyPrecision, valueCount(symbolic.pattern)) as Storage;
  const { blockRows, r, c } = symbolic.A;
  return {
    H: bsrMatrix(symbolic.pattern, format, values as unknown as Vec<P>),
    replaceProduct(A, work) {
      if (A.arena !== arena || A.pattern !== symbolic.A) {
        throw new OptionError("replaceProduct: A", { expected: "the pattern's, in the same arena", actual: "another" });
      }
      if (A.format === fp64 && (format as AnyPrecision) !== fp64) {
        throw new OptionError("replaceProduct: A.format", { expected: `one that kernels read in ${format.name}`, actual: A.format.name });
      }
      const { layout, address } = layoutOf(A);
      const kernel = kernels(arena, normalProductKernel, r, c, A.format, layout, format);
      let pairs = target.byteOffset;
      values.fill(0);
      const { rowPtr } = A.structure;
      for (let row = 0; row < blockRows; row += ROWS_A_CALL) {
        const rows = Math.min(ROWS_A_CALL, blockRows - row);
        pairs = kernel.normalProduct(rowPtr.byteOffset + 4 * row, rows, address, pairs, values.byteOffset) >>> 0;
      }
      if (work !== undefined) countProduct(symbolic, format, work, A.format);
    },
  };
}

/** What A'A takes in an arena. */
export function packedNormalBytes(symbolic: NormalSymbolic, format: AnyPrecision): number {
  return bytesFor(Int32Array, symbolic.target.length) + bytesFor(format, valueCount(symbolic.pattern));
}
