/** A seeded source of bits (xorshift32): numbers of every magnitude, infinities, NaN and both zeros among them. */
export class RandomBits {
  #state: number;

  /** @param seed not 0. */
  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** Fills the bytes of an array. */
  fill<T extends ArrayBufferView>(array: T): T {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.next() >>> 11;
    return array;
  }

  /** In [-1, 1), with 32 bits. */
  fraction(): number {
    return this.next() / 2 ** 31 - 1;
  }
}
