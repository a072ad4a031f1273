import type { Random } from "./random.ts";

/**
 * Numbers tracks as a front end does that follows what it sees from frame to frame: a landmark keeps its track while it is seen in every frame and the track is not at its end; later it is another track.
 */
export class Tracks {
  readonly #track: Int32Array;
  readonly #lastFrame: Int32Array;
  /** Frames that are left to the track. */
  readonly #left: Int32Array;
  readonly #longest: number;
  readonly #random: Random;
  #count = 0;

  /** @param longest each track's length is drawn evenly from 2 ... longest, so that they do not end all at once; Infinity for tracks that end where the landmark is lost. */
  constructor(landmarks: number, longest: number, random: Random) {
    this.#track = new Int32Array(landmarks);
    this.#lastFrame = new Int32Array(landmarks).fill(-2);
    this.#left = new Int32Array(landmarks);
    this.#longest = longest;
    this.#random = random;
  }

  /** Whether a landmark seen in this frame would keep its track. */
  isFollowed(landmark: number, frame: number): boolean {
    return this.#lastFrame[landmark] === frame - 1 && this.#left[landmark] > 0;
  }

  /** @returns the track of a landmark seen in this frame; frames never fall. */
  follow(landmark: number, frame: number): number {
    if (!this.isFollowed(landmark, frame)) {
      this.#track[landmark] = this.#count++;
      this.#left[landmark] = this.#longest === Infinity ? 2 ** 31 - 1 : 2 + this.#random.integer(this.#longest - 1);
    }
    this.#left[landmark]--;
    this.#lastFrame[landmark] = frame;
    return this.#track[landmark];
  }
}
