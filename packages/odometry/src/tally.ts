import type { WindowReport } from "@slam/ba";
import { Work } from "@slam/linop";
import type { PhaseSeconds, Policy, PrecisionEvents } from "@slam/nlls";

/** What all solves of the window did, together. */
export interface WindowTally {
  readonly solves: number;
  readonly iterations: number;
  readonly cgIterations: number;
  /** How solves ended, and how many each way. */
  readonly terminations: { readonly [termination: string]: number };
  readonly seconds: Readonly<PhaseSeconds>;
  readonly precision: Readonly<PrecisionEvents>;
  readonly work: Work;
  /** The most observations, and landmarks, of one window. */
  readonly observations: number;
  readonly landmarks: number;
  /** As the largest window resolved it, and the linear solver's name. */
  readonly policy: Policy | undefined;
  readonly linear: string;
}

export class Tally {
  #sum: WindowTally = {
    solves: 0,
    iterations: 0,
    cgIterations: 0,
    terminations: {},
    seconds: { linearize: 0, factorize: 0, linearSolve: 0, update: 0 },
    precision: { overflows: 0, flushed: 0, shifts: 0, fallbacks: 0, rejectedSteps: 0 },
    work: new Work(),
    observations: 0,
    landmarks: 0,
    policy: undefined,
    linear: "",
  };

  get sum(): WindowTally {
    return this.#sum;
  }

  add(report: WindowReport): void {
    const { termination, iterations, cgIterations, seconds, precision, work, observations, landmarks, policy, linear } = report;
    const sum = this.#sum;
    sum.work.include(work);
    this.#sum = {
      solves: sum.solves + 1,
      iterations: sum.iterations + iterations.length,
      cgIterations: sum.cgIterations + cgIterations,
      terminations: { ...sum.terminations, [termination]: (sum.terminations[termination] ?? 0) + 1 },
      seconds: {
        linearize: sum.seconds.linearize + seconds.linearize,
        factorize: sum.seconds.factorize + seconds.factorize,
        linearSolve: sum.seconds.linearSolve + seconds.linearSolve,
        update: sum.seconds.update + seconds.update,
      },
      precision: {
        overflows: sum.precision.overflows + precision.overflows,
        flushed: sum.precision.flushed + precision.flushed,
        shifts: sum.precision.shifts + precision.shifts,
        fallbacks: sum.precision.fallbacks + precision.fallbacks,
        rejectedSteps: sum.precision.rejectedSteps + precision.rejectedSteps,
      },
      work: sum.work,
      observations: Math.max(sum.observations, observations),
      landmarks: Math.max(sum.landmarks, landmarks),
      policy: observations >= sum.observations ? policy : sum.policy,
      linear: linear.solver,
    };
  }
}
