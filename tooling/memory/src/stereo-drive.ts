import type { KeyFrame } from "@slam/ba";
import { type CameraModel, stereo } from "@slam/camera";
import { apartment, type MovingCamera, simulateDrive } from "@slam/sim";

const camera: MovingCamera & { readonly model: CameraModel } = {
  model: stereo,
  intrinsics: [320, 320, 320, 240, 0.12],
  limits: [
    [0, 640],
    [0, 640],
    [0, 480],
  ],
  sigma: [0.5, 0.5, 0.5],
  range: [0.3, 10],
};

/**
 * Key frames through an apartment, each with so many landmarks, from where they truly were: as many at every time, so that a window's size is steady.
 *
 * @param trackLength key frames that see a landmark.
 */
export function stereoDrive(
  features: number,
  frames: number,
  trackLength = 8,
): { readonly intrinsics: ArrayLike<number>; readonly keyFrames: readonly KeyFrame[] } {
  const drive = simulateDrive(apartment({ rate: 10, seed: 3 }), camera, { features, trackLength, seed: 3 });
  const keyFrames = drive.frames.slice(0, frames).map(({ track, measurements }, k) => ({
    pose: drive.truth.subarray(7 * k, 7 * k + 7),
    landmark: track,
    measurements,
  }));
  return { intrinsics: camera.intrinsics, keyFrames };
}
