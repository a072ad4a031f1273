import { checkInteger, checkLength, checkNumber, OptionError } from "@slam/errors";
import type { AnyPrecision, Storage, Vec } from "@slam/float";
import type { LinearOperator, LinearReport, LinearTermination, Preconditioner } from "@slam/linop";
import { type ExactSystem, residualReplacement } from "./src/exact-system.ts";

/** What a solve needs besides its operands; pass one to allocate nothing. */
export interface CgnrWorkspace<P extends AnyPrecision> {
  /** Length rows. */
  readonly q: Vec<P>;
  /** Length cols. */
  readonly s: Vec<P>;
  readonly z: Vec<P>;
  readonly p: Vec<P>;
  readonly w: Vec<P>;
  readonly t: Vec<P>;
}

export interface CgnrOptions<P extends AnyPrecision> {
  /** M close to A'A + diag(d), symmetric positive definite. Default none. */
  readonly preconditioner?: Preconditioner<P> | undefined;
  /** d >= 0, length cols. Default none. */
  readonly damping?: Vec<P> | undefined;
  /**
   * Ends where |s| <= max(rtol |A'b|, atol), s = A'(b - A x) - d .* x. |v|^2 = v'M^-1 v: for M close to A'A + diag(d) this is the relative error of x in
   * the energy norm. Default 1e-2: enough for a Gauss-Newton step.
   */
  readonly rtol?: number;
  /** Default 0. */
  readonly atol?: number;
  /** Default 10 cols. */
  readonly maxIterations?: number;
  /**
   * The same system in a wider format. With it the recurrence's residual is replaced by the true one before the solve may end ("verified"),
   * and every `replaceEvery` iterations.
   */
  readonly exact?: ExactSystem<AnyPrecision> | undefined;
  /** Default 50. */
  readonly replaceEvery?: number;
  readonly workspace?: CgnrWorkspace<P>;
  /** Called after each iteration with the recurrence's |s| / |A'b|, in that norm. */
  readonly onIteration?: (iteration: number, relativeResidual: number) => void;
}

/** Scratch for solves with operators of A's shape. */
export function cgnrWorkspace<P extends AnyPrecision>(A: LinearOperator<P>): CgnrWorkspace<P> {
  const { space, rows, cols } = A;
  return {
    q: space.zeros(rows),
    s: space.zeros(cols),
    z: space.zeros(cols),
    p: space.zeros(cols),
    w: space.zeros(cols),
    t: space.zeros(cols),
  };
}

/**
 * Solves (A'A + diag(d)) x = A'b by preconditioned conjugate gradients on the normal equations; A'A is never formed.
 *
 * Every vector is in the format of `A.space` and every operation runs in that space; the scalars alpha and beta are quotients in fp64 of dot products
 * summed in the space's arithmetic.
 *
 * @param A rows x cols.
 * @param rightSide `{ b }` of length rows, or `{ g }` = A'b of length cols where only that is known. Not changed.
 * @param x length cols; the guess on entry, the solution on return. Must not overlap the right side.
 * @returns "tolerance-met" (by the recurrence), "verified" (by the true residual of `exact`), "max-iterations", "stagnated" (replacing the residual
 *   gained nothing), "breakdown" (M or A'A not positive definite to rounding), "non-finite" (x is the last finite iterate).
 * @throws DimensionError, OptionError before anything is written.
 * @see Bjorck, Numerical Methods for Least Squares Problems, SIAM 1996, 7.4; van der Vorst and Ye, Residual replacement strategies for Krylov
 *   subspace iterative methods, SIAM J. Sci. Comput. 22, 2000.
 */
