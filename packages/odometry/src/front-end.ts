import type { CameraModel } from "@slam/camera";

/** What a front end makes of one moment: m tracked landmarks. Arrays are read while the call lasts that they are given to. */
export interface Frame {
  /** Seconds, later than that of the frame before. */
  readonly time: number;
  /** Of each observation the number of its track: a whole number, none twice. A landmark whose track was lost comes back under another. */
  readonly track: ArrayLike<number>;
  /** m x model.measurement.length. */
  readonly measurements: ArrayLike<number>;
  /** m x 32 bytes: 256 bits of what each landmark looks like. Default none, which places are then not recognised by. */
  readonly descriptors?: Uint8Array;
}

/** A camera as the odometry knows it. */
export interface Camera {
  /** One that measures depth, as `stereo` and `rgbd` do. */
  readonly model: CameraModel;
  /** As many as `model.intrinsics`. */
  readonly intrinsics: ArrayLike<number>;
  /** Standard deviations of the components of a measurement, each in its own unit. Default 1 each. */
  readonly sigma?: ArrayLike<number>;
}

/**
 * What makes frames: of images, of a simulated drive, of a file. It tracks; the odometry does the rest.
 */
export interface FrontEnd<Input> {
  readonly camera: Camera;
  /** The frame that the input shows; undefined where it shows none. */
  track(input: Input): Frame | undefined | Promise<Frame | undefined>;
}
