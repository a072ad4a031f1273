import type { Random } from "./random.ts";

/** Bytes of a descriptor. */
export const DESCRIPTOR_SIZE = 32;
const BITS = 8 * DESCRIPTOR_SIZE;

/** Binary descriptors: 256 random bits of each landmark, of which each observation has as many flipped as the share says. */
export class Descriptors {
  readonly #own: Uint8Array;
  readonly #flips: number;
  readonly #random: Random;

  /** @param flipped share of the 256 bits, rounded to whole bits. */
  constructor(landmarks: number, flipped: number, random: Random) {
    this.#own = Uint8Array.from({ length: DESCRIPTOR_SIZE * landmarks }, () => random.integer(256));
    this.#flips = Math.round(BITS * flipped);
    this.#random = random;
  }

  /** out <- one more observation of the landmark. */
  write(landmark: number, out: Uint8Array, o: number): void {
    const own = this.#own.subarray(DESCRIPTOR_SIZE * landmark, DESCRIPTOR_SIZE * (landmark + 1));
    out.set(own, o);
    for (let flips = this.#flips; flips > 0; ) {
      const bit = this.#random.integer(BITS);
      const byte = bit >> 3;
      const mask = 1 << (bit & 7);
      if (((out[o + byte] ^ own[byte]) & mask) !== 0) continue;
      out[o + byte] ^= mask;
      flips--;
    }
  }
}