export function cgnr<P extends AnyPrecision>(
  A: LinearOperator<P>,
  rightSide: { readonly b: Vec<P> } | { readonly g: Vec<P> },
  x: Vec<P>,
  options: CgnrOptions<P> = {},
): LinearReport {
  checkOperands(A, rightSide, x, options);
  const {
    preconditioner: M,
    damping: d,
    rtol = 1e-2,
    atol = 0,
    maxIterations = 10 * A.cols,
    exact,
    replaceEvery = 50,
    onIteration,
  } = options;
  const { space } = A;
  const { q, s, z, p, w, t } = options.workspace ?? cgnrWorkspace(A);
  const replace = exact && residualReplacement(A, exact);

  // s <- A'b
  if ("b" in rightSide) A.multiplyTransposed(rightSide.b, s);
  else copy(rightSide.g, s);
  // gamma = s'M^-1 s
  let gamma = restart();
  const scale = 1 / Math.sqrt(gamma);
  const target = Math.max(rtol * Math.sqrt(gamma), atol);
  if (isZero(s)) {
    fill(x, 0);
    return report("tolerance-met", 0);
  }
  if (!isZero(x)) {
    // s <- A'b - A'A x - d .* x
    if (replace) replace(x, s);
    else {
      applyNormal(x);
      space.axpy(-1, w, s);
    }
    gamma = restart();
  }

  let lastTrueNorm = Infinity;
  let sinceReplaced = 0;
  for (let iteration = 0; ; iteration++) {
    if (!Number.isFinite(gamma)) return report("non-finite", iteration);
    if (gamma === 0 && !isZero(s)) return report("breakdown", iteration);
    const met = Math.sqrt(gamma) <= target;
    if (met && !replace) return report("tolerance-met", iteration);
    if (replace && met) {
      replace(x, s);
      gamma = restart();
      if (Math.sqrt(gamma) <= target) return report("verified", iteration);
      if (met && !(Math.sqrt(gamma) <= 0.5 * lastTrueNorm)) return report("stagnated", iteration);
      if (met) lastTrueNorm = Math.sqrt(gamma);
      sinceReplaced = 0;
    }
    if (iteration === maxIterations) return report("max-iterations", iteration);
    if (!(gamma > 0)) return report("breakdown", iteration);
    // delta = p'(A'A + D) p = (A p)'(A p) + p'(D p)
    const delta = applyNormal(p);
    const alpha = gamma / delta;
    if (!Number.isFinite(alpha)) return report(Number.isFinite(delta) ? "breakdown" : "non-finite", iteration);
    space.axpy(alpha, p, x);
    space.axpy(-alpha, w, s);
    if (replace && sinceReplaced + 1 >= replaceEvery) { replace(x, s); sinceReplaced = -1; }
    const direction = precondition();
    const next = space.dot(s, direction);
    // p <- M^-1 s + (gamma' / gamma) p
    space.xpby(direction, next / gamma, p);
    gamma = next;
    sinceReplaced++;
    onIteration?.(iteration + 1, Math.sqrt(gamma) * scale);
  }

  /** w <- (A'A + D) v; returns v'w as |A v|^2 + v'(D v), which cannot be negative. */
  function applyNormal(v: Vec<P>): number {
    A.multiply(v, q);
    A.multiplyTransposed(q, w);
    if (d === undefined) return space.dot(q, q);
    fill(t, 0);
    space.diagonalAxpy(d, v, t);
    space.axpy(1, t, w);
    return space.dot(q, q) + space.dot(v, t);
  }

  function precondition(): Vec<P> {
    if (M === undefined) return s;
    M.apply(s, z);
    return z;
  }

  /** p <- M^-1 s; returns s'p. */
  function restart(): number {
    const direction = precondition();
    copy(direction, p);
    return space.dot(s, direction);
  }

  function report(termination: LinearTermination, iterations: number): LinearReport {
    const relativeResidual = gamma === 0 ? 0 : Math.sqrt(gamma) * scale;
    const message = `cgnr: ${termination} after ${iterations} iterations, |s| = ${relativeResidual.toExponential(2)} |A'b|`;
    return { termination, message, iterations, relativeResidual };
  }
}

function isZero(x: unknown): boolean {
  return (x as Storage).every((code) => code === 0);
}

function copy(from: unknown, to: unknown): void {
  (to as Float64Array).set(from as Float64Array);
}

function fill(x: unknown, value: number): void {
  (x as Storage).fill(value);
}

function checkOperands<P extends AnyPrecision>(
  A: LinearOperator<P>,
  rightSide: { readonly b: Vec<P> } | { readonly g: Vec<P> },
  x: Vec<P>,
  options: CgnrOptions<P>,
): void {
  const length = (v: unknown): number => (v as Storage).length;
  if ("b" in rightSide) checkLength("cgnr: b", length(rightSide.b), A.rows);
  else checkLength("cgnr: g", length(rightSide.g), A.cols);
  checkLength("cgnr: x", length(x), A.cols);
  if (options.damping !== undefined) checkLength("cgnr: damping", length(options.damping), A.cols);
  const M = options.preconditioner;
  if (M !== undefined) {
    checkLength("cgnr: preconditioner", M.size, A.cols);
    if (M.space.format.name !== A.space.format.name) {
      throw new OptionError("cgnr: preconditioner.space", {
        expected: `the operator's, ${A.space.format.name}`,
        actual: M.space.format.name,
      });
    }
  }
  if (options.exact !== undefined) {
    checkLength("cgnr: exact.A rows", options.exact.A.rows, A.rows);
    checkLength("cgnr: exact.A cols", options.exact.A.cols, A.cols);
    checkLength("cgnr: exact.g", length(options.exact.g), A.cols);
  }
  checkNumber("cgnr: rtol", options.rtol ?? 0, 0);
  checkNumber("cgnr: atol", options.atol ?? 0, 0);
  checkInteger("cgnr: maxIterations", options.maxIterations ?? 0, 0);
  checkInteger("cgnr: replaceEvery", options.replaceEvery ?? 1, 1);
}
