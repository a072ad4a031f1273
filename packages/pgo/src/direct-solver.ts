import { type CgnrWorkspace, cgnr, cgnrWorkspace } from "@slam/cgnr";
import { type AnyPrecision, type FP32, type FP64, fp32, fp64, type OperationFormat, operationFormat } from "@slam/float";
import { checkDirectFormat, DirectFactor } from "@slam/ichol";
import { convertInto, type LinearOperator, type LinearReport, type LinearSolver, type VectorSpace, vectorSpace } from "@slam/linop";
import type { Counters, Policy } from "@slam/nlls";
import { addDiagonal, type BsrMatrix, bsrMatrix, valueCount, writeJacobiScaling } from "@slam/sparse";
import { ArenaPool, bytesFor } from "@slam/wasm";
import type { BsrJacobian } from "./jacobian.ts";
import { holdPadding } from "./padding.ts";
import { type ScaledJacobian, scaledJacobian } from "./scaled-jacobian.ts";
import { GraphStructure } from "./structure.ts";

export interface DirectSolverOptions {
  /** Of its formats, `factorize` is the solver's. */
  readonly policy: Policy;
  readonly counters: Counters;
  /** Of the Jacobians' pattern, where something else has it. */
  readonly structure?: GraphStructure | undefined;
  /** What the memory is taken from. Default a new one. */
  readonly arenas?: ArenaPool | undefined;
}

/** Of one solve; a factor that needs more of them is of no use. */
const MOST_REFINEMENTS = 100;
/**
 * Solves (J'J + D) dx = -g by the complete Cholesky factor L L' of S (J'J + D) S, S powers of two that bring the diagonal of S J'J S to about 1.
 *
 * The matrix is summed in fp64 and rounded once to the policy's `factorize`, which L is computed, stored and solved with in. What that rounding leaves is
 * refined away against the equations themselves, in fp64, until |s| <= rtol |g|, |v|^2 = v'S (L L')^-1 S v: by flexible conjugate gradients, whose
 * first step is the direct solve and whose further ones converge where plain iterative refinement, which needs a condition below 1/u, does not.
 *
 * In fp64 a pivot that is not positive is returned at once, and whoever damps the equations damps them more. In fp32 it may be rounding's doing: then a
 * matrix with a slightly larger diagonal is factorised instead, and the refinement, whose equations are never shifted, makes up for that too.
 *
 * @throws OptionError unless `factorize` is fp64 or fp32: a factor in less can only precondition.
 * @see Higham, Accuracy and Stability of Numerical Algorithms, SIAM 2002, chapter 12; Carson and Higham, Accelerating the solution of linear systems by
 *   iterative refinement in three precisions, SIAM J. Sci. Comput. 40, 2018 (with GMRES).
 */
export class DirectSolver implements LinearSolver<BsrJacobian> {
  readonly name = "direct";
  readonly preconditionerLabel = "none";
  readonly policy: Policy;
  readonly #format: OperationFormat;
  readonly #arenas: ArenaPool;
  readonly #counters: Counters;
  readonly #space: VectorSpace<FP64>;
  #factorizations = 0;
  #structure: GraphStructure | undefined;
  #products: ScaledJacobian | undefined;
  #factor: DirectFactor | undefined;
  #system: System | undefined;
  #workspace: CgnrWorkspace<FP64> | undefined;
  /** S (J'J + D) S where it is factorised in fp32. */
  #rounded: BsrMatrix<FP32> | undefined;
  #rows = 0;
  #vectors: SolverVectors | undefined;

  constructor({ policy, counters, structure, arenas = new ArenaPool() }: DirectSolverOptions) {
    checkDirectFormat("direct solver", policy.factorize);
    this.policy = policy;
    this.#format = policy.factorize;
    this.#counters = counters;
    this.#structure = structure;
    this.#arenas = arenas;
    this.#space = { ...vectorSpace(operationFormat(fp64), counters), zeros: (n) => arenas.numbers(n) };
  }

  get factorizations(): number {
    return this.#factorizations;
  }

  /** Scalars stored in the factor. */
  get factorNonzeros(): number {
    return this.#factor?.nonzeros ?? 0;
  }

