import { type CgnrWorkspace, cgnr, cgnrWorkspace } from "@slam/cgnr";
import { type AnyPrecision, fp32, fp64, type OperationFormat, operationFormat, powerOfTwoBelow, type Storage, type Vec } from "@slam/float";
import {
  analyzeCholesky,
  type CholeskySymbolic,
  type CholeskyWorkspace,
  choleskyWorkspace,
  convertFactor,
  type Fill,
  factorize,
  isFactor,
  triangularPreconditioner,
} from "@slam/ichol";
import { type LinearOperator, type LinearReport, type LinearSolver, type Preconditioner, type VectorSpace, vectorSpace } from "@slam/linop";
import type { Counters, Policy } from "@slam/nlls";
import {
  type BsrMatrix,
  bsrOperator,
  jacobiScaling,
  type NormalSymbolic,
  normalProduct,
  normalSymbolic,
  scaleColumns,
  valueCount,
} from "@slam/sparse";
import type { BsrJacobian } from "./jacobian.ts";
import { iterationCost, type Refresh, StalenessMeter } from "./refresh.ts";

/** "jacobi": the diagonal blocks of J'J alone. */
export type PreconditionerName = "none" | "jacobi" | "ichol";

export interface CgnrSolverOptions {
  readonly policy: Policy;
  readonly counters: Counters;
  /** Default "ichol". */
  readonly preconditioner?: PreconditionerName;
  /** Default "complete". */
  readonly fill?: Fill;
  /** Default "adaptive". */
  readonly refresh?: Refresh;
  /** Iterations of one solve. Default 1000. */
  readonly maxIterations?: number;
}

/** CGNR on J diag(S) preconditioned by a Cholesky factor of its normal matrix: the method as published, in the formats of a policy. */
export class CgnrSolver implements LinearSolver<BsrJacobian> {
  readonly name = "cgnr";
  readonly #policy: Policy;
  readonly #counters: Counters;
  readonly #preconditionerName: PreconditionerName;
  readonly #fill: Fill;
  readonly #refresh: Refresh;
  readonly #maxIterations: number;
  readonly #space: VectorSpace<AnyPrecision>;
  readonly #exactSpace: VectorSpace<AnyPrecision>;
  readonly #meter = new StalenessMeter();

  #normal: NormalSymbolic | undefined;
  #symbolic: CholeskySymbolic | undefined;
  #scaling: Float64Array = new Float64Array(0);
  #operator: LinearOperator<AnyPrecision> | undefined;
  #workspace: CgnrWorkspace<AnyPrecision> | undefined;
  #factorWorkspace: CholeskyWorkspace | undefined;
  #preconditioner: Preconditioner<AnyPrecision> | undefined;
  #exact: LinearOperator<AnyPrecision> | undefined;
  #damping: Float64Array | undefined;
  #factorizations = 0;
  /** Makes the preconditioner anew for the linearisation at hand; undefined once that is done. */
  #renew: (() => LinearReport | undefined) | undefined;

  constructor(options: CgnrSolverOptions) {
    const { policy, counters, preconditioner = "ichol", fill = "complete", refresh = "adaptive", maxIterations = 1000 } = options;
    this.#policy = policy;
    this.#counters = counters;
    this.#preconditionerName = preconditioner;
    this.#fill = fill;
    this.#refresh = refresh;
    this.#maxIterations = maxIterations;
    this.#space = vectorSpace(policy.vectors, counters);
    this.#exactSpace = vectorSpace(operationFormat(policy.residual.arithmetic === fp64 ? fp64 : fp32) as OperationFormat, counters);
  }

  get factorizations(): number {
    return this.#factorizations;
  }

  /** Scalars stored in the factor; 0 without one. */
  get factorNonzeros(): number {
    return this.#symbolic?.nonzeros ?? 0;
  }

