import type { KeyFrame } from "@slam/ba";
import { type CameraModel, newProjection } from "@slam/camera";
import { se3 } from "@slam/lie";

export interface StreetOptions {
  readonly model: CameraModel;
  readonly intrinsics: readonly number[];
  readonly frames: number;
  /** For each landmark the frames that see it, ascending. */
  readonly tracks: readonly (readonly number[])[];
  /** Of measurements, in their own unit, and of the poses given, in metres and radians. */
  readonly noise?: number;
  readonly away?: number;
  readonly seed?: number;
}

/** A drive along z through landmarks ahead, with a turn; key frames as a window takes them, and the true poses. */
export interface Street {
  readonly truth: Float64Array;
  readonly landmarks: Float64Array;
  readonly keyFrames: readonly KeyFrame[];
}

export function street({ model, intrinsics, frames, tracks, noise = 0, away = 0, seed = 1 }: StreetOptions): Street {
  const random = seeded(seed);
  const signed = (): number => 2 * random() - 1;
  const truth = new Float64Array(7 * frames);
  se3.identity(truth, 0);
  for (let k = 1; k < frames; k++) {
    se3.retract(
      truth,
      7 * (k - 1),
      Float64Array.of(0.1 * signed(), 0.05 * signed(), 1, 0.01 * signed(), 0.05 + 0.02 * signed(), 0.01 * signed()),
      0,
      truth,
      7 * k,
    );
  }
  const landmarks = new Float64Array(3 * tracks.length);
  for (const [l, track] of tracks.entries()) {
    // Ahead of the last frame that sees it, so that all do.
    const last = track[track.length - 1];
    se3.act(truth, 7 * last, Float64Array.of(3 * signed(), 2 * signed(), 5 + 3 * random()), 0, landmarks, 3 * l);
  }
  const q = new Float64Array(3);
  const inverse = new Float64Array(7);
  const out = newProjection(model);
  const keyFrames = Array.from({ length: frames }, (_, k): KeyFrame => {
    const pose = new Float64Array(7);
    se3.retract(
      truth,
      7 * k,
      Float64Array.from({ length: 6 }, () => (k === 0 ? 0 : away * signed())),
      0,
      pose,
      0,
    );
    se3.inverse(truth, 7 * k, inverse, 0);
    const landmark: number[] = [];
    const measurements: number[] = [];
    for (const [l, track] of tracks.entries()) {
      if (!track.includes(k)) continue;
      se3.act(inverse, 0, landmarks, 3 * l, q, 0);
      model.project(intrinsics, q, out, false);
      landmark.push(l);
      measurements.push(...out.value.map((z) => z + noise * signed()));
    }
    return { pose, landmark, measurements };
  });
  return { truth, landmarks, keyFrames };
}

/** Tracks of frames one after the other, `perFrame` of them beginning at each. */
export function steadyTracks(frames: number, length: number, perFrame: number): number[][] {
  const tracks: number[][] = [];
  for (let first = 1 - length; first < frames; first++) {
    const seenBy = Array.from({ length }, (_, k) => first + k).filter((k) => k >= 0 && k < frames);
    for (let n = 0; n < perFrame; n++) tracks.push(seenBy);
  }
  return tracks;
}

/** Numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
