import { checkInteger, checkLength } from "@slam/errors";
import type { FP64 } from "@slam/float";
import { type ForwardSolution, type ForwardSolver, forwardSolver, type SparseInverse, sparseInverse } from "@slam/ichol";
import type { LieGroup } from "@slam/lie";
import { ArenaPool } from "@slam/wasm";
import { findGauge } from "./factors/gauge.ts";
import { hasExtras } from "./factors/sets.ts";
import { factorTerms } from "./factors/terms.ts";
import { checkGraph, type PoseGraph, poseGroup } from "./graph.ts";
import { freeComponents } from "./init/chain.ts";
import { type NormalFactor, normalFactor, type RankDeficiency } from "./normal-factor.ts";
import { pointOf } from "./point.ts";
import { PoseGraphProblem } from "./problem.ts";
import { squareRootInformation } from "./whitening.ts";

export interface MarginalsOptions {
  /** Indices of the poses to hold, as for `solve`: default the file's FIX lines; where a component has none, its first pose is held besides. */
  readonly fixed?: readonly number[];
  /** What the memory is taken from: the marginals lie in it. Default a new pool. */
  readonly arenas?: ArenaPool;
}

/** J xi: `rows` x dof numbers, row-major, that act on the step of one pose. */
export interface LinearTerm {
  readonly pose: number;
  readonly jacobian: Float64Array;
}

/**
 * How well each pose of a graph is known at its estimate: blocks of Sigma = (J'W J)^-1, undamped, in fp64 whatever the policy of the solve before was.
 *
 * Sigma is the covariance of the steps xi = [t; theta] of X Exp(xi), to first order: metres and radians in each body's own frame, relative to the poses held,
 * whose blocks are zeros. Matrices are row-major, poses are named by their indices.
 */
export class Marginals {
  readonly graph: PoseGraph;
  /** Rows of a pose's block: 3, 6 or 7. */
  readonly dof: number;
  /**
   * The least pivot of the factor, as a share of the diagonal of J'WJ: some u / leastPivot is the relative error to be expected, u = 2^-53.
   */
  readonly leastPivot: number;
  readonly #factor: NormalFactor;
  readonly #group: LieGroup;
  readonly #arenas: ArenaPool;
  readonly #solver: ForwardSolver;
  #inverse: SparseInverse<FP64> | undefined;

  /** @param factor of the graph's equations; `recoverMarginals` makes it. */
  constructor(graph: PoseGraph, factor: NormalFactor, arenas: ArenaPool) {
    this.graph = graph;
    this.#group = poseGroup(graph);
    this.dof = this.#group.dof;
    this.leastPivot = factor.leastPivot;
    this.#factor = factor;
    this.#arenas = arenas;
    this.#solver = forwardSolver(factor.cholesky);
  }

  /** Block (i, j) of Sigma, dof x dof: from the sparse inverse, which the first call makes, where that has it, otherwise from two half-solves. */
  block(i: number, j: number): Float64Array {
    return this.joint([i], [j]);
  }

  /**
   * The blocks of Sigma for these rows and columns of poses, in their order: the joint covariance of the poses where only rows are given.
   *
   * @throws OptionError for an index out of range.
   */
  joint(rows: readonly number[], columns: readonly number[] = rows): Float64Array {
    for (const pose of rows) this.#check(pose);
    for (const pose of columns) this.#check(pose);
    const { dof } = this;
    const width = columns.length * dof;
    const joint = new Float64Array(rows.length * dof * width);
    const block = new Float64Array(dof * dof);
    const halves = new Map<number, ForwardSolution>();
    for (const [r, i] of rows.entries()) {
      for (const [c, j] of columns.entries()) {
        if (this.#isHeld(i) || this.#isHeld(j)) continue;
        this.#read(i, j, block, halves);
        for (let k = 0; k < dof; k++) joint.set(block.subarray(k * dof, (k + 1) * dof), (r * dof + k) * width + c * dof);
      }
    }
    return joint;
  }

  /** The blocks (i, i) of all poses, one after another. */
  diagonal(): Float64Array {
    const { dof } = this;
    const poses = this.graph.ids.length;
    const diagonal = new Float64Array(poses * dof * dof);
    const halves = new Map<number, ForwardSolution>();
    for (let i = 0; i < poses; i++) {
      if (!this.#isHeld(i)) this.#read(i, i, diagonal.subarray(i * dof * dof, (i + 1) * dof * dof), halves);
    }
    return diagonal;
  }

  /**
   * The covariance of the relative pose T = X_i^-1 X_j: of the xi of T Exp(xi), which is xi_j - Ad(T^-1) xi_i.
   *
   * Not made of `joint`: two poses far from the one held and close to each other are known apart far better than each of them, and would cancel.
   * @throws OptionError for an index out of range.
   */
  relative(i: number, j: number): Float64Array {
    this.#check(i);
    this.#check(j);
    const { dof } = this;
    const { poses } = this.graph;
    const { size } = this.#group;
    const inverse = new Float64Array(size);
    const adjoint = new Float64Array(dof * dof);
    this.#group.relative(poses, j * size, poses, i * size, inverse, 0);
    this.#group.adjoint(inverse, 0, adjoint, 0);
    const identity = Float64Array.from({ length: dof * dof }, (_, k) => (k % (dof + 1) === 0 ? 1 : 0));
    return this.linear(
      [
        { pose: i, jacobian: adjoint.map((x) => -x) },
        { pose: j, jacobian: identity },
      ],
      dof,
    );
  }

  /**
   * The covariance J Sigma J' of y = sum of J_i xi_i, rows x rows: positive semidefinite, by one half-solve of `rows` columns.
   *
   * @throws OptionError for an index out of range, DimensionError for a Jacobian that is not rows x dof.
   */
  linear(terms: readonly LinearTerm[], rows: number): Float64Array {
    checkInteger("linear: rows", rows, 1);
    for (const { pose, jacobian } of terms) {
      this.#check(pose);
      checkLength("linear: jacobian", jacobian.length, rows * this.dof);
    }
    const half = this.#half(terms, rows);
    return this.#solver.product(half, half).map((x) => x / this.#factor.costScale);
  }

  #check(pose: number): void {
    checkInteger("pose", pose, 0, this.graph.ids.length - 1);
  }

  #isHeld(pose: number): boolean {
    return this.#factor.column[pose] < 0;
  }

