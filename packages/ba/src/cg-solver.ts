import { type CgnrOptions, type CgnrWorkspace, cgnr, cgnrWorkspace } from "@slam/cgnr";
import { checkInteger } from "@slam/errors";
import {
  type AnyPrecision,
  type FP32,
  type FP64,
  fp32,
  fp64,
  operationFormat,
  powerOfTwoBelow,
  type Storage,
  type Vec,
  wider,
} from "@slam/float";
import {
  type LinearOperator,
  type LinearReport,
  type LinearSolver,
  newArrays,
  type Preconditioner,
  type Scratch,
  type VectorSpace,
} from "@slam/linop";
import { type Counters, chooseBySize, type Policy } from "@slam/nlls";
import { jacobiScaling, normalSymbolic, valueCount } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import { BlockJacobi } from "./block-jacobi.ts";
import { eliminatorBytes } from "./eliminator.ts";
import type { BundleJacobian } from "./jacobian.ts";
import { fitsJoint, JointProducts } from "./joint-products.ts";
import { keepsBits } from "./part.ts";
import { Products } from "./products.ts";
import { type ReducedStructure, reducedStructure } from "./reduced-structure.ts";
import { SchurJacobi } from "./schur-jacobi.ts";
import { type SchurWorkspace, schurOperator } from "./schur-operator.ts";
import { blockDiagonal, piecesOf, read, sideBySide, write } from "./side-by-side.ts";

export interface CgSolverOptions {
  readonly policy: Policy;
  readonly counters: Counters;
  /** "cgnr": on J itself. "schur-cg": on the reduced camera system, points eliminated. */
  readonly linear: "cgnr" | "schur-cg";
  /** Of "schur-cg": the blocks on the diagonal of J'J, or of the Schur complement. Default "schur-jacobi". */
  readonly preconditioner?: ReducedPreconditioner;
  /** What ends a solve. Default "residual". */
  readonly forcing?: Forcing;
  /** Iterations of one solve. Default 1000. */
  readonly maxIterations?: number;
  /** What the memory is taken from. Default a new one. */
  readonly arenas?: ArenaPool | undefined;
  /** What structures and vectors in fp64 are taken from, which are used as long as the solver is. Default new arrays. */
  readonly scratch?: Scratch;
  /** Of J's patterns, where something else has it. */
  readonly structure?: ReducedStructure | undefined;
}

/**
 * "residual": |s| <= eta |g| in the norm of the preconditioner's inverse. "quadratic": the Q-test of Nash and Sofer, that a step of conjugate gradients wins no more than eta of what those before it won on
 * average.
 */
export type Forcing = "residual" | "quadratic";

export type ReducedPreconditioner = "jacobi" | "schur-jacobi";

/** Bytes of J in fp32: read once an iteration and decoded, it has to come from beyond the third-level cache before half the bytes are saved time. */
const SIXTEEN_BIT_BEYOND = 20 * 2 ** 20;

/** What `factor` makes for the solves with one J and d. */
interface System {
  /** The operator that CG runs on, and the one in the wider format that checks it. */
  readonly A: LinearOperator<AnyPrecision>;
  readonly exact: LinearOperator<AnyPrecision>;
  /** Of the whole block diagonal, and of the columns that CG runs on. */
  readonly M: Preconditioner<AnyPrecision>;
  readonly inner: Preconditioner<AnyPrecision>;
  readonly eliminated: Eliminated | undefined;
}

/** What eliminates points before, and finds them after; in the wider format. */
interface Eliminated {
  readonly cameras: LinearOperator<AnyPrecision>;
  readonly points: LinearOperator<AnyPrecision>;
  /** (Jp'Jp + Dp)^-1 */
  readonly V: Preconditioner<AnyPrecision>;
}

/** Conjugate gradients on the normal equations of J diag(S), or of its Schur complement, with the blocks on the diagonal of J'J as preconditioner. */
export class CgSolver implements LinearSolver<BundleJacobian> {
  readonly name: string;
  readonly preconditionerLabel: string;
  readonly #options: CgSolverOptions;
  readonly #arenas: ArenaPool;
  readonly #scratch: Scratch;
  readonly #maxIterations: number;
  #policy: Policy;
  #products: Products | JointProducts | undefined;
  #blocks: readonly BlockJacobi[] = [];
  #exactBlock: BlockJacobi | undefined;
  readonly #isSchurJacobi: boolean;
  #schurJacobi: SchurJacobi | undefined;
  #pieces: readonly (readonly [number, number])[] = [];
  #scaling: Float64Array = new Float64Array(0);
  /** Scratch of all columns: a right side, or what `norm` measures; and what CG gives. */
  #column: Float64Array = new Float64Array(0);
  #solution: Float64Array = new Float64Array(0);
  #damping: Float64Array | undefined;
  #system: System | undefined;
  #workspace: CgnrWorkspace<AnyPrecision> | undefined;
  /** Of the side-by-side and Schur operators, in either space. */
  #workspaces: readonly (SchurWorkspace & { readonly sum: Vec<AnyPrecision> })[] = [];
  #factorizations = 0;

