import { readStereo, type StereoFiles, stereoFiles } from "@slam/ba";
import { type CameraModel, stereo } from "@slam/camera";
import { associate, type FileTrajectory, selectPoses } from "@slam/eval";
import type { Camera, Frame } from "@slam/odometry";
import { apartment, type Drive, type DriveWorld, landmarksAround, type MovingCamera, sampleMotion, simulateDrive } from "@slam/sim";
import { InputError, UsageError } from "./failure.ts";
import { readBytes } from "./read-bytes.ts";
import { readTrajectoryFile } from "./trajectory-file.ts";

/** Frames as a front end gives them, and what is known besides. */
export interface OdometryInput {
  readonly kind: "stereo" | "trajectory" | "world";
  readonly camera: Camera;
  readonly frames: readonly Frame[];
  /** Where the camera truly was: of the frames with these times. */
  readonly truth?: { readonly times: Float64Array; readonly poses: Float64Array };
  /** The true landmark behind a track, where it is simulated. */
  readonly landmarkOf?: (track: number) => number | undefined;
}

/** Frames a second of files that have no times. */
const KITTI_RATE = 10;

/** Of a simulated camera: landmarks that it follows at a time, and frames of the longest track. */
const FEATURES = 100;
const TRACK_LENGTH = 30;

export interface InputOptions {
  readonly rate?: number | undefined;
  readonly seed: number;
  readonly truth?: string | undefined;
}

/** An apartment that a robot patrols with a stereo camera. */
export function simulatedWorld({ rate = KITTI_RATE, seed }: InputOptions): OdometryInput {
  return simulated("world", apartment({ rate, seed }), pairOf(1), seed);
}

/** A stereo problem's features, or what a simulated camera measures that goes along a trajectory. */
export async function readOdometryInput(file: string, options: InputOptions): Promise<OdometryInput> {
  const names = stereoFiles(file);
  if (names !== undefined) return readStereoFrames(names, options.truth);
  if (options.truth !== undefined)
    throw new UsageError("--truth goes with a file of stereo features: of a simulated camera the truth is known");
  const { timestamps, poses } = await readTrajectoryFile(file);
  const recorded = { timestamps: timestamps ?? indexTimes(poses.length / 7), poses };
  if (recorded.timestamps.length < 2) throw new InputError(`${file}: a camera that moves has two poses or more`);
  const motion = sampleMotion(recorded, options.rate ?? KITTI_RATE);
  const camera = pairOf(speedOf(motion));
  const landmarks = landmarksAround(motion, camera, { perFrame: FEATURES, seed: options.seed });
  return simulated("trajectory", { ...motion, landmarks }, camera, options.seed);
}

function simulated(kind: "trajectory" | "world", world: DriveWorld, camera: SimulatedCamera, seed: number): OdometryInput {
  const drive = simulateDrive(world, camera, { features: FEATURES, trackLength: TRACK_LENGTH, seed });
  const { times, truth: poses } = drive;
  const frames = drive.frames.map((frame, k) => ({ ...frame, time: times[k]! }));
  return { kind, camera, frames, truth: { times, poses }, landmarkOf: landmarksOf(drive) };
}

type SimulatedCamera = MovingCamera & { readonly model: CameraModel };

/** 90 degrees wide, half a pixel of noise. Its baseline and its range grow with the speed, so that tracks last as long on a road as in a room. */
function pairOf(speed: number): SimulatedCamera {
  const size = Math.min(Math.max(speed, 1), 5);
  const image = [
    [0, 640],
    [0, 640],
    [0, 480],
  ] as const;
  return {
    model: stereo,
    intrinsics: [320, 320, 320, 240, 0.12 * size],
    limits: image,
    sigma: [0.5, 0.5, 0.5],
    range: [0.3 * size, 10 * size],
  };
}

/** Metres a second, on average. */
function speedOf({ timestamps, poses }: { readonly timestamps: Float64Array; readonly poses: Float64Array }): number {
  let path = 0;
  for (let at = 7; at < poses.length; at += 7) path += Math.hypot(...[0, 1, 2].map((a) => poses[at + a]! - poses[at - 7 + a]!));
  return path / (timestamps.at(-1)! - timestamps[0]!);
}

function landmarksOf({ frames }: Drive): (track: number) => number | undefined {
  const landmarks = new Map<number, number>();
  for (const { track, landmark } of frames) for (const [i, number] of track.entries()) landmarks.set(number, landmark[i]!);
  return (track) => landmarks.get(track);
}

async function readStereoFrames(names: StereoFiles<string>, truthFile: string | undefined): Promise<OdometryInput> {
  const [factors, poses, calibration] = await Promise.all([readBytes(names.factors), readBytes(names.poses), readBytes(names.calibration)]);
  const { bundle, cameraIds, landmarkIds } = readStereo({ factors, poses, calibration }, names);
  const seen = cameraIds.map(() => ({ track: [] as number[], measurements: [] as number[] }));
  for (const [i, c] of bundle.camera.entries()) {
    seen[c]!.track.push(landmarkIds[bundle.point[i]!]!);
    seen[c]!.measurements.push(...bundle.measurements.subarray(3 * i, 3 * i + 3));
  }
  const order = [...cameraIds.keys()].sort((a, b) => cameraIds[a]! - cameraIds[b]!);
  const ids = order.map((c) => cameraIds[c]!);
  const frames = order.map((c) => ({ time: cameraIds[c]! / KITTI_RATE, ...seen[c]! }));
  const camera = { model: stereo, intrinsics: bundle.intrinsics };
  return { kind: "stereo", camera, frames, ...(truthFile !== undefined && { truth: await readFrameTruth(truthFile, ids) }) };
}

/** True poses of frames with these numbers: rows of a file without times, or by time at ten frames a second. */
async function readFrameTruth(file: string, ids: readonly number[]): Promise<{ times: Float64Array; poses: Float64Array }> {
  const { timestamps, poses }: FileTrajectory = await readTrajectoryFile(file);
  const truth = { timestamps: timestamps ?? indexTimes(poses.length / 7), poses };
  const times = Float64Array.from(ids, (id) => id / KITTI_RATE);
  const { reference, estimate } = associate(truth.timestamps, times, 0.01);
  if (reference.length === 0) throw new InputError(`${file}: no pose has the time of a frame`);
  // Of the frames they are the truth of: a clock that is a few milliseconds off may be no frame's.
  return { times: Float64Array.from(estimate, (frame) => times[frame]!), poses: selectPoses(truth, reference).poses };
}

function indexTimes(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => k / KITTI_RATE);
}
