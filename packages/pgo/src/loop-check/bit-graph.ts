/** An undirected graph as rows of bits, none of a vertex with itself: 32 vertices a word, n^2 / 8 bytes. */
export class BitGraph {
  readonly n: number;
  /** Words of a row. */
  readonly words: number;
  /** Row v, from v words on: bit u % 32 of word u / 32 is set where v and u are neighbours. */
  readonly rows: Int32Array;

  constructor(n: number) {
    this.n = n;
    this.words = (n + 31) >>> 5;
    this.rows = new Int32Array(n * this.words);
  }

  join(u: number, v: number): void {
    this.rows[u * this.words + (v >>> 5)] |= 1 << (v & 31);
    this.rows[v * this.words + (u >>> 5)] |= 1 << (u & 31);
  }

  has(u: number, v: number): boolean {
    return ((this.rows[u * this.words + (v >>> 5)] >>> (v & 31)) & 1) === 1;
  }

  degree(v: number): number {
    let degree = 0;
    for (let at = v * this.words; at < (v + 1) * this.words; at++) degree += bitCount(this.rows[at]);
    return degree;
  }

  /** The graph of these vertices alone: vertex k is vertices[k]. */
  induced(vertices: readonly number[]): BitGraph {
    const part = new BitGraph(vertices.length);
    for (let j = 1; j < vertices.length; j++) for (let i = 0; i < j; i++) if (this.has(vertices[i], vertices[j])) part.join(i, j);
    return part;
  }
}

/** Bits that are set in a word of 32. */
export function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return (((x + (x >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** The place of the lowest bit that is set, of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
