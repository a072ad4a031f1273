import type { LinearReport } from "@slam/linop";
import { DoglegPath } from "./dogleg-path.ts";
import type { NormalEquations } from "./normal-equations.ts";
import type { Jacobian } from "./problem.ts";
import type { Proposal, StepControl, Trial } from "./step-control.ts";
import { dot } from "./vector.ts";

/** The damping of the Gauss-Newton point where J'J itself cannot be factorised: the first, tenfold, to the last. */
const FIRST_SHIFT = 1e-8;
const LAST_SHIFT = 1;
/** The solve ends when no step this short goes downhill, relative to the steepest descent. */
const MOST_DAMPING = 1e12;

/** Where the vectors of a path lie, one after the other. */
interface PathVectors {
  readonly weights: Float64Array;
  readonly cauchy: Float64Array;
  readonly gaussNewton: Float64Array;
}

/** A linearisation's dogleg path, how its Gauss-Newton point was solved for, and |D^-1 g|. */
interface Way {
  readonly path: DoglegPath;
  readonly linear: LinearReport;
  readonly steepest: number;
}

/**
 * Powell's dogleg within a trust region |D dx| <= radius, D^2 = diag(J'J), of any length until a step fails. The cost never rises, and a step that is taken
 * back costs no factorisation: the next one lies on the same path. The radius follows the gain ratio as in Ceres: halved below 1/4, three steps long above
 * 3/4. Where a step that the radius cut short changes the cost little, the whole Gauss-Newton step is tried next: it tells a small radius from an optimum.
 *
 * @see Nocedal and Wright, Numerical Optimization, 2006, section 4.1.
 */
export class Dogleg<J extends Jacobian> implements StepControl<J> {
  readonly patience = 1;
  #radius = Number.POSITIVE_INFINITY;
  #tryWhole = false;
  /** Kept while steps are taken back; undefined where there is none. */
  #way: Way | undefined;
  /** Of the path at hand and those after it. */
  #vectors: PathVectors | undefined;
  /** |D dx| of the last step. */
  #length = 0;
  /** The decrease that the whole step from here promised, where it was taken back. */
  #promised = Number.POSITIVE_INFINITY;

  /** 0 where the step is Gauss-Newton's; else |D^-1 g| / radius, the lambda with which Levenberg-Marquardt's steepest steps are as long. */
  get damping(): number {
    return this.#way === undefined || this.#isWhole() ? 0 : this.#way.steepest / this.#radius;
  }

  propose(equations: NormalEquations<J>, dx: Float64Array): Proposal {
    if (this.#way !== undefined) {
      this.#length = this.#way.path.at(this.#reach(), dx);
      return { factored: true, linear: { ...this.#way.linear, iterations: 0 } };
    }
    const proposal = solveShifted(equations, dx);
    const { linear, factored } = proposal;
    if (!factored) return proposal;
    this.#vectors ??= { weights: equations.vector(), cauchy: equations.vector(), gaussNewton: equations.vector() };
    const { weights, cauchy, gaussNewton } = this.#vectors;
    equations.diagonal(1, weights);
    const steepest = writeCauchyPoint(equations, weights, cauchy);
    gaussNewton.set(dx);
    const path = new DoglegPath(weights, cauchy, gaussNewton);
    if (!isStep(path.length)) return proposal;
    this.#way = { path, linear, steepest };
    this.#length = path.at(this.#reach(), dx);
    return proposal;
  }

  /** A step may be small because of the radius: it decides only where the whole step from here has just failed that promised no more than it. */
  isConclusive({ predicted, little }: Trial): boolean {
    if (this.#isWhole()) this.#promised = predicted;
    return this.#isWhole() || this.#promised <= little;
  }

  accept({ decrease, predicted, little, isFlat }: Trial): void {
    this.#tryWhole = !this.#isWhole() && decrease <= little;
    const gainRatio = decrease / predicted;
    if (isFlat || gainRatio > 0.75) this.#radius = Math.max(this.#radius, 3 * this.#length);
    else if (gainRatio < 0.25) this.#radius = this.#length / 2;
    this.#way = undefined;
    this.#promised = Number.POSITIVE_INFINITY;
  }

  reject(): boolean {
    if (this.#way === undefined) return false;
    // The radius is what it was before the whole step was tried, unless that was within it.
    this.#radius = Math.min(this.#tryWhole ? this.#radius : Number.POSITIVE_INFINITY, this.#length / 2);
    this.#tryWhole = false;
    return this.damping <= MOST_DAMPING;
  }

  #reach(): number {
    return this.#tryWhole ? Number.POSITIVE_INFINITY : this.#radius;
  }

  #isWhole(): boolean {
    return this.#way !== undefined && this.#reach() >= this.#way.path.length;
  }
}

/** dx <- the Gauss-Newton point; where it cannot be had, that of J'J + mu diag(J'J) with the least mu of a few. */
function solveShifted<J extends Jacobian>(equations: NormalEquations<J>, dx: Float64Array): Proposal {
  for (let mu = 0; ; mu = mu === 0 ? FIRST_SHIFT : 10 * mu) {
    const failure = equations.factor(mu);
    const linear = failure ?? equations.solve(dx);
    const isSolved = failure === undefined && isStep(dot(dx, dx));
    if (isSolved || 10 * mu > LAST_SHIFT) return { factored: failure === undefined, linear };
  }
}

function isStep(length: number): boolean {
  return length > 0 && length < Number.POSITIVE_INFINITY;
}

/** direction <- -t diag(weights)^-1 g with the t at which the model is least. @returns |diag(weights)^(-1/2) g|. */
function writeCauchyPoint<J extends Jacobian>(equations: NormalEquations<J>, weights: Float64Array, direction: Float64Array): number {
  const { g } = equations;
  for (let j = 0; j < g.length; j++) direction[j] = -g[j] / weights[j];
  const slope = -dot(g, direction);
  const t = slope / equations.curvature(direction);
  // In a format in which J loses the direction the path goes straight to the Gauss-Newton point.
  for (let j = 0; j < g.length; j++) direction[j] = isStep(t) ? t * direction[j] : 0;
  return Math.sqrt(slope);
}
