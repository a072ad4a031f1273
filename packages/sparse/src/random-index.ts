/** A source of integers, the same for the same seed. */
export class RandomIndex {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b9) ^ 0x2545f491) | 1;
  }

  /**
   * Uniform in 0 ... n - 1.
   * @see Marsaglia, Xorshift RNGs, J. Statistical Software 8 (2003).
   */
  below(n: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % n;
  }

  /** 0 ... n - 1 in random order. */
  permutation(n: number): Int32Array {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      const j = this.below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
