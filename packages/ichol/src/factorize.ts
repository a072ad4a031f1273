import { checkInteger, checkLength, checkNumber } from "@slam/errors";
import { type AnyPrecision, type RoundingEvents, type Storage, storeCounted, type Vec, zeros } from "@slam/float";
import type { Work } from "@slam/linop";
import type { BsrMatrix } from "@slam/sparse";
import type { CholeskySymbolic } from "./symbolic.ts";
import { type CholeskyWorkspace, checkWorkspace, choleskyWorkspace } from "./workspace.ts";

export interface FactorizeOptions {
  /**
   * Tries with a shifted diagonal after a breakdown, doubled each time from 1e-3; for a complete factor, which breaks down by rounding
   * alone, from 16 u times 4. 0: the first breakdown is returned. Default 20.
   */
  readonly maxShifts?: number;
  /** The first try's shift: A + shift diag(A) is factorised. Default 0. */
  readonly shift?: number;
  /** A pivot is bad unless it exceeds this times the diagonal entry of A. Default 0: it must be positive. */
  readonly pivotFloor?: number;
  readonly work?: Work;
  /** Memory from `choleskyWorkspace` for this structure and format; the factor lies in it, until it is used again. Default: new. */
  readonly workspace?: CholeskyWorkspace;
}

/** A pivot that was not positive: where, how large, and under which shift. `row` is a scalar row of A. */
export interface BadPivot {
  readonly row: number;
  readonly pivot: number;
  readonly shift: number;
}

/** L of P (A + shift diag(A)) P' = L L', or close to it where fill is left out. */
export interface CholeskyFactor<P extends AnyPrecision> {
  readonly symbolic: CholeskySymbolic;
  readonly format: P;
  /** b b values for each block of symbolic.L, by columns; diagonal blocks lower triangular. */
  readonly values: Vec<P>;
  readonly shift: number;
  /** Breakdowns on the way; the last of them. */
  readonly shifts: number;
  readonly badPivot: BadPivot | undefined;
}

/**
 * Factorises in the format of A, every operation rounded to it: L_ij <- (A_ij - sum_k L_ik L_jk') L_jj^-T, sums by ascending scalar column.
 *
 * On a bad pivot the whole factorisation is repeated with a shift, as preconditioners want it.
 * @param A the lower triangle that was analysed.
 * @returns the factor, or the bad pivot that is left after `maxShifts` shifts, or at once where A is not finite.
 * @throws DimensionError if A has not the blocks that were analysed, OptionError.
 * @see Manteuffel, An incomplete factorization technique for positive definite linear systems, Math. Comp. 34, 1980; Scott and Tuma,
 *   arXiv 2401.17957.
 */
export function factorize<P extends AnyPrecision>(
  symbolic: CholeskySymbolic,
  A: BsrMatrix<P>,
  options: FactorizeOptions = {},
): CholeskyFactor<P> | BadPivot {
  const { maxShifts = 20, pivotFloor = 0, work } = options;
  checkLength("factorize: A.values", (A.values as Storage).length, symbolic.destination.length * symbolic.b ** 2);
  checkInteger("factorize: maxShifts", maxShifts, 0);
  checkNumber("factorize: shift", options.shift ?? 0, 0);
  checkNumber("factorize: pivotFloor", pivotFloor, 0, 1);
  const workspace = options.workspace ?? choleskyWorkspace(symbolic, A.format);
  checkWorkspace("factorize: workspace", workspace, symbolic, A.format);
  const { L } = workspace;
  const complete = symbolic.fill === "complete";
  const firstShift = complete ? 16 * A.format.unitRoundoff : 1e-3;
  const growth = complete ? 4 : 2;
  let shift = options.shift ?? 0;
  let badPivot: BadPivot | undefined;
  for (let shifts = 0; ; shifts++) {
    workspace.prepare(A.values as Storage, shift, pivotFloor);
    const row = workspace.factorColumns();
    work?.count("factorize", A.format.name, symbolic.flops, A.format.name, L.byteLength);
    if (row < 0) return { symbolic, format: A.format, values: L as unknown as Vec<P>, shift, shifts, badPivot };
    badPivot = pivotAt(symbolic, A.format, L, row, shift);
    if (shifts === maxShifts || (shifts === 0 && !everyFinite(A))) return badPivot;
    shift = Math.max(growth * shift, firstShift);
  }
}

export function isFactor<P extends AnyPrecision>(result: CholeskyFactor<P> | BadPivot): result is CholeskyFactor<P> {
  return "values" in result;
}

/** The factor in another format: each entry rounded once; the factor itself where it is in that format already. */
export function convertFactor<P extends AnyPrecision>(
  factor: CholeskyFactor<AnyPrecision>,
  to: P,
  events: RoundingEvents,
): CholeskyFactor<P> {
  if (factor.format === (to as AnyPrecision)) return factor as CholeskyFactor<P>;
  const from = factor.values as Storage;
  const values = zeros(to, from.length);
  for (let i = 0; i < from.length; i++) storeCounted(to, values as Storage, i, factor.format.load(from, i), events);
  return { ...factor, format: to, values };
}

function everyFinite(A: BsrMatrix<AnyPrecision>): boolean {
  const values = A.values as Storage;
  for (let k = 0; k < values.length; k++) if (!Number.isFinite(A.format.load(values, k))) return false;
  return true;
}

function pivotAt({ b, order, L: pattern }: CholeskySymbolic, P: AnyPrecision, L: Storage, row: number, shift: number): BadPivot {
  const j = Math.floor(row / b);
  const i = row % b;
  return { row: order[j] * b + i, pivot: P.load(L, pattern.colPtr[j] * b * b + i * (b + 1)), shift };
}
