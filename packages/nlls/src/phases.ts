import { addSeconds, type Operation } from "@slam/linop";
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

/** Times the phases of a solve, and tells apart by phase what its counters count. Nothing is allocated while it runs. */
export class PhaseClock {
  readonly seconds: PhaseSeconds = { linearize: 0, factorize: 0, linearSolve: 0, update: 0 };
  readonly #counters: Counters;
  /** Seconds, flops and bytes of each operation in turn: of a phase, and when one began. */
  readonly #amounts: { readonly [phase in Phase]: Float64Array } = {
    linearize: newAmounts(),
    factorize: newAmounts(),
    linearSolve: newAmounts(),
    update: newAmounts(),
  };
  readonly #before: Float64Array = newAmounts();

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  get efforts(): PhaseEfforts {
    const { linearize, factorize, linearSolve, update } = this.#amounts;
    return {
      linearize: effortsOf(linearize),
      factorize: effortsOf(factorize),
      linearSolve: effortsOf(linearSolve),
      update: effortsOf(update),
    };
  }

  /** Runs a part of a phase. Phases do not nest. */
  during<T>(phase: Phase, run: () => T): T {
    const before = this.#before;
    before.fill(0);
    addAmounts(before, this.#counters);
    const began = performance.now();
    const result = run();
    this.seconds[phase] += (performance.now() - began) / 1000;
    const amounts = this.#amounts[phase];
    addAmounts(amounts, this.#counters);
    for (let k = 0; k < amounts.length; k++) amounts[k] -= before[k];
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

function newAmounts(): Float64Array {
  return new Float64Array(3 * OPERATIONS.length);
}

/** amounts += what was counted and timed so far. */
function addAmounts(amounts: Float64Array, { work, seconds }: Counters): void {
  for (let k = 0; k < OPERATIONS.length; k++) {
    const operation = OPERATIONS[k];
    amounts[3 * k] += seconds[operation] ?? 0;
    amounts[3 * k + 1] += sumOfFormats(work.flops[operation]);
    amounts[3 * k + 2] += sumOfFormats(work.bytes[operation]);
  }
}

function sumOfFormats(byFormat: { readonly [format: string]: number } | undefined): number {
  let sum = 0;
  for (const format in byFormat) sum += byFormat[format];
  return sum;
}

/** Of the operations that did anything. */
function effortsOf(amounts: Float64Array): { readonly [operation in Operation]?: Effort } {
  const efforts: { [operation in Operation]?: Effort } = {};
  for (const [k, operation] of OPERATIONS.entries()) {
    const [seconds, flops, bytes] = amounts.subarray(3 * k, 3 * k + 3);
    if (seconds > 0 || flops > 0 || bytes > 0) efforts[operation] = { seconds, flops, bytes };
  }
  return efforts;
}

const NONE: Effort = { seconds: 0, flops: 0, bytes: 0 };

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
