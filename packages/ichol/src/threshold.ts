import { checkInteger, checkLength, checkNumber, OptionError } from "@slam/errors";
import type { AnyPrecision, Storage, Vec } from "@slam/float";
import type { Work } from "@slam/linop";
import type { BsrMatrix } from "@slam/sparse";
import type { BadPivot, CholeskyFactor } from "./factorize.ts";
import { supernodes } from "./supernodes.ts";
import { type CholeskySymbolic, withBlockSize } from "./symbolic.ts";
import { type ThresholdWorkspace, thresholdWorkspace } from "./threshold-workspace.ts";
import { checkWorkspace } from "./workspace.ts";

export interface ThresholdOptions {
  /**
   * A block of L below the diagonal is dropped where, before it is solved with the diagonal block, its Frobenius norm is below this times that of A's
   * column on and below the diagonal. 0: the complete factor. Default 1e-3.
   */
  readonly dropTolerance?: number;
  /** Of the blocks left, each column keeps the largest so many below its diagonal. Default: all. */
  readonly maxPerColumn?: number;
  /** Tries with a shifted diagonal after a breakdown, doubled each time from 1e-3. 0: the first breakdown is returned. Default 20. */
  readonly maxShifts?: number;
  readonly work?: Work;
  /** Memory from `thresholdWorkspace` for this structure and format; the factor lies in it, until it is used again. Default: new. */
  readonly workspace?: ThresholdWorkspace;
}

/**
 * An incomplete Cholesky factor by values: fill stays where it is large, and blocks of A go where they are small. In any format, every operation rounded
 * to it.
 *
 * Column norms compare: scale A to a diagonal of about 1 first (`jacobiScaling` of @slam/sparse).
 *
 * @param symbolic of A's pattern, analysed without fill: one serves for every tolerance.
 * @param A the lower triangle that was analysed.
 * @returns the factor, which `triangularPreconditioner` takes, its pattern in `symbolic`; or the bad pivot that is left after `maxShifts` shifts, or at
 *   once where it is not finite.
 * @throws DimensionError if A has not the blocks that were analysed, OptionError.
 * @see Lin and More, Incomplete Cholesky factorizations with limited memory, SIAM J. Sci. Comput. 21, 1999; Saad, Iterative Methods for Sparse Linear
 *   Systems, SIAM 2003, 10.4.
 */
export function factorizeThreshold<P extends AnyPrecision>(
  symbolic: CholeskySymbolic,
  A: BsrMatrix<P>,
  options: ThresholdOptions = {},
): CholeskyFactor<P> | BadPivot {
  const { dropTolerance = 1e-3, maxPerColumn = Infinity, maxShifts = 20, work } = options;
  const { n, b, order } = symbolic;
  if (symbolic.fill !== 0) throw new OptionError("factorizeThreshold: symbolic.fill", { expected: "0, no fill", actual: symbolic.fill });
  checkLength("factorizeThreshold: A.values", (A.values as Storage).length, symbolic.destination.length * b ** 2);
  checkNumber("factorizeThreshold: dropTolerance", dropTolerance, 0);
  if (maxPerColumn !== Infinity) checkInteger("factorizeThreshold: maxPerColumn", maxPerColumn, 0);
  checkInteger("factorizeThreshold: maxShifts", maxShifts, 0);
  const workspace = options.workspace ?? thresholdWorkspace(symbolic, A.format);
  checkWorkspace("factorizeThreshold: workspace", workspace, symbolic, A.format);
  let badPivot: BadPivot | undefined;
  for (let shifts = 0, shift = 0; ; shifts++, shift = Math.max(2 * shift, 1e-3)) {
    const result = workspace.factorColumns(A.values as Storage, shift, { dropTolerance, maxPerColumn });
    if ("pivot" in result) {
      const { row, pivot, blockUpdates } = result;
      work?.count("factorize", A.format.name, 2 * b ** 3 * blockUpdates, A.format.name, 0);
      badPivot = { row: order[Math.floor(row / b)] * b + (row % b), pivot, shift };
      if (shifts === maxShifts || !Number.isFinite(pivot)) return badPivot;
      continue;
    }
    const { L, values, blockUpdates } = result;
    // What was dropped has no place: no other matrix can be factorised with this structure.
    const structure = { ...symbolic, L, supernodes: supernodes(n, L, false), destination: new Int32Array(0), blockUpdates };
    const own = withBlockSize(structure, b);
    work?.count("factorize", A.format.name, own.flops, A.format.name, values.byteLength);
    return { symbolic: own, format: A.format, values: values as unknown as Vec<P>, shift, shifts, badPivot };
  }
}
