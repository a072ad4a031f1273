import type { Bundle } from "@slam/ba";
import { snavely, stereo } from "@slam/camera";
import { apartment, type BundleScene, driveBundle, type MovingCamera, orbit, photos, street } from "@slam/sim";
import type { BundleFormat } from "./bundle-file.ts";

export interface SceneSettings {
  readonly poses: number;
  /** Default the scene's own. */
  readonly points: number | undefined;
  /** Standard deviation of a pixel's coordinates. */
  readonly sigma: number;
  readonly outliers: number;
  readonly seed: number;
}

/** A scene as a bundle that starts off the truth, and the truth. */
export type SceneBundle = Bundle & Pick<BundleScene, "truth" | "outlier">;

/** A pair of wide cameras on a robot, and one of KITTI's shape on a car: fx fy cx cy b; no camera makes more of a picture than 500 points. */
const ROBOT = { lens: [400, 400, 320, 240, 0.12], image: [640, 480], range: [0.3, 10] } as const;
const CAR = { lens: [720, 720, 620, 188, 0.54], image: [1240, 376], range: [1, 60] } as const;
const FEATURES = 500;

export interface Scene {
  readonly format: BundleFormat;
  make(settings: SceneSettings): SceneBundle;
}

/** The bundles that `slam generate` knows, by name. */
export const SCENES: { readonly [name: string]: Scene } = {
  orbit: { format: "BAL", make: (settings) => ({ model: snavely, ...orbit(snavely, given(settings)) }) },
  street: {
    format: "stereo",
    make(settings) {
      const world = street({ length: lengthOf(settings, 1), speed: 10, rate: 10, ...landmarksOf(settings) });
      return { model: stereo, ...driveBundle(world, cameraOf(CAR, settings), { ...disturbed(settings), points: "tracks" }) };
    },
  },
  apartment: {
    format: "stereo",
    make(settings) {
      const world = apartment({ length: lengthOf(settings, 0.2), speed: 0.6, rate: 3, ...landmarksOf(settings) });
      return { model: stereo, ...driveBundle(world, cameraOf(ROBOT, settings), disturbed(settings)) };
    },
  },
  photos: { format: "BAL", make: (settings) => ({ model: snavely, ...photos(snavely, given(settings)) }) },
};

/** Options without those that are not given. */
function given({ points, ...rest }: SceneSettings): Omit<SceneSettings, "points"> & { readonly points?: number } {
  return points === undefined ? rest : { ...rest, points };
}

/** Half a step more than from the first pose to the last, so that rounding loses none. */
function lengthOf({ poses }: SceneSettings, step: number): number {
  return (poses - 0.5) * step;
}

function landmarksOf({ points, seed }: SceneSettings): { readonly seed: number; readonly landmarks?: number } {
  return points === undefined ? { seed } : { seed, landmarks: points };
}

function disturbed({ outliers, seed }: SceneSettings): { readonly outliers: number; readonly seed: number; readonly features: number } {
  return { outliers, seed, features: FEATURES };
}

function cameraOf({ lens, image: [width, height], range }: typeof ROBOT | typeof CAR, { sigma }: SceneSettings): MovingCamera {
  const across = [0, width] as const;
  return { model: stereo, intrinsics: lens, limits: [across, across, [0, height]], sigma: [sigma, sigma, sigma], range };
}