  /** "ichol complete", as shown in a report. */
  get preconditionerLabel(): string {
    if (this.#preconditionerName !== "ichol") return this.#preconditionerName;
    return this.#fill === "complete" ? "ichol complete" : "ichol no-fill";
  }

  analyze(J: BsrJacobian): void {
    if (this.#preconditionerName === "none") return;
    this.#normal = normalSymbolic(J.matrix.pattern, this.#preconditionerName === "jacobi" ? "diagonal" : "lower");
    this.#symbolic = analyzeCholesky(this.#normal.pattern, { fill: this.#fill });
  }

  factor(J: BsrJacobian, d: Float64Array | undefined): LinearReport | undefined {
    const first = this.#scaling.length === 0;
    if (first) this.#scaling = jacobiScaling(J.columnSquares());
    this.#renew = this.#preconditionerName === "none" ? undefined : () => this.#factorize(J, d);
    if (this.#renew !== undefined && this.#isDue(first)) return this.#renew();
    this.#pack(J, d);
    return undefined;
  }

  /** J diag(S) in the formats of the products, and d in its scaled variables. */
  #pack(J: BsrJacobian, d: Float64Array | undefined): void {
    const { events, work } = this.#counters;
    const { matvec, jacobian } = this.#policy;
    this.#operator = bsrOperator(scaleColumns(J.matrix, this.#scaling, matvec.storage, events), this.#space, {
      arithmetic: matvec.arithmetic,
      work,
    });
    this.#workspace ??= cgnrWorkspace(this.#operator);
    // A policy that rounds every operation has no wider residual to replace the recurrence's with.
    const exact =
      jacobian.arithmetic.significandBits >= 24 ? scaleColumns(J.wide, this.#scaling, this.#exactSpace.format.storage, events) : undefined;
    this.#exact = exact && bsrOperator(exact, this.#exactSpace, { operation: "residual", work });
    this.#damping = d?.map((dj, j) => dj * this.#scaling[j] ** 2);
  }

  #isDue(first: boolean): boolean {
    if (first || this.#refresh === "always") return true;
    return this.#refresh === "adaptive" && this.#meter.isStale(this.#factorizationCost());
  }

  #factorize(J: BsrJacobian, d: Float64Array | undefined): LinearReport | undefined {
    const { events, work } = this.#counters;
    const { factorize: format, precondition } = this.#policy;
    this.#scaling = jacobiScaling(J.columnSquares());
    const A = format.arithmetic;
    const symbolic = this.#symbolic as CholeskySymbolic;
    this.#factorWorkspace ??= choleskyWorkspace(symbolic, A);
    const H = normalProduct(this.#normal as NormalSymbolic, scaleColumns(J.matrix, this.#scaling, A, events), work);
    if (d !== undefined)
      addDiagonal(
        H,
        d.map((dj, j) => dj * this.#scaling[j] ** 2),
      );
    const factor = factorize(symbolic, H, { work, workspace: this.#factorWorkspace });
    this.#factorizations++;
    if (!isFactor(factor)) {
      const { row, pivot, shift } = factor;
      const message = `ichol: pivot ${pivot} in row ${row} after the diagonal was raised by ${shift} of itself`;
      return { termination: "breakdown", message, iterations: 0, relativeResidual: Number.NaN };
    }
    events.shifts += factor.shifts;
    this.#preconditioner = triangularPreconditioner(convertFactor(factor, format.storage, events), precondition, this.#space, work);
    this.#meter.reset();
    this.#renew = undefined;
    this.#pack(J, d);
    return undefined;
  }

  solve(g: Float64Array, dx: Float64Array, rtol: number, warm: boolean): LinearReport {
    const patience =
      this.#refresh === "adaptive" && this.#renew !== undefined
        ? this.#meter.patience(this.#factorizationCost(), this.#iterationCost())
        : Infinity;
    const report = this.#iterate(g, dx, rtol, warm, Math.min(patience, this.#maxIterations));
    if (report.termination !== "max-iterations" || patience >= this.#maxIterations || this.#renew?.() !== undefined) return report;
    // The stale factor has cost what a new one does: make it, and go on from here.
    const renewed = this.#iterate(g, dx, rtol, true, this.#maxIterations);
    return { ...renewed, iterations: report.iterations + renewed.iterations };
  }

  #iterate(g: Float64Array, dx: Float64Array, rtol: number, warm: boolean, maxIterations: number): LinearReport {
    const A = this.#operator as LinearOperator<AnyPrecision>;
    const V = this.#space.format.storage;
    const S = this.#scaling;
    const scale = this.#scaleOf(g);
    const right = (j: number): number => (-S[j] * g[j]) / scale;
    const x = this.#vector(V, (j) => (warm ? dx[j] / (S[j] * scale) : 0));
    const wide = this.#exact?.space.format.storage;
    const report = cgnr(A, { g: this.#vector(V, right) }, x, {
      rtol,
      maxIterations,
      preconditioner: this.#preconditioner,
      damping: this.#dampingIn(V),
      exact: this.#exact && wide && { A: this.#exact, g: this.#vector(wide, right), damping: this.#dampingIn(wide) },
      workspace: this.#workspace as CgnrWorkspace<AnyPrecision>,
    });
    for (let j = 0; j < g.length; j++) dx[j] = V.load(x as Storage, j) * S[j] * scale;
    this.#meter.record(report.iterations, this.#iterationCost());
    return report;
  }

  norm(v: Float64Array): number {
    const V = this.#space.format.storage;
    const scale = this.#scaleOf(v);
    const s = this.#vector(V, (j) => (this.#scaling[j] * v[j]) / scale);
    const z = this.#space.zeros(v.length);
    if (this.#preconditioner === undefined) (z as unknown as Storage).set(s as unknown as Storage);
    else this.#preconditioner.apply(s, z);
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += V.load(s as Storage, j) * V.load(z as Storage, j);
    return Math.sqrt(sum) * scale;
  }

  /** The power of two that brings |S v| into [1, 2): what a format of little range can hold of S v / scale, and room for the solution above it. */
  #scaleOf(v: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += (this.#scaling[j] * v[j]) ** 2;
    return powerOfTwoBelow(Math.sqrt(sum));
  }

  #dampingIn(format: AnyPrecision): Vec<AnyPrecision> | undefined {
    const d = this.#damping;
    return d && this.#vector(format, (j) => d[j]);
  }

  #vector<P extends AnyPrecision>(format: P, value: (j: number) => number): Vec<P> {
    const x = new format.Storage(this.#scaling.length);
    for (let j = 0; j < x.length; j++) format.store(x, j, value(j));
    return x as unknown as Vec<P>;
  }

  #factorizationCost(): number {
    return this.#symbolic?.flops ?? 0;
  }

  #iterationCost(): number {
    const { matvec, precondition } = this.#policy;
    if (this.#symbolic === undefined || this.#normal === undefined) return 0;
    return iterationCost(this.#symbolic, precondition.storage, valueCount(this.#normal.A), matvec.storage);
  }
}

/** H <- H + diag(d) */
function addDiagonal(H: BsrMatrix<AnyPrecision>, d: Float64Array): void {
  const { blockRows, rowPtr, c } = H.pattern;
  const values = H.values as Storage;
  for (let i = 0; i < blockRows; i++) {
    for (let a = 0; a < c; a++) {
      const at = ((rowPtr[i + 1] - 1) * c + a) * c + a;
      H.format.store(values, at, H.format.load(values, at) + d[i * c + a]);
    }
  }
}
