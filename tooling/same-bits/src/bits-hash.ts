/** FNV-1a over the words of numbers, twice from different seeds: 64 bits. Every NaN counts as the same one. */
export class BitsHash {
  #low = 0x811c9dc5;
  #high = 0x9dc5811c;
  readonly #number = new Float64Array(1);
  readonly #words = new Uint32Array(this.#number.buffer);

  add(x: number): this {
    this.#number[0] = x;
    // The bits of NaN are the engine's choice.
    const isNumber = !Number.isNaN(x);
    this.#addWord(isNumber ? this.#words[0] : 0);
    this.#addWord(isNumber ? this.#words[1] : 0x7ff80000);
    return this;
  }

  addAll(x: Iterable<number>): this {
    for (const value of x) this.add(value);
    return this;
  }

  digest(): string {
    return [this.#high, this.#low].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #addWord(word: number): void {
    this.#low = Math.imul(this.#low ^ word, 0x01000193);
    this.#high = Math.imul(this.#high ^ word ^ (this.#low >>> 15), 0x01000193);
  }
}
