import { addSeconds, type Operation, totalOf, Work } from "@slam/linop";
import type { Counters } from "./counters.ts";
import { OPERATIONS } from "./policy.ts";

export const PHASES: readonly ["linearize", "factorize", "linearSolve", "update"] = ["linearize", "factorize", "linearSolve", "update"];
export type Phase = (typeof PHASES)[number];
export type PhaseSeconds = { [phase in Phase]: number };

/** What something took: seconds of a wall clock, flops and bytes as counted. */
export interface Effort {
  readonly seconds: number;
  readonly flops: number;
  readonly bytes: number;
}

/** Of each phase, by operation, what ran in it: `seconds` of those that were timed by themselves, which is less than the phase took. */
export type PhaseEfforts = { readonly [phase in Phase]: { readonly [operation in Operation]?: Effort } };

/** Times the phases of a solve, and tells apart by phase what its counters count. A factor that a linear solve renews, timed by itself, is of the phase `factorize`. */
export class PhaseClock {
  readonly seconds: PhaseSeconds = { linearize: 0, factorize: 0, linearSolve: 0, update: 0 };
  readonly #counters: Counters;
  readonly #phases: { readonly [phase in Phase]: PhaseTally } = {
    linearize: newTally(),
    factorize: newTally(),
    linearSolve: newTally(),
    update: newTally(),
  };
  readonly #before: Float64Array = new Float64Array(OPERATIONS.length);

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  get efforts(): PhaseEfforts {
    const { linearize, factorize, linearSolve, update } = this.#phases;
    const { factorize: renewed = NONE, ...solving } = effortsOf(linearSolve);
    const preparing = effortsOf(factorize);
    const factors = plus(preparing.factorize ?? NONE, renewed);
    return {
      linearize: effortsOf(linearize),
      factorize: isSome(factors) ? { ...preparing, factorize: factors } : preparing,
      linearSolve: solving,
      update: effortsOf(update),
    };
  }

  /** Runs a part of a phase. Phases do not nest. */
  during<T>(phase: Phase, run: () => T): T {
    const { work, seconds } = this.#counters;
    const tally = this.#phases[phase];
    const before = this.#before;
    for (let k = 0; k < OPERATIONS.length; k++) before[k] = seconds[OPERATIONS[k]] ?? 0;
    const began = performance.now();
    const result = work.alsoIn(tally.work, run);
    this.seconds[phase] += (performance.now() - began) / 1000;
    for (let k = 0; k < OPERATIONS.length; k++) {
      const after = seconds[OPERATIONS[k]];
      if (after === undefined) continue;
      tally.seconds[k] += after - before[k];
      if (phase !== "linearSolve" || OPERATIONS[k] !== "factorize") continue;
      this.seconds.linearSolve -= after - before[k];
      this.seconds.factorize += after - before[k];
    }
    return result;
  }

  /** Runs an operation that nothing times but this. */
  timed<T>(operation: Operation, run: () => T): T {
    const began = performance.now();
    const result = run();
    addSeconds(this.#counters.seconds, operation, began);
    return result;
  }
}

interface PhaseTally {
  readonly work: Work;
  /** Of each operation. */
  readonly seconds: Float64Array;
}

function newTally(): PhaseTally {
  return { work: new Work(), seconds: new Float64Array(OPERATIONS.length) };
}

/** Of the operations that did anything. */
function effortsOf({ work, seconds }: PhaseTally): { readonly [operation in Operation]?: Effort } {
  const efforts: { [operation in Operation]?: Effort } = {};
  for (const [k, operation] of OPERATIONS.entries()) {
    const effort = { seconds: seconds[k], ...totalOf(work, operation) };
    if (isSome(effort)) efforts[operation] = effort;
  }
  return efforts;
}

const NONE: Effort = { seconds: 0, flops: 0, bytes: 0 };

function isSome({ seconds, flops, bytes }: Effort): boolean {
  return seconds > 0 || flops > 0 || bytes > 0;
}

function plus(a: Effort, b: Effort): Effort {
  return { seconds: a.seconds + b.seconds, flops: a.flops + b.flops, bytes: a.bytes + b.bytes };
}

/** The phases of several solves as if they were one's. */
export function sumOfPhases(all: readonly { readonly seconds: Readonly<PhaseSeconds>; readonly phases: PhaseEfforts }[]): {
  readonly seconds: PhaseSeconds;
  readonly phases: PhaseEfforts;
} {
  const seconds: PhaseSeconds = { linearize: 0, factorize: 0, linearSolve: 0, update: 0 };
  const phases: { [phase in Phase]: { [operation in Operation]?: Effort } } = { linearize: {}, factorize: {}, linearSolve: {}, update: {} };
  for (const one of all) {
    for (const phase of PHASES) {
      seconds[phase] += one.seconds[phase];
      for (const [operation, effort] of Object.entries(one.phases[phase]) as [Operation, Effort][]) {
        phases[phase][operation] = plus(phases[phase][operation] ?? NONE, effort);
      }
    }
  }
  return { seconds, phases };
}
