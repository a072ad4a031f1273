/** Vertices 0 ... n - 1 by their gains, the greatest first: a binary heap that knows where each is. */
export class GainQueue {
  readonly #heap: Int32Array;
  readonly #place: Int32Array;
  readonly #gain: Int32Array;
  #size = 0;

  constructor(n: number) {
    this.#heap = new Int32Array(n);
    this.#place = new Int32Array(n).fill(-1);
    this.#gain = new Int32Array(n);
  }

  /** The vertex of greatest gain; -1 if there is none. */
  get first(): number {
    return this.#size === 0 ? -1 : this.#heap[0];
  }

  gain(v: number): number {
    return this.#gain[v];
  }

  /** Enters v, or changes its gain if it is in. */
  put(v: number, gain: number): void {
    if (this.#place[v] === -1) this.#place[v] = this.#size++;
    this.#gain[v] = gain;
    this.#sink(this.#rise(this.#place[v], v), v);
  }

  /** Changes the gain of v if it is in. */
  add(v: number, change: number): void {
    if (this.#place[v] !== -1) this.put(v, this.#gain[v] + change);
  }

  remove(v: number): void {
    const hole = this.#place[v];
    if (hole === -1) return;
    this.#place[v] = -1;
    const last = this.#heap[--this.#size];
    if (last !== v) this.#sink(this.#rise(hole, last), last);
  }

  clear(): void {
    for (let k = 0; k < this.#size; k++) this.#place[this.#heap[k]] = -1;
    this.#size = 0;
  }

  /** Puts v where no gain above it is less; `at` is free. */
  #rise(at: number, v: number): number {
    const heap = this.#heap;
    const gain = this.#gain;
    let k = at;
    while (k > 0) {
      const above = (k - 1) >> 1;
      if (gain[heap[above]] >= gain[v]) break;
      heap[k] = heap[above];
      this.#place[heap[k]] = k;
      k = above;
    }
    heap[k] = v;
    this.#place[v] = k;
    return k;
  }

  /** Puts v, which is at `at`, where no gain below it is greater. */
  #sink(at: number, v: number): void {
    const heap = this.#heap;
    const gain = this.#gain;
    let k = at;
    for (let below = 2 * k + 1; below < this.#size; below = 2 * k + 1) {
      if (below + 1 < this.#size && gain[heap[below + 1]] > gain[heap[below]]) below++;
      if (gain[heap[below]] <= gain[v]) break;
      heap[k] = heap[below];
      this.#place[heap[k]] = k;
      k = below;
    }
    heap[k] = v;
    this.#place[v] = k;
  }
}
