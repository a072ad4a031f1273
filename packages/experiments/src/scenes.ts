import { stereo } from "@slam/camera";
import { apartment, landmarksAround, type Motion, sampleMotion } from "@slam/sim";
import type { Scene } from "./scene.ts";

/** Key frames come at 10 Hz, as published. */
const RATE = 10;

/** A motion that was recorded in the world; what its camera sees is simulated. */
export interface Recording {
  readonly kind: "recording";
  readonly name: string;
  /** Where: it says how far landmarks and how wide apart the stereo pair's cameras are. */
  readonly surroundings: "street" | "room";
  readonly motion: Motion;
}

/** A pair on a car, 0.54 m apart, as KITTI's; its landmarks are 4 to 40 m away. */
const CAR = {
  camera: {
    model: stereo,
    intrinsics: [718, 718, 607, 185, 0.54],
    limits: [
      [0, 1241],
      [-60, 1241],
      [0, 376],
    ],
    sigma: [1, 1, 1],
    range: [4, 40],
  },
  start: { translation: 0.05, rotation: 0.002 },
  radius: 6,
  stride: 2,
} as const;

/** A pair on a small robot, 0.1 m apart; its landmarks are 0.4 to 8 m away, and a pixel is the noise. */
export const robotCamera: Scene["camera"] = {
  model: stereo,
  intrinsics: [380, 380, 320, 240, 0.1],
  limits: [
    [0, 640],
    [-100, 640],
    [0, 480],
  ],
  sigma: [1, 1, 1],
  range: [0.4, 8],
};

const ROBOT = {
  camera: robotCamera,
  start: { translation: 0.01, rotation: 0.005 },
  radius: 0.5,
  stride: 5,
} as const;

/** A robot's patrol of an apartment; furniture, landmarks and the order of rooms are the seed's. */
export interface Patrol {
  readonly kind: "patrol";
  readonly name: string;
  readonly metres: number;
  readonly seed: number;
}

/** What a scene is made from, always to the same bits. */
export type SceneSource = Recording | Patrol;

export function sceneOf(source: SceneSource): Scene {
  if (source.kind === "patrol") {
    const world = apartment({ length: source.metres, rate: RATE, landmarks: 8000, seed: source.seed });
    return { name: source.name, isRecorded: false, world, ...ROBOT };
  }
  const kit = source.surroundings === "street" ? CAR : ROBOT;
  const sampled = sampleMotion(source.motion, RATE);
  const world = { ...sampled, landmarks: landmarksAround(sampled, kit.camera, { perFrame: 60 }) };
  return { name: source.name, isRecorded: true, world, ...kit };
}
