import type { SlidingWindow } from "@slam/ba";

interface LiveTrack {
  /** Key frames that see it and have not been settled. */
  waiting: number;
  /** In the window's world, where the window had it last. */
  position: Float64Array | undefined;
}

/**
 * Where the landmarks are that key frames not settled yet have seen. A window lets go of a landmark with the first key frame that saw it, once its track has ended, while the others that saw it
 * are still in it: their places are made of these.
 */
export class LiveTracks {
  readonly #tracks = new Map<number, LiveTrack>();

  /** A key frame sees these from now on. */
  see(tracks: Int32Array): void {
    for (const number of tracks) {
      const track = this.#tracks.get(number);
      if (track === undefined) this.#tracks.set(number, { waiting: 1, position: undefined });
      else track.waiting++;
    }
  }

  /** Takes positions as the window has them. */
  locate(landmarks: SlidingWindow["landmarks"]): void {
    for (const [number, position] of landmarks) {
      const track = this.#tracks.get(number);
      if (track !== undefined) track.position = position;
    }
  }

  /** Which of these tracks have a position, and where: 3 numbers each. */
  located(tracks: Int32Array): { readonly located: Int32Array; readonly points: Float64Array } {
    const located = Int32Array.from(tracks.keys()).filter((at) => this.#tracks.get(tracks[at])?.position !== undefined);
    const points = new Float64Array(3 * located.length);
    for (const [k, at] of located.entries()) points.set(this.#tracks.get(tracks[at])!.position!, 3 * k);
    return { located, points };
  }

  /** A key frame that saw these is settled. */
  settle(tracks: Int32Array): void {
    for (const number of tracks) {
      const track = this.#tracks.get(number)!;
      track.waiting--;
      if (track.waiting === 0) this.#tracks.delete(number);
    }
  }
}
