/**
 * What a key frame saw, once the window is done with it: n landmarks that were located. Positions are in the camera's own frame, which no later correction moves.
 */
export interface Place {
  /** The key frame's number, counted from 0. */
  readonly id: number;
  /** Seconds. */
  readonly time: number;
  readonly track: Int32Array;
  /** n x 3, metres. */
  readonly points: Float64Array;
  /** n x model.measurement.length, each over its standard deviation. */
  readonly measurements: Float64Array;
  /** n x 32 bytes, where the front end gives them. */
  readonly descriptors?: Uint8Array;
}

/** An earlier place that a new one looks like: by landmarks that both show, or by a motion between them that was measured otherwise. */
export type PlaceMatch =
  | {
      /** The earlier key frame. */
      readonly id: number;
      /** Pairs, one after another: the index of a landmark in the earlier place, its index in the new one. Some may be wrong. */
      readonly pairs: Int32Array;
    }
  | {
      readonly id: number;
      /** X_id^-1 X_new. */
      readonly measurement: Float64Array;
      /** 6 x 6, of the xi = [t; theta] of measurement Exp(xi). */
      readonly covariance: Float64Array;
    };

/** Says which places have been seen before. Implement it for one of your own: nothing asks which it is. */
export interface PlaceRecognizer {
  /** What a new place looks like among those it was given before, likeliest first; and remembers it. Places come in the order of ids. */
  recognize(place: Place): readonly PlaceMatch[];
}
