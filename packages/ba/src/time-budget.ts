import { OptionError } from "@slam/errors";

/** Time for iterations that take as long as each other, or nearly. */
export class TimeBudget {
  readonly #milliseconds: number;
  readonly #began: number;
  #longest = 0;

  /**
   * @param milliseconds Infinity for no end; 0 for none at all.
   * @param began when they started to run, by performance.now().
   * @throws OptionError unless there are 0 of them or more.
   */
  constructor(milliseconds: number, began: number) {
    if (!(milliseconds >= 0)) throw new OptionError("timeBudget", { expected: "milliseconds >= 0", actual: milliseconds });
    this.#milliseconds = milliseconds;
    this.#began = began;
  }

  /** Runs an iteration, unless it would not end in time if it took as long as the longest before it. @returns why it did not. */
  spend(iteration: () => void): string | undefined {
    const before = performance.now();
    const passed = before - this.#began;
    if (passed + this.#longest > this.#milliseconds || this.#milliseconds === 0) {
      return `${passed.toFixed(1)} ms have passed, and another iteration may take ${this.#longest.toFixed(1)} ms: the budget is ${this.#milliseconds} ms`;
    }
    iteration();
    this.#longest = Math.max(this.#longest, performance.now() - before);
    return undefined;
  }
}
