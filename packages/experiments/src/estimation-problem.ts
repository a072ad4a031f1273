import type { Bundle } from "@slam/ba";
import { se3 } from "@slam/lie";
import { type DriveFrame, driftPoses, simulateDrive } from "@slam/sim";
import { excerpt, type Scene } from "./scene.ts";

/** Landmarks measured in a frame: with 50 frames of a stereo camera, J has about 5,500 rows and 1,000 columns, as published. */
const FEATURES = 37;

export interface EstimationProblem {
  readonly truth: Float64Array;
  /** Started from noisy odometry, and from where the view of each landmark that sees it nearest puts it. */
  readonly bundle: Bundle;
}

/** What a camera has measured in key frames `first` ... `first + frames - 1` of a scene; landmarks seen once are left out. */
export function estimationProblem(scene: Scene, first: number, frames: number, seed: number): EstimationProblem {
  const { model, intrinsics } = scene.camera;
  const drive = simulateDrive(excerpt(scene.world, first, frames), scene.camera, { features: FEATURES, seed });
  const poses = driftPoses(drive.truth, { ...scene.start, seed });
  const points: number[] = [];
  const views: View[] = [];
  for (const track of tracksOf(drive.frames, model.measurement.length)) {
    const point = track.length > 1 ? placed(scene, poses, track) : undefined;
    if (point === undefined) continue;
    for (const view of track) views.push({ ...view, point: points.length / 3 });
    points.push(...point);
  }
  const bundle: Bundle = {
    model,
    poses,
    intrinsics: Float64Array.from(intrinsics),
    intrinsicsOf: new Int32Array(frames),
    points: Float64Array.from(points),
    camera: Int32Array.from(views, ({ frame }) => frame),
    point: Int32Array.from(views, ({ point }) => point),
    measurements: Float64Array.from(views.flatMap(({ measurement }) => [...measurement])),
  };
  return { truth: drive.truth, bundle };
}

interface Sight {
  readonly frame: number;
  readonly measurement: Float64Array;
}

interface View extends Sight {
  readonly point: number;
}

/** What was seen of each track, in order. */
function tracksOf(frames: readonly DriveFrame[], rows: number): Iterable<readonly Sight[]> {
  const tracks = new Map<number, Sight[]>();
  for (const [frame, { track, measurements }] of frames.entries()) {
    for (const [i, id] of track.entries()) {
      const sights = tracks.get(id) ?? [];
      if (sights.length === 0) tracks.set(id, sights);
      sights.push({ frame, measurement: measurements.subarray(rows * i, rows * (i + 1)) });
    }
  }
  return tracks.values();
}

/** Where the view that sees a landmark nearest, and so tells its depth best, puts it; undefined where noise leaves none a depth. */
function placed({ camera: { model, intrinsics } }: Scene, poses: Float64Array, track: readonly Sight[]): Float64Array | undefined {
  const seen = new Float64Array(3);
  const point = new Float64Array(3);
  let nearest = Infinity;
  for (const { frame, measurement } of track) {
    if (!model.unproject?.(intrinsics, measurement, seen) || seen[2] >= nearest) continue;
    nearest = seen[2];
    se3.act(poses, 7 * frame, seen, 0, point, 0);
  }
  return nearest < Infinity ? point : undefined;
}
