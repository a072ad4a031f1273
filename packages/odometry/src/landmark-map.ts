import { se3 } from "@slam/lie";
import type { Place } from "./places/place.ts";

interface Landmark {
  /** The key frame that it is kept in the frame of. */
  anchor: number;
  readonly position: Float64Array;
  views: number;
}

/**
 * Landmarks in the frames of key frames: each in that of the last one that saw it, which moves it along when the graph is corrected. A landmark that is seen again after its track was lost is another.
 */
export class LandmarkMap {
  readonly #landmarks = new Map<number, Landmark>();

  add({ id, track, points }: Place): void {
    for (const [k, number] of track.entries()) {
      const landmark = this.#landmarks.get(number) ?? { anchor: id, position: new Float64Array(3), views: 0 };
      this.#landmarks.set(number, landmark);
      landmark.anchor = id;
      landmark.position.set(points.subarray(3 * k, 3 * k + 3));
      landmark.views++;
    }
  }

  /** Where those are that two key frames or more saw, for these poses of the key frames. */
  at(poses: Float64Array): { readonly tracks: Int32Array; readonly points: Float64Array } {
    const seen = [...this.#landmarks].filter(([, { views }]) => views >= 2);
    const points = new Float64Array(3 * seen.length);
    for (const [k, [, { anchor, position }]] of seen.entries()) se3.act(poses, 7 * anchor, position, 0, points, 3 * k);
    return { tracks: Int32Array.from(seen, ([number]) => number), points };
  }
}
