import { type CgnrWorkspace, cgnr, cgnrWorkspace } from "@slam/cgnr";
import { checkChoice, checkInteger, checkNumber } from "@slam/errors";
import { type AnyPrecision, type FP32, type FP64, fp32, fp64, powerOfTwoBelow, wider } from "@slam/float";
import {
  analyzeCholesky,
  type BadPivot,
  type CholeskyFactor,
  type CholeskySymbolic,
  type CholeskyWorkspace,
  choleskyWorkspace,
  convertFactor,
  type Fill,
  factorize,
  factorizeThreshold,
  isFactor,
  type ThresholdWorkspace,
  type TriangularWorkspace,
  thresholdWorkspace,
  triangularPreconditioner,
  triangularWorkspace,
} from "@slam/ichol";
import {
  addSeconds,
  type LinearOperator,
  type LinearReport,
  type LinearSolver,
  type Preconditioner,
  timedPreconditioner,
} from "@slam/linop";
import { type Counters, chooseBySize, type Policy } from "@slam/nlls";
import { addDiagonal, type BsrMatrix, type NormalSymbolic, normalSymbolic, valueCount, writeJacobiScaling } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import type { BsrJacobian } from "./jacobian.ts";
import { holdPadding } from "./padding.ts";
import { factorizationCost, iterationCost, type Refresh, StalenessMeter } from "./refresh.ts";
import { type ScaledJacobian, scaledJacobian } from "./scaled-jacobian.ts";
import { type ScaledDamping, ScaledVectors, scaleOf } from "./scaled-vectors.ts";
import { GraphStructure } from "./structure.ts";

/** "jacobi": the diagonal blocks of J'J alone. */
export type PreconditionerName = "none" | "jacobi" | "ichol";

export interface CgnrSolverOptions {
  readonly policy: Policy;
  readonly counters: Counters;
  /** Default "ichol". */
  readonly preconditioner?: PreconditionerName;
  /** Default "complete". */
  readonly fill?: Fill;
  /** Of a factor that keeps fill by its size: blocks below this times their column's norm are dropped; `fill` is then unused. Default: none is. */
  readonly drop?: number | undefined;
  /** Default "adaptive". */
  readonly refresh?: Refresh;
  /** Iterations of one solve. Default 1000. */
  readonly maxIterations?: number;
  /** Of the Jacobians' pattern, where something else has it. */
  readonly structure?: GraphStructure | undefined;
  /** What the memory is taken from. Default a new one. */
  readonly arenas?: ArenaPool | undefined;
}

/**
 * Bytes of a factor in fp32 beyond which "mixed" stores it in 16 bits, if its blocks are 6 x 6 or larger: there solves wait for memory, and gain more than what is rounded
 * costs in iterations. In the plane, with 3 x 3, it costs more.
 */
const SIXTEEN_BIT_BEYOND = 32 * 2 ** 20;

/** CGNR on J diag(S) preconditioned by a Cholesky factor of its normal matrix: the method as published, in the formats of a policy. */
export class CgnrSolver implements LinearSolver<BsrJacobian> {
  readonly name = "cgnr";
  readonly #counters: Counters;
  readonly #preconditionerName: PreconditionerName;
  readonly #fill: Fill;
  readonly #drop: number | undefined;
  readonly #refresh: Refresh;
  readonly #maxIterations: number;
  readonly #arenas: ArenaPool;
  readonly #meter = new StalenessMeter();

  #policy: Policy;
  #structure: GraphStructure | undefined;
  #products: ScaledJacobian | undefined;
  #normal: NormalSymbolic | undefined;
  #symbolic: CholeskySymbolic | undefined;
  /** Of the factor at hand: where blocks are dropped by size it is another one each time. */
  #factorSymbolic: CholeskySymbolic | undefined;
  /** Of the factor at hand, empty before the first. */
  #scaling: Float64Array = EMPTY;
  /** Where the next one is written: a factorisation that fails leaves the one before. */
  #nextScaling: Float64Array = EMPTY;
  #operator: LinearOperator<AnyPrecision> | undefined;
  #exact: LinearOperator<AnyPrecision> | undefined;
  #workspace: CgnrWorkspace<AnyPrecision> | undefined;
  #factorWorkspace: CholeskyWorkspace | undefined;
  #thresholdWorkspace: ThresholdWorkspace | undefined;
  #triangularWorkspace: TriangularWorkspace | undefined;
  #preconditioner: Preconditioner<AnyPrecision> | undefined;
  #vectors: ScaledVectors | undefined;
  #damping: ScaledDamping | undefined;
  #factorizations = 0;
  /** Makes the preconditioner anew for the linearisation at hand; undefined once that is done. */
  #renew: (() => LinearReport | undefined) | undefined;

