import { type Damping, nielsenDamping } from "./damping.ts";
import type { NormalEquations } from "./normal-equations.ts";
import type { Jacobian } from "./problem.ts";
import type { Proposal, StepControl, Trial } from "./step-control.ts";

/** Levenberg-Marquardt ends when no step this small goes downhill. */
const MOST_DAMPING = 1e12;

/** Undamped steps alone, which may go up for a while. */
export function gaussNewton<J extends Jacobian>(): StepControl<J> {
  return {
    damping: 0,
    patience: 8,
    propose: (equations, dx) => solveDamped(equations, 0, dx),
    isConclusive: () => true,
    accept: () => {},
    reject: () => false,
  };
}

/** (J'J + lambda diag(J'J)) dx = -g, with lambda = 0 until steps fail. */
export class LevenbergMarquardt<J extends Jacobian> implements StepControl<J> {
  readonly #ftol: number;
  #lambda = nielsenDamping();
  /** The damping that was needed when undamped steps failed last: they are tried again at a tenth of it. */
  #needed = Number.POSITIVE_INFINITY;
  /** The lowest cost when undamped steps failed last. */
  #undampedFailed = Number.POSITIVE_INFINITY;
  /** The decrease that the first of those steps promised. */
  #promised = 0;

  constructor(ftol: number) {
    this.#ftol = ftol;
  }

  get damping(): number {
    return this.#lambda.value;
  }

  get patience(): number {
    return this.damping === 0 ? 5 : 1;
  }

  propose(equations: NormalEquations<J>, dx: Float64Array): Proposal {
    const proposal = solveDamped(equations, this.damping, dx);
    if (!proposal.factored && this.damping === 0) this.#promised = 0;
    return proposal;
  }

  /** A damped step may be small because of the damping: it decides only where undamped steps have just failed that promised no more than it. */
  isConclusive({ lowest, predicted, little, isFromLowest }: Trial): boolean {
    const isUndamped = this.damping === 0;
    if (isUndamped && isFromLowest) this.#promised = predicted;
    return isUndamped || (this.#undampedFailed <= lowest * (1 + this.#ftol) && this.#promised <= little);
  }

  accept({ cost, decrease, predicted, isFlat }: Trial): void {
    if (this.damping === 0) return;
    const tryUndamped = isFlat || (decrease <= this.#ftol * cost && this.damping <= 0.1 * this.#needed);
    this.#lambda = tryUndamped ? nielsenDamping() : this.#lambda.accept(decrease / predicted);
  }

  reject(lowest: number): boolean {
    if (this.damping === 0) this.#undampedFailed = lowest;
    this.#lambda = this.#lambda.reject();
    this.#needed = this.damping;
    return this.damping <= MOST_DAMPING;
  }
}

/** Below this, lambda changes a step less than fp64 rounds the equations of a badly posed problem. */
const LEAST_DAMPING = 1e-10;
/** A step that decides is damped by at most this times the first lambda. */
const LITTLE_DAMPING = 1e-2;

/**
 * (J'J + lambda diag(J'J)) dx = -g with lambda > 0 in every step, for problems that need it: where nothing holds the gauge J'J is singular, and in low precision not
 * even that.
 */
export class AlwaysDamped<J extends Jacobian> implements StepControl<J> {
  readonly patience = 1;
  readonly #ftol: number;
  readonly #first: number;
  #lambda: Damping;
  /** The lowest cost when a step failed last. */
  #failed = Number.POSITIVE_INFINITY;

  constructor(ftol: number, first: number) {
    this.#ftol = ftol;
    this.#first = first;
    this.#lambda = nielsenDamping(first);
  }

  get damping(): number {
    return this.#lambda.value;
  }

  propose(equations: NormalEquations<J>, dx: Float64Array): Proposal {
    return solveDamped(equations, this.damping, dx);
  }

  /** A step may be small because of the damping: it decides where that is little, or where less has just failed. */
  isConclusive({ lowest }: Trial): boolean {
    return this.damping <= LITTLE_DAMPING * this.#first || this.#failed <= lowest * (1 + this.#ftol);
  }

  accept({ cost, decrease, predicted }: Trial): void {
    const next = decrease <= this.#ftol * cost ? nielsenDamping(this.damping / 10) : this.#lambda.accept(decrease / predicted);
    this.#lambda = next.value < LEAST_DAMPING ? nielsenDamping(LEAST_DAMPING) : next;
  }

  reject(lowest: number): boolean {
    this.#failed = lowest;
    this.#lambda = this.#lambda.reject();
    return this.damping <= MOST_DAMPING;
  }
}

function solveDamped<J extends Jacobian>(equations: NormalEquations<J>, lambda: number, dx: Float64Array): Proposal {
  const failure = equations.factor(lambda);
  return failure === undefined ? { factored: true, linear: equations.solve(dx) } : { factored: false, linear: failure };
}
