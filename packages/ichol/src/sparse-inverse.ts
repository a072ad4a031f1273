import { checkInteger, checkLength, OptionError } from "@slam/errors";
import { type AnyPrecision, type FP64, fp64, type Storage, type Vec, zeros } from "@slam/float";
import { inversePermutation } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import { blockPosition } from "./block-position.ts";
import type { CholeskyFactor } from "./factorize.ts";
import { inverseReference } from "./sparse-inverse.reference.ts";
import { inverseEngine } from "./sparse-inverse-engine.ts";
import type { CholeskySymbolic } from "./symbolic.ts";

/** The blocks of A^-1 where L, in A's order, has blocks: where A has them and where elimination fills in. */
export interface SparseInverse<P extends AnyPrecision> {
  readonly symbolic: CholeskySymbolic;
  readonly format: P;
  /** b b values for each block of symbolic.L, by rows. */
  readonly values: Vec<P>;
  /**
   * block <- block (i, j) of A^-1, b x b, row-major, in either order of i and j; true. Where L has no such block nothing is written; false.
   * @throws OptionError for an index out of range, DimensionError.
   */
  block(i: number, j: number, block: Float64Array): boolean;
}

/**
 * Takahashi's recursion: the entries of A^-1 on the pattern of a complete factor, for about twice a factorisation's work; no other entry is computed.
 *
 * In fp64 by the engine's kernels; in any other format by the reference, every operation rounded to it.
 * @param factor complete; of a shifted A the inverse is the shifted one's.
 * @param arenas what the memory is taken from, in fp64 twice that of L; the inverse lies in it. Default a new pool.
 * @throws OptionError for a factor with fill left out, ArenaError of @slam/wasm where there is no memory.
 * @see `inverseReference` for the formulas and their source.
 */
export function sparseInverse<P extends AnyPrecision>(factor: CholeskyFactor<P>, arenas: ArenaPool = new ArenaPool()): SparseInverse<P> {
  const { symbolic, format } = factor;
  const { n, b, order, L: pattern } = symbolic;
  if (symbolic.fill !== "complete") {
    throw new OptionError("sparseInverse: the factor's fill", { expected: "complete", actual: symbolic.fill });
  }
  const values = inverseValues(symbolic, format, factor.values as Storage, arenas);
  const place = inversePermutation(order);
  return {
    symbolic,
    format,
    values: values as unknown as Vec<P>,
    block(i, j, block) {
      checkInteger("block: i", i, 0, n - 1);
      checkInteger("block: j", j, 0, n - 1);
      checkLength("block: block", block.length, b * b);
      const [k, l] = [place[i], place[j]];
      const position = blockPosition(pattern, Math.max(k, l), Math.min(k, l));
      if (position < 0) return false;
      const at = position * b * b;
      const [down, across] = k < l ? [1, b] : [b, 1];
      for (let r = 0; r < b; r++) for (let c = 0; c < b; c++) block[r * b + c] = format.load(values, at + r * down + c * across);
      return true;
    },
  };
}

function inverseValues(symbolic: CholeskySymbolic, format: AnyPrecision, L: Storage, arenas: ArenaPool): Storage {
  if (format === (fp64 satisfies FP64)) return inverseEngine(symbolic, L, arenas);
  const Z = zeros(format, L.length) as Storage;
  inverseReference(symbolic, format, L, zeros(format, L.length) as Storage, Z);
  return Z;
}
