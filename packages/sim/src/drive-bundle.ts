import { checkChoice, checkNumber } from "@slam/errors";
import { se3 } from "@slam/lie";
import { type BundleScene, Observations } from "./bundle-scene.ts";
import type { MovingCamera } from "./camera.ts";
import { DriveObserver, type DriveOptions, type DriveWorld } from "./drive.ts";
import { driftPoses } from "./motion.ts";
import type { Random } from "./random.ts";
import { streamOf } from "./streams.ts";

export interface DriveBundleOptions extends Omit<DriveOptions, "flippedBits"> {
  /** What is a point: a landmark, though it was out of sight for a while, as where loops have been closed; or a track, as odometry has it. Default "landmarks". */
  readonly points?: "landmarks" | "tracks";
  /** Standard deviations of each step of the poses that the scene starts from, in metres and radians. Default 0.005 and 0.0005. */
  readonly drift?: { readonly translation: number; readonly rotation: number };
  /** Standard deviation of the points' distances from the cameras that saw them nearest, as a share. Default 0.05. */
  readonly depthError?: number;
}

/**
 * A drive as a bundle of one camera's poses and all it has measured: poses start as odometry has them, points where the nearest pose that measured them has them, their distances somewhat wrong. Points that are measured once are left out.
 *
 * @throws DimensionError, OptionError as `simulateDrive`.
 */
export function driveBundle(world: DriveWorld, camera: MovingCamera, options: DriveBundleOptions = {}): BundleScene {
  const { points = "landmarks", drift = { translation: 0.005, rotation: 0.0005 }, depthError = 0.05, seed = 0 } = options;
  checkChoice("driveBundle: points", points, ["landmarks", "tracks"]);
  checkNumber("driveBundle: depthError", depthError, 0);
  const observer = new DriveObserver(world, camera, options);
  const poses = driftPoses(world.poses, { ...drift, seed });
  const observations = new Observations(observer.rows);
  const sightings = new Sightings(world.landmarks.length / 3);
  for (let frame = 0; frame < world.timestamps.length; frame++) {
    const { landmark, track, measurements, outlier } = observer.observe(frame);
    for (let i = 0; i < landmark.length; i++) {
      // Both are numbered as they come.
      const point = points === "tracks" ? track[i] : sightings.numberOf(landmark[i]);
      sightings.add(point, landmark[i], frame, squaredLength(world.landmarks, 3 * landmark[i], world.poses, 7 * frame));
      observations.add(frame, point, measurements, observer.rows * i, outlier[i]);
    }
  }
  const { numbers, landmarkOf, nearestFrame } = sightings.seenAgain();
  const positions = new Float64Array(3 * landmarkOf.length);
  landmarkOf.forEach((landmark, k) => {
    positions.set(world.landmarks.subarray(3 * landmark, 3 * landmark + 3), 3 * k);
  });
  const intrinsics = Float64Array.from(camera.intrinsics);
  return {
    poses,
    intrinsics: intrinsics.slice(),
    intrinsicsOf: new Int32Array(world.timestamps.length),
    points: guessPoints(positions, nearestFrame, world.poses, poses, depthError, streamOf(seed, "start")),
    ...observations.take(numbers),
    truth: { poses: world.poses, intrinsics, points: positions },
  };
}

function squaredLength(a: Float64Array, ao: number, b: Float64Array, bo: number): number {
  return (a[ao] - b[bo]) ** 2 + (a[ao + 1] - b[bo + 1]) ** 2 + (a[ao + 2] - b[bo + 2]) ** 2;
}

/** Points as the nearest frame that saw them has them from where it believes to be: X P' with P' = (1 + e) Xtrue^-1 P. */
function guessPoints(
  positions: Float64Array,
  nearestFrame: readonly number[],
  truth: Float64Array,
  poses: Float64Array,
  depthError: number,
  random: Random,
): Float64Array {
  const points = positions.slice();
  const inverse = new Float64Array(7);
  nearestFrame.forEach((frame, k) => {
    se3.inverse(truth, 7 * frame, inverse, 0);
    se3.act(inverse, 0, points, 3 * k, points, 3 * k);
    const scale = 1 + depthError * random.gaussian();
    for (let a = 0; a < 3; a++) points[3 * k + a] *= scale;
    se3.act(poses, 7 * frame, points, 3 * k, points, 3 * k);
  });
  return points;
}

/** The points of a drive, numbered as they come. */
class Sightings {
  readonly #numberOf: Int32Array;
  readonly #landmarkOf: number[] = [];
  readonly #nearestFrame: number[] = [];
  readonly #nearest: number[] = [];
  readonly #times: number[] = [];

  constructor(landmarks: number) {
    this.#numberOf = new Int32Array(landmarks).fill(-1);
  }

  /** Where a landmark is one point: the next number where it is new. */
  numberOf(landmark: number): number {
    if (this.#numberOf[landmark] < 0) this.#numberOf[landmark] = this.#times.length;
    return this.#numberOf[landmark];
  }

  /** @param point a number there has been, or the next. */
  add(point: number, landmark: number, frame: number, squaredDistance: number): void {
    if (point === this.#times.length) {
      this.#landmarkOf.push(landmark);
      this.#nearestFrame.push(frame);
      this.#nearest.push(squaredDistance);
      this.#times.push(0);
    } else if (squaredDistance < this.#nearest[point]) {
      this.#nearestFrame[point] = frame;
      this.#nearest[point] = squaredDistance;
    }
    this.#times[point]++;
  }

  /** Those seen twice or more: of each number here its number among them, or -1. */
  seenAgain(): { readonly numbers: Int32Array; readonly landmarkOf: readonly number[]; readonly nearestFrame: readonly number[] } {
    const isKept = (_: number, k: number): boolean => this.#times[k] > 1;
    let kept = 0;
    const numbers = Int32Array.from(this.#times, (times) => (times > 1 ? kept++ : -1));
    return { numbers, landmarkOf: this.#landmarkOf.filter(isKept), nearestFrame: this.#nearestFrame.filter(isKept) };
  }
}
