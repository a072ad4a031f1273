import { type BitGraph, bitCount, lowestBit } from "./bit-graph.ts";

/** What is left of what a search may cost, in words of bits read. */
export interface Effort {
  words: number;
}

export interface SearchResult {
  readonly members: readonly number[];
  readonly bound: number;
  /** Whether there is none with more members. */
  readonly isExact: boolean;
}

/**
 * The largest clique among some vertices by branch and bound. A set of vertices that falls into k sets without neighbours among them, its colours, has no
 * clique of more than k.
 *
 * @param vertices those likely to be in a large clique first.
 * @param known a clique among them.
 * @param effort what it may cost, less what it did; where that ends, the largest so far is returned.
 */
export function searchClique(graph: BitGraph, vertices: readonly number[], known: readonly number[], effort: Effort): SearchResult {
  if (vertices.length === known.length) return { members: known, bound: known.length, isExact: true };
  const search = new CliqueSearch(graph.induced(vertices), known.length, effort);
  const found = search.run();
  const members = found === undefined ? known : found.map((k) => vertices[k]);
  return { members, bound: search.isExact ? members.length : search.bound, isExact: search.isExact };
}

/** What may be added to the members: those candidates, all of which are neighbours of each of them, that are worth trying, by colours, ascending. */
interface Level {
  readonly candidates: Int32Array;
  readonly vertices: number[];
  readonly colours: number[];
}

class CliqueSearch {
  /** Whether the search came to its end. */
  isExact = true;
  /** The number of colours of all vertices. */
  bound = 0;
  readonly #graph: BitGraph;
  readonly #effort: Effort;
  readonly #members: number[] = [];
  #best: readonly number[] | undefined;
  #size: number;

  constructor(graph: BitGraph, known: number, effort: Effort) {
    this.#graph = graph;
    this.#size = known;
    this.#effort = effort;
  }

  /** A clique larger than that known, or undefined. Levels are kept here and not on the engine's stack: there are as many as members. */
  run(): readonly number[] | undefined {
    const all = new Int32Array(this.#graph.words);
    for (let v = 0; v < this.#graph.n; v++) all[v >>> 5] |= 1 << (v & 31);
    const levels = [this.#colour(all)];
    this.bound = Math.max(this.#size, levels[0].colours.at(-1) ?? 0);
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const v = level.vertices.pop();
      const colour = level.colours.pop();
      if (v === undefined || colour === undefined || this.#members.length + colour <= this.#size) {
        levels.pop();
        this.#members.pop();
        continue;
      }
      if (this.#effort.words <= 0) {
        this.isExact = false;
        break;
      }
      this.#members.push(v);
      const next = this.#neighbours(level.candidates, v);
      level.candidates[v >>> 5] &= ~(1 << (v & 31));
      if (next !== undefined) levels.push(this.#colour(next));
      else this.#close();
    }
    return this.#best;
  }

  /** The members are as many as they can be. */
  #close(): void {
    if (this.#members.length > this.#size) {
      this.#size = this.#members.length;
      this.#best = [...this.#members];
    }
    this.#members.pop();
  }

  /** Those candidates that are neighbours of v; undefined where there is none. */
  #neighbours(candidates: Int32Array, v: number): Int32Array | undefined {
    const { words, rows } = this.#graph;
    this.#effort.words -= words;
    const next = candidates.map((word, w) => word & rows[v * words + w]);
    return next.some((word) => word !== 0) ? next : undefined;
  }

  /**
   * Each candidate gets the lowest colour that none of its neighbours has, in the order of vertices; left out are those with which the members can't become
   * more than the best.
   */
  #colour(candidates: Int32Array): Level {
    const { words, rows } = this.#graph;
    const enough = this.#size - this.#members.length;
    const uncoloured = candidates.slice();
    const free = new Int32Array(words);
    const vertices: number[] = [];
    const colours: number[] = [];
    let left = candidates.reduce((sum, word) => sum + bitCount(word), 0);
    for (let colour = 1; left > 0; colour++) {
      free.set(uncoloured);
      this.#effort.words -= words;
      for (let w = 0; w < words; w++) {
        while (free[w] !== 0) {
          const bit = 1 << lowestBit(free[w]);
          const v = 32 * w + lowestBit(bit);
          for (let x = w; x < words; x++) free[x] &= ~rows[v * words + x];
          this.#effort.words -= words - w;
          free[w] &= ~bit;
          uncoloured[w] &= ~bit;
          left--;
          if (colour > enough) {
            vertices.push(v);
            colours.push(colour);
          }
        }
      }
    }
    return { candidates, vertices, colours };
  }
}
