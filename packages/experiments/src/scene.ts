import type { CameraModel } from "@slam/camera";
import { selectPoses } from "@slam/eval";
import type { DriveWorld, MovingCamera } from "@slam/sim";

/** Where the estimations and the graphs come from: a camera on its way through landmarks. */
export interface Scene {
  readonly name: string;
  /** Whether the motion was recorded in the world; landmarks and measurements are simulated in either case. */
  readonly isRecorded: boolean;
  /** One pose a key frame. */
  readonly world: DriveWorld;
  readonly camera: MovingCamera & { readonly model: CameraModel };
  /** Of the poses that an estimation starts from: what a step of a wheel odometry may err by, in metres and radians. */
  readonly start: { readonly translation: number; readonly rotation: number };
  /** Of the graphs: within how many metres of a place the robot knows it again, and of how many key frames one is a pose. */
  readonly radius: number;
  readonly stride: number;
}

/** Key frames `first` ... `first + count - 1` of a scene's world. */
export function excerpt({ timestamps, poses, ...world }: DriveWorld, first: number, count: number): DriveWorld {
  return { ...world, timestamps: timestamps.slice(first, first + count), poses: poses.slice(7 * first, 7 * (first + count)) };
}

/** How many poses the longest graph of a scene has. */
export function graphPoses({ world, stride }: Scene): number {
  return Math.ceil(world.timestamps.length / stride);
}

/** The first `count` poses of a scene's graphs. */
export function graphTruth({ world, stride }: Scene, count: number): Float64Array {
  const indices = Int32Array.from({ length: count }, (_, k) => stride * k);
  return selectPoses(world, indices).poses;
}
