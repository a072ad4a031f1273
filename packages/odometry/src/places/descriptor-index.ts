import { DESCRIPTOR_WORDS, hamming } from "./hamming.ts";

/** Chunks of 16 bits in a descriptor, each with a table of its own. */
const CHUNKS = 2 * DESCRIPTOR_WORDS;
const BUCKETS = 2 ** 16;

/**
 * An inverted index of 256-bit descriptors without a vocabulary: 16 tables, one for each chunk of 16 bits, from the chunk's value to the descriptors that have it. Two
 * views of a landmark that differ in at most 15 bits share a chunk for certain; in 24 bits spread at random they do with a probability of 0.98. Others rarely do.
 *
 * @see Norouzi, Punjani and Fleet, Fast search in Hamming space with multi-index hashing, CVPR 2012.
 */
export class DescriptorIndex {
  readonly #head = new Int32Array(CHUNKS * BUCKETS).fill(-1);
  /** Entry e: its words, its place, and the entry before it in each of its buckets. */
  #words = new Int32Array(0);
  #place = new Int32Array(0);
  #next = new Int32Array(0);
  /** By entry, the query that has looked at it last. */
  #asked = new Int32Array(0);
  /** Of each place its first entry and the one behind its last. */
  readonly #entries = new Map<number, readonly [from: number, to: number]>();
  #count = 0;
  #query = 0;

  /** Takes descriptors, n x 8 words, of a place. */
  add(words: Int32Array, place: number): void {
    const n = words.length / DESCRIPTOR_WORDS;
    this.#reserve(this.#count + n);
    this.#entries.set(place, [this.#count, this.#count + n]);
    this.#words.set(words, this.#count * DESCRIPTOR_WORDS);
    for (let i = 0; i < n; i++) {
      const e = this.#count++;
      this.#place[e] = place;
      for (let c = 0; c < CHUNKS; c++) {
        const bucket = c * BUCKETS + chunkOf(words, i, c);
        this.#next[e * CHUNKS + c] = this.#head[bucket];
        this.#head[bucket] = e;
      }
    }
  }

  /** The descriptors of a place that was added. */
  wordsOf(place: number): Int32Array {
    const [from, to] = this.#entries.get(place)!;
    return this.#words.subarray(from * DESCRIPTOR_WORDS, to * DESCRIPTOR_WORDS);
  }

  /** Adds one vote, of descriptor i, to each place before `before` that has one at most `distance` bits away. */
  vote(words: Int32Array, i: number, distance: number, before: number, votes: Map<number, number>): void {
    this.#query++;
    const voted = new Set<number>();
    for (let c = 0; c < CHUNKS; c++) {
      for (let e = this.#head[c * BUCKETS + chunkOf(words, i, c)]; e >= 0; e = this.#next[e * CHUNKS + c]) {
        if (this.#asked[e] === this.#query) continue;
        this.#asked[e] = this.#query;
        const place = this.#place[e];
        if (place >= before || voted.has(place) || hamming(words, i, this.#words, e) > distance) continue;
        voted.add(place);
        votes.set(place, (votes.get(place) ?? 0) + 1);
      }
    }
  }

  #reserve(count: number): void {
    if (count <= this.#place.length) return;
    const capacity = Math.max(count, 2 * this.#place.length, 1024);
    const grown = (old: Int32Array, width: number): Int32Array<ArrayBuffer> => {
      const wider = new Int32Array(capacity * width);
      wider.set(old);
      return wider;
    };
    this.#words = grown(this.#words, DESCRIPTOR_WORDS);
    this.#place = grown(this.#place, 1);
    this.#next = grown(this.#next, CHUNKS);
    this.#asked = grown(this.#asked, 1);
  }
}

function chunkOf(words: Int32Array, i: number, c: number): number {
  return (words[i * DESCRIPTOR_WORDS + (c >> 1)] >>> (16 * (c & 1))) & 0xffff;
}