  /** Sigma = S (S J'J S)^-1 S / costScale: powers of two all round. */
  #read(i: number, j: number, block: Float64Array, halves: Map<number, ForwardSolution>): void {
    const { dof } = this;
    const { cholesky, column, scaling, costScale } = this.#factor;
    this.#inverse ??= sparseInverse(cholesky, this.#arenas);
    if (!this.#inverse.block(column[i], column[j], block)) {
      block.set(this.#solver.product(this.#halfOf(i, halves), this.#halfOf(j, halves)).map((x) => x / costScale));
      return;
    }
    const [first, second] = [column[i] * dof, column[j] * dof];
    for (let r = 0, at = 0; r < dof; r++) {
      const scale = scaling[first + r] / costScale;
      for (let c = 0; c < dof; c++, at++) block[at] *= scale * scaling[second + c];
    }
  }

  #halfOf(pose: number, halves: Map<number, ForwardSolution>): ForwardSolution {
    let half = halves.get(pose);
    if (half === undefined) {
      const { dof } = this;
      half = this.#half([{ pose, jacobian: Float64Array.from({ length: dof * dof }, (_, k) => (k % (dof + 1) === 0 ? 1 : 0)) }], dof);
      halves.set(pose, half);
    }
    return half;
  }

  /** L^-1 P S J' */
  #half(terms: readonly LinearTerm[], rows: number): ForwardSolution {
    const { dof } = this;
    const { column, scaling } = this.#factor;
    const B = terms
      .filter(({ pose }) => !this.#isHeld(pose))
      .map(({ pose, jacobian }) => {
        const row = column[pose];
        return {
          row,
          values: jacobian.map((_, k) => scaling[row * dof + Math.floor(k / rows)] * jacobian[(k % rows) * dof + Math.floor(k / rows)]),
        };
      });
    return this.#solver.solve(B, rows);
  }
}

/**
 * The covariances of a graph's poses at its estimate, which should be an optimum (`solve`'s): J is evaluated there and J'J factorised once, completely, undamped
 * and in fp64. A matrix that is singular to rounding is never shifted; what it lacks is returned.
 *
 * @throws OptionError for an index out of range and for an edge whose information is indefinite; DimensionError, OptionError where `checkGraph` does;
 *   ArenaError of @slam/wasm where there is no memory for the factor.
 * @see Kaess and Dellaert, Covariance recovery from a square root information matrix for data association, Robotics and Autonomous Systems 57, 2009.
 */
export function recoverMarginals(graph: PoseGraph, options: MarginalsOptions = {}): Marginals | RankDeficiency {
  checkGraph(graph);
  const { fixed = [...graph.fixed], arenas = new ArenaPool() } = options;
  const problem = new PoseGraphProblem(graph, [...fixed, ...unanchored(graph, fixed)], { arenas });
  const factor = normalFactor(problem);
  return "cholesky" in factor ? new Marginals(graph, factor, arenas) : factor;
}

/** The poses that fix the gauge besides those given. */
function unanchored(graph: PoseGraph, fixed: readonly number[]): readonly number[] {
  if (!hasExtras(graph)) return freeComponents(graph, fixed);
  return findGauge(graph, fixed, factorTerms(graph, squareRootInformation(graph).ofFactors), pointOf(graph)).held;
}

export function isMarginals(result: Marginals | RankDeficiency): result is Marginals {
  return result instanceof Marginals;
}