  constructor(options: CgSolverOptions) {
    const { policy, linear, preconditioner = "schur-jacobi", maxIterations = 1000 } = options;
    const { arenas = new ArenaPool(), scratch = newArrays } = options;
    checkInteger("maxCgIterations", maxIterations, 0);
    this.#isSchurJacobi = linear === "schur-cg" && preconditioner === "schur-jacobi";
    this.preconditionerLabel = this.#isSchurJacobi ? "Schur-Jacobi" : "block Jacobi";
    this.name = linear;
    this.#options = options;
    this.#policy = policy;
    this.#maxIterations = maxIterations;
    this.#arenas = arenas;
    this.#scratch = scratch;
  }

  /** With the formats chosen by size, once `analyze` has run. */
  get policy(): Policy {
    return this.#policy;
  }

  get factorizations(): number {
    return this.#factorizations;
  }

  get factorNonzeros(): number {
    return this.#blocks.reduce((sum, block) => sum + block.nonzeros, 0);
  }

  analyze(J: BundleJacobian): void {
    const patterns = J.parts.map((part) => part.pattern);
    const values = patterns.reduce((sum, pattern) => sum + valueCount(pattern), 0);
    this.#policy = chooseBySize(this.#policy, { matvec: 4 * values }, SIXTEEN_BIT_BEYOND);
    const { matvec, vectors, residual, factorize, precondition } = this.#policy;
    const exact: FP64 | FP32 = wider(residual.arithmetic, vectors.storage) === fp64 ? fp64 : fp32;
    const { counters } = this.#options;
    const arenas = this.#arenas;
    const scratch = this.#scratch;
    const normals = patterns.map((pattern) => normalSymbolic(pattern, "diagonal", scratch));
    const isReduced = this.#options.linear === "schur-cg";
    // In CG: its workspace, x, the right side, the damping and the roots; two in `norm`; scratch of the operators. With points eliminated CG has the columns of cameras alone.
    const vectorsAlive = isReduced ? { rowVectors: 5, colVectors: 6, cameraVectors: 12 } : { rowVectors: 5, colVectors: 16 };
    const structure = this.#isSchurJacobi ? (this.#options.structure ?? reducedStructure(patterns, "diagonal", scratch)) : undefined;
    // The inverse of V is part of the operator then, a projection: one in fp32 is none where V is badly conditioned, which cost 5 times the iterations.
    const isWide = isReduced && factorize.arithmetic.significandBits >= 24 && precondition.arithmetic.significandBits >= 24;
    const ofProducts = {
      ...vectorsAlive,
      patterns,
      jacobian: J.parts[0].format,
      matvec,
      vectors,
      exact,
      normals,
      factorize: factorize.arithmetic,
      eliminate: isWide ? exact : undefined,
      besideBytes: structure ? eliminatorBytes(structure, "diagonal") : 0,
      counters,
      arenas,
      scratch,
    };
    this.#products = !isReduced && fitsJoint(ofProducts) ? new JointProducts(ofProducts) : new Products(ofProducts);
    const { space, exactSpace } = this.#products;
    const ofBlocks = { factorize: factorize.arithmetic, precondition, space, counters, arenas, scratch };
    const ofExact = { ...ofBlocks, factorize: exact, precondition: operationFormat<AnyPrecision>(exact), space: exactSpace };
    const last = normals.length - 1;
    this.#blocks = normals.map(({ pattern }, k) => new BlockJacobi(pattern, isWide && k === last ? { ...ofExact, space } : ofBlocks));
    if (isReduced) {
      const { pattern } = normals[last];
      this.#exactBlock = isWide && keepsBits(ofProducts) ? this.#blocks[last] : new BlockJacobi(pattern, ofExact);
      if (this.#isSchurJacobi) this.#schurJacobi = new SchurJacobi(J, ofBlocks, structure, (this.#products as Products).exactMatrices());
    }
    this.#pieces = piecesOf(patterns.map(({ blockCols, c }) => blockCols * c));
    const rows = patterns[0].blockRows * patterns[0].r;
    const [from, to] = this.#pieces[patterns.length - 1];
    this.#column = scratch.numbers(to);
    this.#solution = scratch.numbers(to);
    this.#workspaces = [space, exactSpace].map((s) => ({
      sum: s.zeros(rows),
      row: s.zeros(rows),
      right: s.zeros(to - from),
      point: s.zeros(to - from),
    }));
  }

  factor(J: BundleJacobian, d: Float64Array | undefined): LinearReport | undefined {
    const products = this.#products!;
    const S = jacobiScaling(J.columnSquares(), this.#scratch);
    let damping: Float64Array | undefined;
    if (d !== undefined) {
      damping = this.#scratch.numbers(d.length);
      for (let j = 0; j < d.length; j++) damping[j] = d[j] * S[j] * S[j];
    }
    const ofS = this.#pieces.map((piece) => S.subarray(...piece));
    if (products instanceof JointProducts) products.replace(J, S, ofS);
    else products.replace(J, ofS);
    const inverses: Preconditioner<AnyPrecision>[] = [];
    this.#factorizations++;
    for (const [k, block] of this.#blocks.entries()) {
      const inverse = block.factor(products.normal(k), damping?.subarray(...this.#pieces[k]));
      if (!("apply" in inverse)) return inverse;
      inverses.push(inverse);
    }
    this.#scaling = S;
    this.#damping = damping;
    const M = blockDiagonal(inverses);
    if (products instanceof JointProducts) {
      this.#system = { A: products.operator(), exact: products.exactOperator(), M, inner: M, eliminated: undefined };
    } else if (this.#exactBlock === undefined) {
      const [A, exact] = [products.operators(), products.exactOperators()].map((parts, k) => sideBySide(parts, this.#workspaces[k].sum));
      this.#system = { A, exact, M, inner: M, eliminated: undefined };
    } else {
      const reduced = this.#reducedSystem(products, J, d, ofS, inverses);
      if ("termination" in reduced) return reduced;
      this.#system = { ...reduced, M };
    }
    this.#workspace ??= cgnrWorkspace(this.#system.A, this.#system.exact);
    return undefined;
  }

  /** Of the Schur complement. @returns why there is none. */
  #reducedSystem(
    products: Products,
    J: BundleJacobian,
    d: Float64Array | undefined,
    ofS: readonly Float64Array[],
    inverses: readonly Preconditioner<AnyPrecision>[],
  ): Omit<System, "M"> | LinearReport {
    const parts = products.operators();
    const exactParts = products.exactOperators();
    const [workspace, exactWorkspace] = this.#workspaces;
    const last = parts.length - 1;
    const ofPoints = this.#damping?.subarray(...this.#pieces[last]);
    const block = this.#exactBlock!;
    const V = block === this.#blocks[last] ? block.on(products.exactSpace) : block.factor(products.exactNormal(last), ofPoints);
    if (!("apply" in V)) return V;
    const cameras = sideBySide(exactParts.slice(0, last), exactWorkspace.sum);
    const inner = this.#schurJacobi?.factor(J, products.exactMatrices() ? this.#damping : d, ofS) ?? inverses.slice(0, last);
    if ("termination" in inner) return inner;
    const ofCameras = sideBySide(parts.slice(0, last), workspace.sum);
    return {
      A: schurOperator(ofCameras, parts[last], inverses[last], this.#rootsIn(products.space, ofPoints), workspace),
      exact: schurOperator(cameras, exactParts[last], V, this.#rootsIn(products.exactSpace, ofPoints), exactWorkspace),
      inner: blockDiagonal(inner),
      eliminated: { cameras, points: exactParts[last], V },
    };
  }

  readonly #roots = new Map<VectorSpace<AnyPrecision>, Vec<AnyPrecision>>();

  /** The square roots of the damping of points. */
  #rootsIn(space: VectorSpace<AnyPrecision>, ofPoints: Float64Array | undefined): Vec<AnyPrecision> | undefined {
    if (ofPoints === undefined) return undefined;
    const values = this.#scratch.numbers(ofPoints.length);
    for (let j = 0; j < values.length; j++) values[j] = Math.sqrt(ofPoints[j]);
    const roots = this.#roots.get(space) ?? space.zeros(values.length);
    this.#roots.set(space, roots);
    write(space, values, roots);
    return roots;
  }

  solve(g: Float64Array, dx: Float64Array, rtol: number, warm: boolean): LinearReport {
    const S = this.#scaling;
    // The unknowns are near 1 for a right side whose norm in M's measure is.
    const scale = powerOfTwoBelow(this.norm(g)) || 1;
    const right = this.#column;
    for (let j = 0; j < right.length; j++) right[j] = (-S[j] * g[j]) / scale;
    return this.#products!.scoped(() => {
      const system = this.#system!;
      const reduced = system.eliminated === undefined ? right : this.#reduce(system.eliminated, right);
      // What goes on from a step that was not enough is to have less of a residual.
      const isQuadratic = this.#options.forcing === "quadratic" && !warm;
      const x = this.#iterate(system, reduced, warm ? this.#guess(dx, scale) : undefined, {
        rtol: isQuadratic ? 0 : rtol,
        qTolerance: isQuadratic ? rtol : undefined,
      });
      const full = system.eliminated === undefined ? x.values : this.#substitute(system.eliminated, right, x.values);
      for (let j = 0; j < dx.length; j++) dx[j] = full[j] * S[j] * scale;
      return x.report;
    });
  }

  /** dx / (S scale) */
  #guess(dx: Float64Array, scale: number): Float64Array {
    const guess = this.#scratch.numbers(dx.length);
    for (let j = 0; j < dx.length; j++) guess[j] = dx[j] / (this.#scaling[j] * scale);
    return guess;
  }

  /** The right side of the reduced system: b_c - Jc'Jp V^-1 b_p. */
  #reduce({ cameras, points, V }: Eliminated, right: Float64Array): Float64Array {
    const { exactSpace } = this.#products!;
    const [, { row, right: b, point }] = this.#workspaces;
    const { cols } = cameras;
    write(exactSpace, right.subarray(cols), b);
    V.apply(b, point);
    points.multiply(point, row);
    const across = exactSpace.zeros(cols);
    cameras.multiplyTransposed(row, across);
    const reduced = this.#scratch.numbers(cols);
    read(exactSpace, across, reduced);
    for (let j = 0; j < cols; j++) reduced[j] = right[j] - reduced[j];
    return reduced;
  }

  #iterate(
    { A, exact, inner }: System,
    right: Float64Array,
    guess: Float64Array | undefined,
    tolerances: Pick<CgnrOptions<AnyPrecision>, "rtol" | "qTolerance">,
  ): { readonly values: Float64Array; readonly report: LinearReport } {
    const { space, exactSpace } = this.#products!;
    const n = right.length;
    const vectorIn = (s: VectorSpace<AnyPrecision>, values: Float64Array): Vec<AnyPrecision> => {
      const v = s.zeros(n);
      write(s, values, v);
      return v;
    };
    const d = this.#damping?.subarray(0, n);
    const x = space.zeros(n);
    if (guess !== undefined) write(space, guess.subarray(0, n), x);
    const report = cgnr(A, { g: vectorIn(space, right) }, x, {
      ...tolerances,
      maxIterations: this.#maxIterations,
      preconditioner: inner,
      flexible: this.#policy.precondition.arithmetic.significandBits < 24,
      damping: d && vectorIn(space, d),
      exact: { A: exact, g: vectorIn(exactSpace, right), damping: d && vectorIn(exactSpace, d) },
      workspace: this.#workspace!,
    });
    const values = this.#solution.subarray(0, n);
    read(space, x, values);
    return { values, report };
  }

  /** [x_c; V^-1 (b_p - Jp'Jc x_c)] */
  #substitute({ cameras, points, V }: Eliminated, right: Float64Array, ofCameras: Float64Array): Float64Array {
    const { exactSpace } = this.#products!;
    const [, { row, right: b, point }] = this.#workspaces;
    const { cols } = cameras;
    const x = exactSpace.zeros(cols);
    write(exactSpace, ofCameras, x);
    cameras.multiply(x, row);
    points.multiplyTransposed(row, b);
    for (let j = cols; j < right.length; j++) (b as Storage)[j - cols] = right[j] - (b as Storage)[j - cols];
    V.apply(b, point);
    const full = this.#scratch.numbers(right.length);
    full.set(ofCameras);
    read(exactSpace, point, full.subarray(cols));
    return full;
  }

  norm(v: Float64Array): number {
    const { space } = this.#products!;
    const S = this.#scaling;
    const scaled = this.#column;
    for (let j = 0; j < scaled.length; j++) scaled[j] = S[j] * v[j];
    const scale = powerOfTwoBelow(Math.sqrt(dot(scaled, scaled))) || 1;
    return this.#products!.scoped(() => {
      const r = space.zeros(v.length);
      const z = space.zeros(v.length);
      for (let j = 0; j < scaled.length; j++) scaled[j] /= scale;
      write(space, scaled, r);
      this.#system!.M.apply(r, z);
      read(space, z, this.#solution);
      return Math.sqrt(dot(scaled, this.#solution)) * scale;
    });
  }
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j] * y[j];
  return sum;
}
