import { newArrays, type Scratch } from "@slam/linop";
import type { Observer } from "./observer.ts";

/** Rows of a problem that are none of observations, behind those that are. */
export interface OtherRows {
  /** As high as an observation's. */
  readonly blockRows: number;
  /** r[at ...] <- all of these rows at x. */
  residual(x: Float64Array, r: Float64Array, at: number): void;
}

/** The residuals of all observations and other rows in fp64, kept for the point where they were evaluated last: a step that is taken is linearised where its cost was evaluated. */
export class Residuals {
  readonly #observer: Observer;
  readonly #others: OtherRows;
  readonly #values: Float64Array;
  readonly #scratch: Scratch;
  #x: Float64Array | undefined;

  /** @param scratch what they are taken from. Default new arrays. */
  constructor(observer: Observer, others: OtherRows, scratch: Scratch = newArrays) {
    this.#observer = observer;
    this.#others = others;
    this.#scratch = scratch;
    this.#values = scratch.numbers((observer.observations + others.blockRows) * observer.rows);
  }

  /** @returns what the next call may overwrite. */
  at(x: Float64Array): Float64Array {
    if (this.#x !== undefined && isSame(this.#x, x)) return this.#values;
    const observer = this.#observer;
    const { observations, residual, rows } = observer;
    const values = this.#values;
    observer.moveTo(x);
    for (let i = 0, at = 0; i < observations; i++) {
      observer.observe(i, false);
      for (let a = 0; a < rows; a++, at++) values[at] = residual[a];
    }
    this.#others.residual(x, values, observations * rows);
    // A copy: whoever owns x may change it.
    this.#x ??= this.#scratch.numbers(x.length);
    this.#x.set(x);
    return values;
  }
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
