import { log } from "@slam/float";

/**
 * Pseudo-random numbers from a seed, the same bits in every engine: xoshiro128** on 32-bit integers, seeded by splitmix32.
 *
 * @see Blackman and Vigna, Scrambled linear pseudorandom number generators, ACM TOMS 47 (4), 2021.
 */
export class Random {
  readonly #state = new Int32Array(4);
  #spare: number | undefined;

  /** @param seed an integer; its low 32 bits count. */
  constructor(seed: number) {
    let z = seed | 0;
    for (let i = 0; i < 4; i++) {
      z = (z + 0x9e3779b9) | 0;
      let t = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
      this.#state[i] = t ^ (t >>> 15);
    }
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  uniform(): number {
    const high = this.#next() >>> 5;
    return (high * 2 ** 26 + (this.#next() >>> 6)) * 2 ** -53;
  }

  /** Uniform in 0 ... n - 1, up to a bias of n / 2^53. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Normal with mean 0 and standard deviation 1, by Marsaglia's polar method (SIAM Review 6 (3), 1964). */
  gaussian(): number {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) return spare;
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * log(square)) / square);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  #next(): number {
    const s = this.#state;
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9);
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
  }
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
