import { newArrays, type Scratch } from "@slam/linop";

const CHUNK = 2 ** 13;

/** A list of numbers that grows without copies: a million lines would otherwise leave several times their numbers as garbage, which stays with the process. */
export class NumberList {
  readonly #chunks: Float64Array[] = [];
  readonly #scratch: Scratch;
  #length = 0;

  /** @param scratch what its numbers are kept in. Default new arrays. */
  constructor(scratch: Scratch = newArrays) {
    this.#scratch = scratch;
  }

  get length(): number {
    return this.#length;
  }

  push(x: number): void {
    const k = this.#length % CHUNK;
    if (k === 0) this.#chunks.push(this.#scratch.numbers(CHUNK));
    this.#chunks[this.#chunks.length - 1][k] = x;
    this.#length++;
  }

  /** Appends values[start ... end). */
  append(values: Float64Array, start: number, end: number): void {
    for (let k = start; k < end; k++) this.push(values[k]);
  }

  /** @param i of 0 ... length - 1. */
  at(i: number): number {
    return this.#chunks[Math.floor(i / CHUNK)][i % CHUNK];
  }

  /** A new array. */
  toArray(): Float64Array {
    const all = new Float64Array(this.#length);
    this.#chunks.forEach((chunk, c) => {
      all.set(chunk.subarray(0, Math.min(CHUNK, this.#length - c * CHUNK)), c * CHUNK);
    });
    return all;
  }
}
