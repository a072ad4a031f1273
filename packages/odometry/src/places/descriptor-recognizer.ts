import { checkInteger, checkNumber } from "@slam/errors";
import { DescriptorIndex } from "./descriptor-index.ts";
import { DESCRIPTOR_WORDS, hamming, wordsOf } from "./hamming.ts";
import type { Place, PlaceMatch, PlaceRecognizer } from "./place.ts";

export interface DescriptorRecognizerOptions {
  /** Key frames before a new one that are no loop: they see what it sees since it has just been there. Default 50. */
  readonly recent?: number;
  /** Landmarks that two places have to share. Default 20. */
  readonly leastMatches?: number;
  /** Bits in which two views of a landmark may differ, of 256. Default 64. */
  readonly distance?: number;
  /** A match is taken where the next best landmark of that place differs in more bits than it over this. Default 0.8. */
  readonly ratio?: number;
  /** Places at most that are returned for one. Default 1. */
  readonly most?: number;
}

/**
 * Recognises places by the descriptors of their landmarks: an index finds the earlier places that share many, and those are matched with the new one, landmark by
 * landmark, both ways, by the ratio of the best to the next best.
 *
 * @see Lowe, Distinctive image features from scale-invariant keypoints, IJCV 60, 2004: the ratio test.
 */
export class DescriptorRecognizer implements PlaceRecognizer {
  readonly #options: Required<DescriptorRecognizerOptions>;
  readonly #index = new DescriptorIndex();

  /** @throws OptionError for options out of range. */
  constructor(options: DescriptorRecognizerOptions = {}) {
    const { recent = 50, leastMatches = 20, distance = 64, ratio = 0.8, most = 1 } = options;
    checkInteger("recent", recent, 0);
    checkInteger("leastMatches", leastMatches, 3);
    checkInteger("distance", distance, 0, 255);
    checkNumber("ratio", ratio, 0, 1);
    checkInteger("most", most, 1);
    this.#options = { recent, leastMatches, distance, ratio, most };
  }

  recognize(place: Place): readonly PlaceMatch[] {
    if (place.descriptors === undefined) return [];
    const words = wordsOf(place.descriptors);
    const matches = this.#matches(place.id, words);
    this.#index.add(words, place.id);
    return matches;
  }

  #matches(id: number, words: Int32Array): readonly PlaceMatch[] {
    const { recent, leastMatches, distance, most } = this.#options;
    const votes = new Map<number, number>();
    for (let i = 0; i < words.length / DESCRIPTOR_WORDS; i++) this.#index.vote(words, i, distance, id - recent, votes);
    const likely = [...votes].filter(([, count]) => count >= leastMatches).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const matches: PlaceMatch[] = [];
    for (const [earlier] of likely.slice(0, most)) {
      const pairs = this.#pairs(this.#index.wordsOf(earlier), words);
      if (pairs.length >= 2 * leastMatches) matches.push({ id: earlier, pairs });
    }
    return matches;
  }

  /** Landmarks each of which is the other's best, and clearly so. */
  #pairs(earlier: Int32Array, later: Int32Array): Int32Array {
    const ofEarlier = new Nearest(earlier.length / DESCRIPTOR_WORDS);
    const ofLater = new Nearest(later.length / DESCRIPTOR_WORDS);
    for (let i = 0; i < ofEarlier.best.length; i++) {
      for (let j = 0; j < ofLater.best.length; j++) {
        const bits = hamming(earlier, i, later, j);
        ofEarlier.offer(i, j, bits);
        ofLater.offer(j, i, bits);
      }
    }
    const { distance, ratio } = this.#options;
    const pairs: number[] = [];
    for (const [j, i] of ofLater.best.entries()) {
      if (ofLater.isClear(j, distance, ratio) && ofEarlier.best[i] === j && ofEarlier.isClear(i, distance, ratio)) pairs.push(i, j);
    }
    return Int32Array.from(pairs);
  }
}

/** Of each of n descriptors the nearest of others, and how near it and the next best are. */
class Nearest {
  readonly best: Int32Array;
  readonly #least: Float64Array;
  readonly #next: Float64Array;

  constructor(n: number) {
    this.best = new Int32Array(n).fill(-1);
    this.#least = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    this.#next = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  }

  offer(i: number, other: number, bits: number): void {
    if (bits < this.#least[i]) {
      this.#next[i] = this.#least[i];
      this.#least[i] = bits;
      this.best[i] = other;
    } else if (bits < this.#next[i]) this.#next[i] = bits;
  }

  isClear(i: number, distance: number, ratio: number): boolean {
    return this.#least[i] <= distance && this.#least[i] < ratio * this.#next[i];
  }
}
