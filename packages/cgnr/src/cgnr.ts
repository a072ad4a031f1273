import { checkInteger, checkLength, checkNumber, OptionError } from "@slam/errors";
import type { AnyPrecision, Storage, Vec } from "@slam/float";
import { type LinearOperator, type LinearReport, type LinearTermination, multiplyNormal, type Preconditioner } from "@slam/linop";
import {
  checkExactSystem,
  checkExactWorkspace,
  type ExactSystem,
  type ExactWorkspace,
  exactWorkspace,
  residualReplacement,
} from "./exact-system.ts";
import { isZero } from "./is-zero.ts";

/** What a solve needs besides its operands: pass one to allocate no vector. */
export interface CgnrWorkspace<P extends AnyPrecision> {
  /** Length rows. */
  readonly q: Vec<P>;
  /** Length cols. */
  readonly s: Vec<P>;
  readonly z: Vec<P>;
  readonly p: Vec<P>;
  readonly w: Vec<P>;
  readonly t: Vec<P>;
  /** What residuals of an exact system need. Without it a solve with one makes its own. */
  readonly exact?: ExactWorkspace<AnyPrecision> | undefined;
}

export interface CgnrOptions<P extends AnyPrecision> {
  /** M close to A'A + diag(d), symmetric positive definite. Default none. */
  readonly preconditioner?: Preconditioner<P> | undefined;
  /** d >= 0, length cols. Default none. */
  readonly damping?: Vec<P> | undefined;
  /**
   * Ends where |s| <= max(rtol |A'b|, atol), s = A'(b - A x) - d .* x. |v|^2 = v'M^-1 v: for M close to A'A + diag(d) this is the relative
   * error of x in the energy norm. Default 1e-2: enough for a Gauss-Newton step.
   */
  readonly rtol?: number;
  /** Default 0. */
  readonly atol?: number;
  /**
   * Ends also where n (Q_(n-1) - Q_n) <= qTolerance (Q_0 - Q_n) after n iterations, Q = x'(A'A + diag(d)) x / 2 - x'A'b the model that they minimise and Q_0 that of the
   * guess: where another step as good as the average one so far would be a surprise. That counts as "tolerance-met", whatever the residual. Default none.
   */
  readonly qTolerance?: number | undefined;
  /** Default 10 cols. */
  readonly maxIterations?: number;
  /**
   * The same system in a wider format. With it a solve does not end where the recurrence's residual is small enough: the true
   * one takes its place, and the iteration goes on from there until that is ("verified"). Default none.
   */
  readonly exact?: ExactSystem<AnyPrecision> | undefined;
  /**
   * Makes each direction conjugate to the one before by a product of its own (one dot more per iteration), and not by the recurrence that
   * holds for a fixed symmetric M alone. For an M that changes from one application to the next, or that rounds roughly. Default false.
   */
  readonly flexible?: boolean;
  readonly workspace?: CgnrWorkspace<P>;
  /** Called after each iteration with the recurrence's |s| / |A'b|, in that norm. */
  readonly onIteration?: (iteration: number, relativeResidual: number) => void;
}

/** Scratch for solves with operators of A's shape, and with exact ones of `exact`'s where that is given. */
export function cgnrWorkspace<P extends AnyPrecision>(A: LinearOperator<P>, exact?: LinearOperator<AnyPrecision>): CgnrWorkspace<P> {
  const { space, rows, cols } = A;
  return {
    q: space.zeros(rows),
    s: space.zeros(cols),
    z: space.zeros(cols),
    p: space.zeros(cols),
    w: space.zeros(cols),
    t: space.zeros(cols),
    exact: exact && exactWorkspace(exact),
  };
}

