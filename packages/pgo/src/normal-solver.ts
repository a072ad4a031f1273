import { type CgnrWorkspace, cgnr, cgnrWorkspace } from "@slam/cgnr";
import { checkChoice, checkInteger } from "@slam/errors";
import {
  type AnyPrecision,
  fp32,
  fp64,
  type OperationFormat,
  operationFormat,
  powerOfTwoBelow,
  type Storage,
  type Vec,
  wider,
} from "@slam/float";
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
import type { LinearOperator, LinearReport, LinearSolver, Preconditioner } from "@slam/linop";
import type { Counters, Policy } from "@slam/nlls";
import { type BsrMatrix, jacobiScaling, type NormalSymbolic, normalProduct, normalSymbolic, scaleColumns, valueCount } from "@slam/sparse";
import type { BsrJacobian } from "./jacobian.ts";
import { ProductSpace } from "./product-space.ts";
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
  readonly #meter = new StalenessMeter();

  #products: ProductSpace | undefined;
  /** J as evaluated, for residuals in a wider format; a policy that rounds every operation has none. */
  #exactProducts: ProductSpace | undefined;
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
    checkChoice("preconditioner", preconditioner, ["none", "jacobi", "ichol"]);
    checkChoice("refresh", refresh, ["static", "adaptive", "always"]);
    checkInteger("maxCgIterations", maxIterations, 0);
    this.#policy = policy;
    this.#counters = counters;
    this.#preconditionerName = preconditioner;
    this.#fill = fill;
    this.#refresh = refresh;
    this.#maxIterations = maxIterations;
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
    const { matvec, vectors, residual, jacobian } = this.#policy;
    const counters = this.#counters;
    // In CG: its workspace, x, the right side and the damping, and two in `norm`.
    const own = { matrix: matvec, vectors, operation: "matvec", rowVectors: 1, colVectors: 10, counters } as const;
    this.#products = new ProductSpace(J.matrix.pattern, own);
    if (jacobian.arithmetic.significandBits >= 24) {
      const format: OperationFormat = operationFormat<AnyPrecision>(wider(residual.arithmetic, vectors.storage) === fp64 ? fp64 : fp32);
      const exact = { matrix: format, vectors: format, operation: "residual", rowVectors: 1, colVectors: 4, counters } as const;
      this.#exactProducts = new ProductSpace(J.matrix.pattern, exact);
    }
    if (this.#preconditionerName === "none") return;
    this.#normal = normalSymbolic(J.matrix.pattern, this.#preconditionerName === "jacobi" ? "diagonal" : "lower");
    this.#symbolic = analyzeCholesky(this.#normal.pattern, { fill: this.#fill });
  }

  factor(J: BsrJacobian, d: Float64Array | undefined): LinearReport | undefined {
    if (this.#preconditionerName === "none") {
      if (this.#scaling.length === 0) this.#scaling = jacobiScaling(J.columnSquares());
    } else {
      this.#renew = () => this.#factorize(J, d);
      if (this.#isDue()) return this.#renew();
    }
    this.#pack(J, d);
    return undefined;
  }

  /** J diag(S) in the formats of the products, and d in its scaled variables. */
  #pack(J: BsrJacobian, d: Float64Array | undefined): void {
    const { events } = this.#counters;
    const products = this.#products as ProductSpace;
    this.#operator = products.operator(scaleColumns(J.matrix, this.#scaling, this.#policy.matvec.storage, events));
    this.#workspace ??= cgnrWorkspace(this.#operator);
    const exact = this.#exactProducts;
    this.#exact = exact?.operator(scaleColumns(J.wide, this.#scaling, exact.space.format.storage, events));
    this.#damping = d?.map((dj, j) => dj * this.#scaling[j] ** 2);
  }

  #isDue(): boolean {
    if (this.#preconditioner === undefined || this.#refresh === "always") return true;
    return this.#refresh === "adaptive" && this.#meter.isStale(this.#factorizationCost());
  }

  #factorize(J: BsrJacobian, d: Float64Array | undefined): LinearReport | undefined {
    const { events, work } = this.#counters;
    const { factorize: format, precondition } = this.#policy;
    // Kept only if there is a factor: the operator and the factor at hand are in the scaling before.
    const scaling = jacobiScaling(J.columnSquares());
    const A = format.arithmetic;
    const symbolic = this.#symbolic as CholeskySymbolic;
    this.#factorWorkspace ??= choleskyWorkspace(symbolic, A);
    const H = normalProduct(this.#normal as NormalSymbolic, scaleColumns(J.matrix, scaling, A, events), work);
    if (d !== undefined)
      addDiagonal(
        H,
        d.map((dj, j) => dj * scaling[j] ** 2),
      );
    const factor = factorize(symbolic, H, { work, workspace: this.#factorWorkspace });
    this.#factorizations++;
    if (!isFactor(factor)) {
      const { row, pivot, shift } = factor;
      const message = `ichol: pivot ${pivot} in row ${row} after the diagonal was raised by ${shift} of itself`;
      return { termination: "breakdown", message, iterations: 0, relativeResidual: Number.NaN };
    }
    events.shifts += factor.shifts;
    this.#scaling = scaling;
    this.#preconditioner = triangularPreconditioner(
      convertFactor(factor, format.storage, events),
      precondition,
      (this.#products as ProductSpace).space,
      work,
    );
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
    const renewed = this.#iterate(g, dx, rtol, true, this.#maxIterations - report.iterations);
    return { ...renewed, iterations: report.iterations + renewed.iterations };
  }

  #iterate(g: Float64Array, dx: Float64Array, rtol: number, warm: boolean, maxIterations: number): LinearReport {
    const products = this.#products as ProductSpace;
    const S = this.#scaling;
    const scale = products.space.format.storage.maxFinite < fp32.maxFinite ? this.#energyScaleOf(g) : this.#scaleOf(g);
    const right = (j: number): number => (-S[j] * g[j]) / scale;
    const system = (space: ProductSpace): { readonly g: Vec<AnyPrecision>; readonly damping: Vec<AnyPrecision> | undefined } => {
      const d = this.#damping;
      return { g: space.vector(g.length, right), damping: d && space.vector(g.length, (j) => d[j]) };
    };
    const solveInScope = (): LinearReport => {
      const { g: rightSide, damping } = system(products);
      const x = products.vector(g.length, (j) => (warm ? dx[j] / (S[j] * scale) : 0));
      const report = cgnr(this.#operator as LinearOperator<AnyPrecision>, { g: rightSide }, x, {
        rtol,
        maxIterations,
        preconditioner: this.#preconditioner,
        damping,
        exact: this.#exact && { A: this.#exact, ...system(this.#exactProducts as ProductSpace) },
        workspace: this.#workspace as CgnrWorkspace<AnyPrecision>,
      });
      const { storage } = products.space.format;
      for (let j = 0; j < g.length; j++) dx[j] = storage.load(x as Storage, j) * S[j] * scale;
      return report;
    };
    const report = products.scoped(() => (this.#exactProducts === undefined ? solveInScope() : this.#exactProducts.scoped(solveInScope)));
    this.#meter.record(report.iterations, this.#iterationCost());
    return report;
  }

  norm(v: Float64Array): number {
    const products = this.#products as ProductSpace;
    const { storage } = products.space.format;
    let scale = this.#scaleOf(v);
    for (let attempt = 0; ; attempt++, scale *= 2 ** 10) {
      const energy = products.scoped(() => {
        const s = products.vector(v.length, (j) => (this.#scaling[j] * v[j]) / scale);
        let z = s;
        if (this.#preconditioner !== undefined) {
          z = products.space.zeros(v.length);
          this.#preconditioner.apply(s, z);
        }
        let sum = 0;
        for (let j = 0; j < v.length; j++) sum += storage.load(s as Storage, j) * storage.load(z as Storage, j);
        return sum;
      });
      // M^-1 may be large enough to take a vector of norm 1 out of a small range.
      if (Number.isFinite(energy) || attempt === 2) return Math.sqrt(energy) * scale;
    }
  }

  /**
   * The power of two that brings v's norm in the preconditioner's measure near 1: then neither the products of CG nor its solution leave a range as
   * small as fp16's, as they do where |S v| is 1 and M^-1 large.
   */
  #energyScaleOf(v: Float64Array): number {
    const energy = this.norm(v);
    return Number.isFinite(energy) ? powerOfTwoBelow(energy) : this.#scaleOf(v);
  }

  /** The power of two that brings |S v| into [1, 2): what a format of little range can hold of S v / scale, and room for the solution above it. */
  #scaleOf(v: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += (this.#scaling[j] * v[j]) ** 2;
    return powerOfTwoBelow(Math.sqrt(sum));
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