  analyze(J: BsrJacobian): void {
    const { blockRows, blockCols, r, c } = J.matrix.pattern;
    const structure = this.#structure ?? new GraphStructure(J.matrix.pattern, this.#arenas);
    const symbolic = structure.normal(r, c);
    const wide = operationFormat<AnyPrecision>(fp64);
    this.#products = scaledJacobian({
      pattern: symbolic.A,
      jacobian: J.matrix.format,
      matvec: wide,
      vectors: wide,
      normal: { symbolic, arithmetic: fp64 },
      rowVectors: 0,
      colVectors: 0,
      exactColVectors: 0,
      counters: this.#counters,
      arenas: this.#arenas,
    });
    this.#factor = new DirectFactor(structure.cholesky(c), this.#format, this.#counters, this.#arenas);
    if (this.#format.storage === (fp32 as AnyPrecision)) {
      const length = valueCount(symbolic.pattern);
      this.#rounded = bsrMatrix(symbolic.pattern, fp32, this.#arenas.take(bytesFor(fp32, length)).view(fp32, length));
    }
    this.#rows = blockRows * r;
    const vector = (): Float64Array => this.#arenas.numbers(blockCols * c);
    this.#vectors = { scaling: vector(), damping: vector(), scaledDamping: vector(), right: vector() };
  }

  factor(J: BsrJacobian, d: Float64Array | undefined): LinearReport | undefined {
    const { scaling, damping, scaledDamping } = this.#vectors!;
    writeJacobiScaling(J.columnSquares(), scaling);
    // Products rounded to fp32 one by one leave fewer ill-conditioned matrices positive definite.
    const products = this.#products!;
    products.replace(J.matrix, scaling);
    const wide = products.normal() as BsrMatrix<FP64>;
    holdPadding(wide as BsrMatrix<AnyPrecision>, J);
    if (d !== undefined) {
      for (let j = 0; j < d.length; j++) scaledDamping[j] = d[j] * scaling[j] * scaling[j];
      addDiagonal(wide as BsrMatrix<AnyPrecision>, scaledDamping);
    }
    const H = this.#rounded;
    if (H !== undefined) convertInto(fp64, wide.values, fp32, H.values, this.#counters.events);
    const bad = this.#factor!.factor((H ?? wide) as BsrMatrix<AnyPrecision>, scaling);
    this.#factorizations++;
    if (bad !== undefined) {
      const message = `direct: pivot ${bad.pivot} in row ${bad.row}: the equations are not positive definite to ${this.#format.storage.name}'s rounding`;
      return { termination: "breakdown", message, iterations: 0, relativeResidual: Number.NaN };
    }
    if (d !== undefined) damping.set(d);
    this.#system = { J, damping: d && damping };
    return undefined;
  }

  solve(g: Float64Array, dx: Float64Array, rtol: number, warm: boolean): LinearReport {
    const { J, damping } = this.#system as System;
    const A: LinearOperator<FP64> = {
      rows: this.#rows,
      cols: g.length,
      space: this.#space,
      storage: J.matrix.format.name,
      multiply: (x, y) => J.multiply(x, y),
      multiplyTransposed: (r, y) => J.gradient(r, fp64, y),
    };
    this.#workspace ??= cgnrWorkspace(A);
    const { right } = this.#vectors!;
    for (let j = 0; j < g.length; j++) right[j] = -g[j];
    if (!warm) dx.fill(0);
    const report = cgnr(A, { g: right }, dx, {
      rtol,
      maxIterations: MOST_REFINEMENTS,
      preconditioner: { size: g.length, space: this.#space, storage: this.#format.name, apply: (r, z) => this.#factor!.apply(r, z) },
      damping,
      flexible: true,
      workspace: this.#workspace,
    });
    return { ...report, message: `direct, refined by ${report.message}` };
  }

  norm(v: Float64Array): number {
    const { right: z } = this.#vectors!;
    this.#factor!.apply(v, z);
    let energy = 0;
    for (let j = 0; j < v.length; j++) energy += v[j] * z[j];
    // Below zero it is rounding alone.
    return Math.sqrt(Math.abs(energy));
  }
}

/** Of length cols. */
interface SolverVectors {
  /** S of the factor at hand. */
  readonly scaling: Float64Array;
  /** The damping of the equations at hand, and in the variables scaled by S. */
  readonly damping: Float64Array;
  readonly scaledDamping: Float64Array;
  readonly right: Float64Array;
}

/** What was factorised last. */
interface System {
  readonly J: BsrJacobian;
  readonly damping: Float64Array | undefined;
}
