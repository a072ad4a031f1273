import type { AnyPrecision, OperationFormat } from "@slam/float";
import { analyzeCholesky, type CholeskySymbolic, checkDirectFormat, DirectFactor } from "@slam/ichol";
import type { LinearReport, LinearSolver } from "@slam/linop";
import type { Counters, Policy } from "@slam/nlls";
import { type BsrMatrix, bsrMatrix, jacobiScaling } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import type { BundleJacobian } from "./jacobian.ts";
import type { ReducedStructure } from "./reduced-structure.ts";
import { ReducedSystem } from "./reduced-system.ts";

export interface SchurSolverOptions {
  /** Of its formats, `factorize` is the solver's: fp64 or fp32. */
  readonly policy: Policy;
  readonly counters: Counters;
  /** What the memory is taken from. Default a new one. */
  readonly arenas?: ArenaPool | undefined;
  /** Of J's patterns, where something else has it. */
  readonly structure?: ReducedStructure | undefined;
  /** Of that structure's pattern, likewise. */
  readonly symbolic?: CholeskySymbolic | undefined;
}

/** Of one solve; a factor that needs more of them is of no use. */
const MOST_REFINEMENTS = 100;
/**
 * Solves (J'J + D) dx = -g with the points eliminated: S x_c = b_c - W V^-1 b_p on the cameras by the complete Cholesky factor of S, which is summed in fp64, brought to a
 * diagonal near 1 by powers of two and rounded once to the policy's `factorize`; then V x_p = b_p - W'x_c.
 *
 * What rounding leaves of the reduced equations in fp64 is refined away by flexible conjugate gradients, whose first step is the direct solve, until it is rtol of
 * their right side in the norm of the factor's inverse. A pivot that is not positive, of V or in fp64 of S, is returned, and whoever damps the equations damps them more;
 * in fp32 it may be rounding's doing, and a slightly larger diagonal is tried first.
 *
 * @throws OptionError unless `factorize` is fp64 or fp32: a factor in less can only precondition.
 * @see Triggs, McLauchlan, Hartley and Fitzgibbon, Bundle adjustment: a modern synthesis, 2000, section 6.
 */
export class SchurSolver implements LinearSolver<BundleJacobian> {
  readonly name = "schur-direct";
  readonly preconditionerLabel = "none";
  readonly policy: Policy;
  readonly #format: OperationFormat;
  readonly #counters: Counters;
  readonly #arenas: ArenaPool;
  readonly #structure: ReducedStructure | undefined;
  readonly #symbolic: CholeskySymbolic | undefined;
  #memory: Memory | undefined;
  /** What was factorised last. */
  #J: BundleJacobian | undefined;
  #factorizations = 0;

  constructor({ policy, counters, structure, symbolic, arenas = new ArenaPool() }: SchurSolverOptions) {
    checkDirectFormat("schur-direct", policy.factorize);
    this.policy = policy;
    this.#format = policy.factorize;
    this.#counters = counters;
    this.#arenas = arenas;
    this.#structure = structure;
    this.#symbolic = symbolic;
  }

  get factorizations(): number {
    return this.#factorizations;
  }

  /** Scalars stored in the factor. */
  get factorNonzeros(): number {
    return this.#memory?.solver.nonzeros ?? 0;
  }

