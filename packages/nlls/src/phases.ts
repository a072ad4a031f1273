import { addSeconds, type Operation, totalOf } from "@slam/linop";
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

/** Times the phases of a solve, and tells apart by phase what its counters count. */
export class PhaseClock {
  readonly seconds: PhaseSeconds = { linearize: 0, factorize: 0, linearSolve: 0, update: 0 };
  readonly #counters: Counters;
  readonly #efforts: { readonly [phase in Phase]: Map<Operation, Effort> } = {
    linearize: new Map(),
    factorize: new Map(),
    linearSolve: new Map(),
    update: new Map(),
  };

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  get efforts(): PhaseEfforts {
    return {
      linearize: Object.fromEntries(this.#efforts.linearize),
      factorize: Object.fromEntries(this.#efforts.factorize),
      linearSolve: Object.fromEntries(this.#efforts.linearSolve),
      update: Object.fromEntries(this.#efforts.update),
    };
  }

  /** Runs a part of a phase. Phases do not nest. */
  during<T>(phase: Phase, run: () => T): T {
    const before = OPERATIONS.map((operation) => this.#soFar(operation));
    const began = performance.now();
    const result = run();
    this.seconds[phase] += (performance.now() - began) / 1000;
    const efforts = this.#efforts[phase];
    for (const [k, operation] of OPERATIONS.entries()) {
      const effort = plus(efforts.get(operation) ?? NONE, minus(this.#soFar(operation), before[k]));
      if (effort.flops > 0 || effort.bytes > 0 || effort.seconds > 0) efforts.set(operation, effort);
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

  #soFar(operation: Operation): Effort {
    const { work, seconds } = this.#counters;
    return { seconds: seconds[operation] ?? 0, ...totalOf(work, operation) };
  }
}

const NONE: Effort = { seconds: 0, flops: 0, bytes: 0 };

function plus(a: Effort, b: Effort): Effort {
  return { seconds: a.seconds + b.seconds, flops: a.flops + b.flops, bytes: a.bytes + b.bytes };
}

function minus(a: Effort, b: Effort): Effort {
  return { seconds: a.seconds - b.seconds, flops: a.flops - b.flops, bytes: a.bytes - b.bytes };
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
