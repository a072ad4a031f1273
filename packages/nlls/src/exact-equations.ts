import { type FP64, fp64, type OperationFormat, operationFormat } from "@slam/float";
import type { Scratch } from "@slam/linop";
import type { Jacobian, LeastSquaresProblem } from "./problem.ts";

/** Evaluation in fp64: what endings are decided by. */
export const EXACT: OperationFormat<FP64> = operationFormat(fp64);

export function isExact({ storage, arithmetic }: OperationFormat): boolean {
  return storage === EXACT.storage && arithmetic === EXACT.arithmetic;
}

/** The normal equations at a point with r, J and g evaluated in fp64: a check on a step, which never feeds back into it. */
export interface ExactEquations {
  readonly g: Float64Array;
  /** g + (J'J + diag(d)) dx; the next one overwrites it. */
  residual(dx: Float64Array, d: Float64Array | undefined): Float64Array;
}

/**
 * @param evaluated, r J and the residual at x where they are in fp64 already; r is not kept.
 * @param scratch what vectors are taken from.
 */
export function exactEquations<X, J extends Jacobian>(
  problem: LeastSquaresProblem<X, J>,
  x: X,
  evaluated: J | undefined,
  r: Float64Array | undefined,
  scratch: Scratch,
): ExactEquations {
  const J = evaluated ?? problem.jacobian(x, EXACT);
  const row = scratch.numbers(problem.rows);
  const g = scratch.numbers(problem.cols);
  const s = scratch.numbers(problem.cols);
  if (r === undefined) problem.residual(x, EXACT, row);
  J.gradient(r ?? row, fp64, g);
  return {
    g,
    residual(dx, d) {
      J.multiply(dx, row);
      J.gradient(row, fp64, s);
      for (let j = 0; j < s.length; j++) s[j] += g[j] + (d === undefined ? 0 : d[j] * dx[j]);
      return s;
    },
  };
}