  analyze(J: BundleJacobian): void {
    const patterns = J.parts.map(({ pattern }) => pattern);
    const arenas = this.#arenas;
    const of = { part: "lower", jacobian: J.parts[0].format, structure: this.#structure, counters: this.#counters, arenas } as const;
    const reduced = new ReducedSystem(patterns, of);
    const { pattern } = reduced.structure;
    const symbolic = this.#symbolic ?? analyzeCholesky(pattern);
    const vector = (): Float64Array => new Float64Array(reduced.size);
    const last = patterns[patterns.length - 1];
    this.#memory = {
      reduced,
      H: bsrMatrix<AnyPrecision>(pattern, this.#format.storage),
      solver: new DirectFactor(symbolic, this.#format, this.#counters, arenas),
      right: vector(),
      x: vector(),
      s: vector(),
      z: vector(),
      p: vector(),
      w: vector(),
      row: new Float64Array(last.blockRows * last.r),
      point: new Float64Array(last.blockCols * last.c),
      cameras: new Float64Array(reduced.place.length),
    };
  }

  factor(J: BundleJacobian, d: Float64Array | undefined): LinearReport | undefined {
    const { reduced, H, solver } = this.#memory!;
    this.#factorizations++;
    const bad = reduced.assemble(J, d);
    if (bad >= 0) return breakdown(`the block of point ${bad} is not positive definite`);
    const scaling = jacobiScaling(reduced.diagonal());
    reduced.scaledInto(H, scaling);
    const pivot = solver.factor(H, scaling);
    if (pivot !== undefined) return breakdown(`pivot ${pivot.pivot} in row ${pivot.row} of the reduced system`);
    this.#J = J;
    return undefined;
  }

  solve(g: Float64Array, dx: Float64Array, rtol: number, warm: boolean): LinearReport {
    const { reduced, right, x, row, point, cameras } = this.#memory!;
    const J = this.#J!;
    const { place } = reduced;
    const last = J.parts.length - 1;
    this.#reduce(g);
    x.fill(0);
    if (warm) for (let j = 0; j < place.length; j++) x[place[j]] = -dx[j];
    const report = this.#iterate(right, x, rtol);
    // The signs of g and of the solution are turned once, here.
    for (let j = 0; j < place.length; j++) {
      cameras[j] = x[place[j]];
      dx[j] = -x[place[j]];
    }
    // V x_p = g_p - W'x_c
    J.multiplyParts(0, last, cameras, row);
    J.multiplyTransposedParts(last, last + 1, row, point);
    for (let j = 0; j < point.length; j++) point[j] = g[place.length + j] - point[j];
    reduced.solvePoints(point);
    for (let j = 0; j < point.length; j++) dx[place.length + j] = -point[j];
    return report;
  }

  norm(v: Float64Array): number {
    const { right, z, solver } = this.#memory!;
    const energy = this.#reduce(v);
    solver.apply(right, z);
    return Math.sqrt(Math.max(0, energy + dot(right, z)));
  }

  /** right <- v_c - W V^-1 v_p, padded; returns v_p'V^-1 v_p. */
  #reduce(v: Float64Array): number {
    const { reduced, right, row, point, cameras } = this.#memory!;
    const J = this.#J!;
    const { place } = reduced;
    const last = J.parts.length - 1;
    point.set(v.subarray(place.length));
    const energy = reduced.solvePoints(point);
    J.multiplyParts(last, last + 1, point, row);
    J.multiplyTransposedParts(0, last, row, cameras);
    right.fill(0);
    for (let j = 0; j < place.length; j++) right[place[j]] = v[j] - cameras[j];
    return energy;
  }

  /** x <- S^-1 b by conjugate gradients from x; flexible, for a factor that rounds. */
  #iterate(b: Float64Array, x: Float64Array, rtol: number): LinearReport {
    const { reduced, solver, s, z, p, w } = this.#memory!;
    // 2 dots and a difference, before the first step.
    this.#countVectors(5, 7);
    solver.apply(b, z);
    const size = Math.sqrt(dot(b, z));
    if (size === 0) {
      x.fill(0);
      return ended("verified", 0, 0);
    }
    residual();
    solver.apply(s, z);
    p.set(z);
    let gamma = dot(s, z);
    for (let iteration = 0; ; iteration++) {
      const error = Math.sqrt(Math.max(0, gamma)) / size;
      if (!Number.isFinite(error)) return ended("non-finite", iteration, error);
      if (error <= rtol) return ended("verified", iteration, error);
      if (iteration === MOST_REFINEMENTS) return ended("max-iterations", iteration, error);
      // 4 dots, 2 axpys and a difference.
      this.#countVectors(13, 17);
      reduced.multiply(p, w);
      const delta = dot(p, w);
      if (!(delta > 0)) return ended("breakdown", iteration, error);
      const alpha = dot(s, p) / delta;
      for (let j = 0; j < x.length; j++) x[j] += alpha * p[j];
      // A recurrence would cost the same.
      residual();
      solver.apply(s, z);
      const beta = -dot(z, w) / delta;
      for (let j = 0; j < p.length; j++) p[j] = z[j] + beta * p[j];
      gamma = dot(s, z);
    }

    function residual(): void {
      reduced.multiply(x, s);
      for (let j = 0; j < s.length; j++) s[j] = b[j] - s[j];
    }
  }

  /** Flops for each entry of the reduced system's vectors, and how many of these are read or written. */
  #countVectors(flops: number, vectors: number): void {
    const n = this.#memory!.reduced.size;
    this.#counters.work.count("vectors", "fp64", flops * n, "fp64", 8 * vectors * n);
  }
}

/** Made once for a structure; vectors of the padded reduced system, of J's rows, of the points' columns and of the others. */
interface Memory {
  readonly reduced: ReducedSystem;
  readonly H: BsrMatrix<AnyPrecision>;
  readonly solver: DirectFactor;
  readonly right: Float64Array;
  readonly x: Float64Array;
  readonly s: Float64Array;
  readonly z: Float64Array;
  readonly p: Float64Array;
  readonly w: Float64Array;
  readonly row: Float64Array;
  readonly point: Float64Array;
  readonly cameras: Float64Array;
}

function breakdown(what: string): LinearReport {
  return { termination: "breakdown", message: `schur-direct: ${what}`, iterations: 0, relativeResidual: Number.NaN };
}

function ended(termination: LinearReport["termination"], iterations: number, relativeResidual: number): LinearReport {
  const message = `schur-direct: ${termination} after ${iterations} steps, |s| = ${relativeResidual.toExponential(2)} |b|`;
  return { termination, message, iterations, relativeResidual };
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j] * y[j];
  return sum;
}