/**
 * Solves (A'A + diag(d)) x = A'b by preconditioned conjugate gradients on the normal equations; A'A is never formed.
 *
 * Every vector is in the format of `A.space` and every operation runs in that space; the scalars alpha and beta are quotients in fp64 of
 * dot products summed in the space's arithmetic, but for |A p|^2 where the operator sums it.
 *
 * beta is Fletcher and Reeves', or where `flexible` Notay's -z'(A'A + D) p / p'(A'A + D) p, which is Polak and Ribiere's for an exact step.
 *
 * Residuals are replaced only where the recurrence would end, and the directions with them, which makes it iterative refinement. Replacing
 * them every 50 iterations as well cost CG its conjugacy, and 2 to 10 times the iterations where hundreds or thousands are needed.
 *
 * @param A rows x cols.
 * @param rightSide `{ b }` of length rows, or `{ g }` = A'b of length cols where only that is known. Not changed.
 * @param x length cols; the guess on entry, the solution on return. Must not overlap the right side.
 * @returns "tolerance-met" (by the recurrence), "verified" (by the true residual of `exact`), "max-iterations", "stagnated" (the true
 *   residual is not half of what it was when it last replaced the recurrence's), "breakdown" (s'M^-1 s or p'(A'A + D) p is not positive: M
 *   or A'A is not positive definite to rounding, or the arithmetic underflows), "non-finite" (something overflows; x is the last iterate
 *   with a finite residual).
 * @throws DimensionError, OptionError before anything is written.
 * @see Bjorck, Numerical Methods for Least Squares Problems, SIAM 1996, 7.4; Higham, Accuracy and Stability of Numerical Algorithms, SIAM
 *   2002, chapter 12; Nash and Sofer, Assessing a search direction within a truncated-Newton method, Oper. Res. Letters 9, 1990, of `qTolerance`; Notay, Flexible conjugate gradients, SIAM J. Sci. Comput. 22, 2000, algorithm 2.1 with m = 1.
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
    qTolerance,
    maxIterations = 10 * A.cols,
    exact,
    flexible = false,
    onIteration,
  } = options;
  const { space } = A;
  const { storage } = space.format;
  const { q, s, z, p, w, t } = options.workspace ?? cgnrWorkspace(A);
  const replace = exact && residualReplacement(A, exact, options.workspace?.exact);

  // s <- A'b
  if ("b" in rightSide) A.multiplyTransposed(rightSide.b, s);
  else copy(rightSide.g, s);
  // gamma = s'M^-1 s
  let gamma = restart();
  const isSolvedByZero = isZero(storage, s);
  const scale = isSolvedByZero ? 1 : 1 / Math.sqrt(gamma);
  const target = Math.max(rtol * Math.sqrt(gamma), atol);
  if (isSolvedByZero) {
    fill(x, 0);
    return report("tolerance-met", 0);
  }
  if (!isPositive(gamma)) return failure("s'M^-1 s", gamma, 0);
  if (!isZero(storage, x)) {
    // s <- A'b - A'A x - d .* x
    if (replace) replace(x, s);
    else {
      applyNormal(x);
      space.axpy(-1, w, s);
    }
    gamma = restart();
  }

  let trueNorm = Infinity;
  // Q_0 - Q_n
  let won = 0;
  // per iteration: products with A and A', M^-1, 2 dots (3 if flexible), 3 axpys and a copy
  for (let iteration = 0; ; iteration++) {
    const wasMet = isMet();
    if (wasMet) {
      if (!replace) return report("tolerance-met", iteration);
      const isSolved = replace(x, s);
      gamma = restart();
      if (isMet(isSolved)) return report("verified", iteration);
    }
    if (!isPositive(gamma)) return failure("s'M^-1 s", gamma, iteration);
    if (wasMet) {
      if (Math.sqrt(gamma) > 0.5 * trueNorm) return report("stagnated", iteration);
      trueNorm = Math.sqrt(gamma);
    }
    if (iteration === maxIterations) return report("max-iterations", iteration);
    // delta = p'(A'A + D) p = (A p)'(A p) + p'(D p)
    const delta = applyNormal(p);
    if (!isPositive(delta)) return failure("p'(A'A + D) p", delta, iteration);
    const alpha = gamma / delta;
    // Where this step overflows, the iterate before it is the answer.
    copy(x, t);
    const { overflows } = space.events;
    space.axpy(alpha, p, x);
    const isInRange = space.events.overflows === overflows;
    space.axpy(-alpha, w, s);
    const direction = precondition();
    const next = space.dot(s, direction);
    if (!isInRange || !Number.isFinite(next)) {
      copy(t, x);
      return report("non-finite", iteration);
    }
    // p <- M^-1 s + beta p
    space.xpby(direction, flexible ? -space.dot(direction, w) / delta : next / gamma, p);
    // Q_(n-1) - Q_n = s'p / 2 alpha, and s'p = s'M^-1 s.
    const gain = 0.5 * alpha * gamma;
    won += gain;
    gamma = next;
    onIteration?.(iteration + 1, Math.sqrt(gamma) * scale);
    if (qTolerance !== undefined && (iteration + 1) * gain <= qTolerance * won) {
      return report("tolerance-met", iteration + 1, `the last won ${(gain / won).toExponential(2)} of the model's decrease`);
    }
  }

  /** |s| <= target. Where the arithmetic has flushed s'M^-1 s to zero, only a zero s counts. */
  function isMet(isSolved?: boolean): boolean {
    return gamma > 0 ? Math.sqrt(gamma) <= target : gamma === 0 && (isSolved ?? isZero(storage, s));
  }

  /** w <- (A'A + D) v; returns v'w as |A v|^2 + v'(D v), which cannot be negative. */
  function applyNormal(v: Vec<P>): number {
    if (A.applyNormal !== undefined) return A.applyNormal(v, d, w);
    multiplyNormal(A, v, q, w);
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

  function failure(what: string, square: number, iterations: number): LinearReport {
    return report(Number.isFinite(square) ? "breakdown" : "non-finite", iterations, `${what} = ${square}`);
  }

  function report(termination: LinearTermination, iterations: number, cause?: string): LinearReport {
    const relativeResidual = Math.sqrt(gamma) * scale;
    const evidence = cause ?? `|s| = ${relativeResidual.toExponential(2)} |A'b|`;
    return { termination, message: `cgnr: ${termination} after ${iterations} iterations, ${evidence}`, iterations, relativeResidual };
  }
}

function isPositive(square: number): boolean {
  return square > 0 && square < Infinity;
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
  if (options.exact !== undefined) checkExactSystem(options.exact, A);
  checkNumber("cgnr: rtol", options.rtol ?? 0, 0);
  checkNumber("cgnr: atol", options.atol ?? 0, 0);
  checkNumber("cgnr: qTolerance", options.qTolerance ?? 0, 0);
  checkInteger("cgnr: maxIterations", options.maxIterations ?? 0, 0);
  if (options.workspace !== undefined) checkWorkspace(options.workspace, A, options.exact);
}

function checkWorkspace<P extends AnyPrecision>(
  { q, s, z, p, w, t, exact }: CgnrWorkspace<P>,
  { rows, cols }: LinearOperator<P>,
  system: ExactSystem<AnyPrecision> | undefined,
): void {
  checkLength("cgnr: workspace.q", length(q), rows);
  checkLength("cgnr: workspace.s", length(s), cols);
  checkLength("cgnr: workspace.z", length(z), cols);
  checkLength("cgnr: workspace.p", length(p), cols);
  checkLength("cgnr: workspace.w", length(w), cols);
  checkLength("cgnr: workspace.t", length(t), cols);
  if (exact !== undefined && system !== undefined) checkExactWorkspace(exact, system.A);
}

function length(vector: unknown): number {
  return (vector as Storage).length;
}
