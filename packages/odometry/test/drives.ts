import { stereo } from "@slam/camera";
import { se3 } from "@slam/lie";
import { Odometry, type OdometryOptions, type OdometryResult } from "@slam/odometry";
import { apartment, type Drive, type DriveOptions, landmarksAround, type MovingCamera, simulateDrive } from "@slam/sim";

/** 90 degrees wide, 12 cm between its eyes; each pixel off by half of one. */
export const camera = {
  model: stereo,
  intrinsics: [320, 320, 320, 240, 0.12],
  limits: [
    [0, 640],
    [0, 640],
    [0, 480],
  ] as const,
  sigma: [0.5, 0.5, 0.5],
  range: [1, 8] as const,
};

/** Laps of a circle, 24 m around, with landmarks on both sides: 40 key frames a lap, tracks of 2 or 3, so that it drifts by centimetres, and each lap sees what the first one saw. */
export function laps(seed: number, count: number = 4, options: DriveOptions = {}, seeing: MovingCamera = camera): Drive {
  const n = 40 * count;
  const poses = new Float64Array(7 * n);
  const step = Float64Array.of(0, 0, 24 / 40, 0, (2 * Math.PI) / 40, 0);
  se3.identity(poses, 0);
  for (let k = 1; k < n; k++) se3.retract(poses, 7 * (k - 1), step, 0, poses, 7 * k);
  const motion = { timestamps: Float64Array.from({ length: n }, (_, k) => k / 5), poses };
  const landmarks = landmarksAround(motion, seeing, { perFrame: 50, seed });
  return simulateDrive({ ...motion, landmarks }, seeing, { features: 50, trackLength: 3, seed, ...options });
}

/** A robot in an apartment: 50 m, three key frames a second. */
export function patrol(seed: number): Drive {
  return simulateDrive(apartment({ length: 50, rate: 3, seed }), camera, { features: 60, trackLength: 10, seed });
}

/** The landmark behind each track. */
export function landmarkOf({ frames }: Drive): (track: number) => number | undefined {
  const landmarks = new Map<number, number>();
  for (const { track, landmark } of frames) for (const [i, number] of track.entries()) landmarks.set(number, landmark[i]);
  return (track) => landmarks.get(track);
}

/** The whole drive, from its true first pose. */
export function driven(drive: Drive, options: Partial<OdometryOptions> = {}): OdometryResult {
  const odometry = new Odometry({ camera, window: 4, spacing: 3, start: drive.truth.slice(0, 7), ...options });
  for (const [k, frame] of drive.frames.entries()) odometry.addFrame({ ...frame, time: drive.times[k] });
  return odometry.finish();
}

/** e'We of an edge's error against the truth: of about a chi-square distribution with 6 degrees of freedom where the information is honest. */
export function squaredErrors({ graph }: OdometryResult, truth: Float64Array, isWanted: (from: number, to: number) => boolean): number[] {
  const squared: number[] = [];
  const relative = new Float64Array(7);
  for (const [k, from] of graph.from.entries()) {
    const to = graph.to[k];
    if (!isWanted(from, to)) continue;
    se3.relative(truth, 7 * from, truth, 7 * to, relative, 0);
    se3.relative(graph.measurements, 7 * k, relative, 0, relative, 0);
    se3.normalize(relative, 0, relative, 0);
    let sum = 0;
    for (let a = 0, at = 21 * k; a < 6; a++) {
      for (let b = a; b < 6; b++, at++) sum += (a === b ? 1 : 2) * graph.information[at] * relative[a] * relative[b];
    }
    squared.push(sum);
  }
  return squared;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