  constructor(options: CgnrSolverOptions) {
    const { policy, counters, preconditioner = "ichol", fill = "complete", refresh = "adaptive", maxIterations = 1000 } = options;
    checkChoice("preconditioner", preconditioner, ["none", "jacobi", "ichol"]);
    checkChoice("refresh", refresh, ["static", "adaptive", "always"]);
    checkInteger("maxCgIterations", maxIterations, 0);
    checkNumber("drop", options.drop ?? 0, 0);
    this.#policy = policy;
    this.#counters = counters;
    this.#preconditionerName = preconditioner;
    this.#fill = options.drop === undefined ? fill : 0;
    this.#drop = options.drop;
    this.#refresh = refresh;
    this.#maxIterations = maxIterations;
    this.#structure = options.structure;
    this.#arenas = options.arenas ?? new ArenaPool();
  }

  /** With the formats chosen by size, once `analyze` has run. */
  get policy(): Policy {
    return this.#policy;
  }

  get factorizations(): number {
    return this.#factorizations;
  }

  /** Scalars stored in the factor; 0 without one. */
  get factorNonzeros(): number {
    return (this.#factorSymbolic ?? this.#symbolic)?.nonzeros ?? 0;
  }

  /** "ichol complete", as shown in a report. */
  get preconditionerLabel(): string {
    if (this.#preconditionerName !== "ichol") return this.#preconditionerName;
    if (this.#drop !== undefined) return `ichol drop ${this.#drop}`;
    if (this.#fill === "complete" || this.#fill === 0) return this.#fill === 0 ? "ichol no-fill" : "ichol complete";
    return `ichol fill ${this.#fill}`;
  }

  analyze(J: BsrJacobian): void {
    const { format } = J.matrix;
    const { r, c } = J.matrix.pattern;
    if (this.#preconditionerName !== "none")
      this.#analyzeNormal(this.#structure ?? new GraphStructure(J.matrix.pattern, this.#arenas), r, c);
    const pattern = this.#normal?.A ?? J.matrix.pattern;
    const bytes = { matvec: 4 * valueCount(pattern), precondition: c < 6 ? 0 : 4 * this.factorNonzeros };
    this.#policy = chooseBySize(this.#policy, bytes, SIXTEEN_BIT_BEYOND);
    const { matvec, vectors, residual, jacobian, factorize: factorization } = this.#policy;
    const isExact = jacobian.arithmetic.significandBits >= 24;
    const exact: FP64 | FP32 = wider(residual.arithmetic, vectors.storage) === fp64 ? fp64 : fp32;
    this.#products = scaledJacobian({
      pattern,
      jacobian: format,
      matvec,
      vectors,
      exact: isExact ? exact : undefined,
      normal: this.#normal && { symbolic: this.#normal, arithmetic: factorization.arithmetic },
      // CG's five or, of exact products, two, the right side, the damping, and the solution where it is computed.
      rowVectors: 1,
      colVectors: 8,
      exactColVectors: 4,
      counters: this.#counters,
      arenas: this.#arenas,
    });
    const { space, exactSpace } = this.#products;
    this.#vectors = new ScaledVectors(pattern.blockCols * c, space, exactSpace, this.#arenas);
  }

  #analyzeNormal(structure: GraphStructure, r: number, c: number): void {
    if (this.#preconditionerName === "ichol" && this.#fill === "complete") {
      this.#normal = structure.normal(r, c);
      this.#symbolic = structure.cholesky(c);
    } else {
      const normal = structure.normal(r, c);
      this.#normal = this.#preconditionerName === "jacobi" ? normalSymbolic(normal.A, "diagonal") : normal;
      this.#symbolic = analyzeCholesky(this.#normal.pattern, { fill: this.#fill, arenas: this.#arenas });
    }
  }

  factor(J: BsrJacobian, d: Float64Array | undefined): LinearReport | undefined {
    if (this.#preconditionerName === "none") {
      if (this.#scaling.length === 0) this.#scaling = this.#scalingOf(J);
    } else {
      this.#renew = () => this.#timedFactorize(J, d);
      if (this.#isDue()) return this.#renew();
    }
    this.#scaleTo(J, d, this.#scaling);
    return undefined;
  }

  /** J diag(S) in the formats of the products, and d in its scaled variables. */
  #scaleTo(J: BsrJacobian, d: Float64Array | undefined, S: Float64Array): void {
    const products = this.#products!;
    products.replace(J.matrix, S);
    this.#operator = products.operator();
    this.#exact = products.exact();
    this.#workspace ??= cgnrWorkspace(this.#operator, this.#exact);
    this.#scaling = S;
    this.#damping = d && this.#vectors!.damping(S, d);
  }

  /** S of J, for the normal matrix to have a diagonal of about 1; the next call but one overwrites it. */
  #scalingOf(J: BsrJacobian): Float64Array {
    const squares = J.columnSquares();
    if (this.#nextScaling.length === 0) this.#nextScaling = this.#arenas.numbers(squares.length);
    writeJacobiScaling(squares, this.#nextScaling);
    return this.#nextScaling;
  }

  #isDue(): boolean {
    if (this.#preconditioner === undefined || this.#refresh === "always") return true;
    return this.#refresh === "adaptive" && this.#meter.isStale(this.#factorizationCost());
  }

  /** A linear solve may ask for it, too. */
  #timedFactorize(J: BsrJacobian, d: Float64Array | undefined): LinearReport | undefined {
    const began = performance.now();
    const failure = this.#factorize(J, d);
    addSeconds(this.#counters.seconds, "factorize", began);
    return failure;
  }

  #factorize(J: BsrJacobian, d: Float64Array | undefined): LinearReport | undefined {
    const { events, work, seconds } = this.#counters;
    const { factorize: format, precondition } = this.#policy;
    const products = this.#products!;
    const before = this.#scaling;
    const scaling = this.#scalingOf(J);
    products.replace(J.matrix, scaling);
    const H = products.normal();
    holdPadding(H, J);
    if (d !== undefined) addDiagonal(H, this.#vectors!.damping(scaling, d).wide);
    const factor = this.#factorOf(H);
    this.#factorizations++;
    if (!isFactor(factor)) {
      // The factor at hand is in the scaling before.
      if (before.length > 0) this.#scaleTo(J, d, before);
      const { row, pivot, shift } = factor;
      const message = `ichol: pivot ${pivot} in row ${row} after the diagonal was raised by ${shift} of itself`;
      return { termination: "breakdown", message, iterations: 0, relativeResidual: Number.NaN };
    }
    events.shifts += factor.shifts;
    this.#factorSymbolic = factor.symbolic;
    if (this.#triangularWorkspace?.symbolic !== factor.symbolic) {
      // Of factors whose structure changes with each, arenas would keep what it takes to lay them out.
      const scratch = this.#drop === undefined ? this.#arenas : undefined;
      this.#triangularWorkspace = triangularWorkspace(factor.symbolic, precondition, this.#arenas, scratch);
    }
    const stored = convertFactor(factor, format.storage, events);
    const inverse = triangularPreconditioner(stored, precondition, products.space, work, this.#triangularWorkspace);
    this.#preconditioner = timedPreconditioner(inverse, seconds);
    this.#meter.reset();
    this.#renew = undefined;
    this.#nextScaling = before;
    this.#scaleTo(J, d, scaling);
    return undefined;
  }

  #factorOf(H: BsrMatrix<AnyPrecision>): CholeskyFactor<AnyPrecision> | BadPivot {
    const { work } = this.#counters;
    const symbolic = this.#symbolic!;
    if (this.#drop !== undefined) {
      this.#thresholdWorkspace ??= thresholdWorkspace(symbolic, H.format, this.#arenas);
      return factorizeThreshold(symbolic, H, { dropTolerance: this.#drop, work, workspace: this.#thresholdWorkspace });
    }
    this.#factorWorkspace ??= choleskyWorkspace(symbolic, H.format, this.#arenas);
    return factorize(symbolic, H, { work, workspace: this.#factorWorkspace });
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
    const vectors = this.#vectors!;
    const S = this.#scaling;
    const { storage } = this.#products!.space.format;
    const scale = storage.maxFinite < fp32.maxFinite ? this.#energyScaleOf(g) : scaleOf(S, g);
    vectors.load(S, g, scale, warm ? dx : undefined);
    const damping = this.#damping;
    const report = cgnr(this.#operator!, { g: vectors.right }, vectors.x, {
      rtol,
      maxIterations,
      preconditioner: this.#preconditioner,
      flexible: this.#policy.precondition.arithmetic.significandBits < 24,
      damping: damping?.own,
      exact: this.#exact && { A: this.#exact, g: vectors.exactRight!, damping: damping?.exact },
      workspace: this.#workspace!,
    });
    vectors.unload(S, scale, dx);
    this.#meter.record(report.iterations, this.#iterationCost());
    return report;
  }

  norm(v: Float64Array): number {
    const S = this.#scaling;
    let scale = scaleOf(S, v);
    for (let attempt = 0; ; attempt++, scale *= 2 ** 10) {
      const energy = this.#vectors!.energy(S, v, scale, this.#preconditioner);
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
    return Number.isFinite(energy) ? powerOfTwoBelow(energy) : scaleOf(this.#scaling, v);
  }

  #factorizationCost(): number {
    const symbolic = this.#factorSymbolic ?? this.#symbolic;
    return symbolic === undefined ? 0 : factorizationCost(symbolic, this.#policy.factorize.arithmetic);
  }

  #iterationCost(): number {
    const { matvec, precondition } = this.#policy;
    const symbolic = this.#factorSymbolic ?? this.#symbolic;
    if (symbolic === undefined || this.#normal === undefined) return 0;
    return iterationCost(symbolic, precondition.storage, valueCount(this.#normal.A), matvec.storage);
  }
}

const EMPTY = new Float64Array(0);
