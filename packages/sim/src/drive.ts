import { checkInteger, checkLength, checkNumber, OptionError } from "@slam/errors";
import { checkCamera, type MovingCamera } from "./camera.ts";
import { DESCRIPTOR_SIZE, Descriptors } from "./descriptors.ts";
import { checkMotion, type Motion } from "./motion.ts";
import { PointGrid } from "./point-grid.ts";
import type { Random } from "./random.ts";
import { streamOf } from "./streams.ts";
import { Tracks } from "./tracks.ts";
import { View } from "./view.ts";

/** What a camera drives through: p landmarks, w boxes. */
export interface DriveWorld extends Motion {
  /** p x 3, in the world. */
  readonly landmarks: Float64Array;
  /** w x 6 [x0, y0, z0, x1, y1, z1], each along the axes of the world: walls and furniture, which hide what is behind them. Default none. */
  readonly boxes?: Float64Array;
}

export interface DriveOptions {
  /** Share of measurements that are another landmark's of the same frame, as a matcher errs. Default 0. */
  readonly outliers?: number;
  /** Frames of the longest track, at least 2: each track ends after a number of frames drawn evenly from 2 to this one. Default Infinity: where the landmark is lost. */
  readonly trackLength?: number;
  /** How many landmarks a frame measures at most: those that it has tracks of first, others in an order drawn once. Default Infinity. */
  readonly features?: number;
  /** Share of the 256 bits of a descriptor that are flipped in each observation, rounded to whole bits. Default 0.05. */
  readonly flippedBits?: number;
  /** An integer in 0 ... 2^32 - 1; the same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/** What a front end gives of one image, of m landmarks; and what it does not know. */
export interface DriveFrame {
  /** m numbers, none twice in a frame: a landmark that was out of sight comes back as a new track. */
  readonly track: Int32Array;
  /** m numbers of landmarks, ascending: the truth. */
  readonly landmark: Int32Array;
  /** m x rows of the camera model. */
  readonly measurements: Float64Array;
  /** m x 32 bytes. */
  readonly descriptors: Uint8Array;
  /** m of 0 or 1, 1 where the measurement is another landmark's: the truth. */
  readonly outlier: Uint8Array;
}

/** A drive whose answer is known; n frames. */
export interface Drive {
  /** n seconds. */
  readonly times: Float64Array;
  /** n x 7, worldFromCamera. */
  readonly truth: Float64Array;
  readonly frames: readonly DriveFrame[];
  /** p x 3. */
  readonly landmarks: Float64Array;
}

/**
 * What a camera measures of the landmarks on its way: those within its range, inside its image, and hidden by no box, each with normal noise of the camera's sigma. A frame for each pose.
 *
 * @throws DimensionError, OptionError for a world or a camera that contradicts itself, and options out of range.
 */
export function simulateDrive(world: DriveWorld, camera: MovingCamera, options: DriveOptions = {}): Drive {
  const observer = new DriveObserver(world, camera, options);
  const { flippedBits = 0.05, seed = 0 } = options;
  checkNumber("simulateDrive: flippedBits", flippedBits, 0, 1);
  const descriptors = new Descriptors(world.landmarks.length / 3, flippedBits, streamOf(seed, "descriptors"));
  const { timestamps: times, poses: truth, landmarks } = world;
  const frames = Array.from(times, (_, frame) => {
    const observed = observer.observe(frame);
    const described = new Uint8Array(DESCRIPTOR_SIZE * observed.landmark.length);
    observed.landmark.forEach((landmark, i) => {
      descriptors.write(landmark, described, DESCRIPTOR_SIZE * i);
    });
    return { ...observed, descriptors: described };
  });
  return { times, truth, frames, landmarks };
}

/** Observes the frames of a drive one after another. */
export class DriveObserver {
  readonly rows: number;
  readonly #world: DriveWorld;
  readonly #camera: Required<MovingCamera>;
  readonly #view: View;
  readonly #tracks: Tracks;
  readonly #noise: Random;
  readonly #outliers: number;
  readonly #features: number;
  /** All landmarks in an order drawn at random, and where each is in it: those without a track are measured in this order, where there is no room for all. */
  readonly #ranked: Int32Array;
  readonly #rankOf: Int32Array;

  constructor(world: DriveWorld, camera: MovingCamera, options: DriveOptions) {
    const { landmarks, boxes } = world;
    const { outliers = 0, trackLength = Infinity, features = Infinity, seed = 0 } = options;
    checkMotion("drive", world);
    checkLength("drive: landmarks", landmarks.length, 3 * Math.floor(landmarks.length / 3));
    if (boxes !== undefined) checkBoxes(boxes);
    checkNumber("drive: outliers", outliers, 0, 1);
    if (trackLength !== Infinity) checkInteger("drive: trackLength", trackLength, 2, 2 ** 31 - 1);
    if (features !== Infinity) checkInteger("drive: features", features, 1);
    checkInteger("drive: seed", seed, 0, 2 ** 32 - 1);
    this.#world = world;
    this.#camera = checkCamera("drive", camera);
    this.#view = new View(this.#camera, new PointGrid(this.#camera.range[1] / 2, landmarks), boxes);
    const tracks = streamOf(seed, "tracks");
    this.#ranked = shuffledNumbers(landmarks.length / 3, tracks);
    this.#rankOf = new Int32Array(this.#ranked.length);
    this.#ranked.forEach((landmark, rank) => {
      this.#rankOf[landmark] = rank;
    });
    this.#tracks = new Tracks(landmarks.length / 3, trackLength, tracks);
    this.#noise = streamOf(seed, "noise");
    this.#outliers = outliers;
    this.#features = features;
    this.rows = this.#camera.model.measurement.length;
  }

  /** @param frame the one after the last one asked for. */
  observe(frame: number): Omit<DriveFrame, "descriptors"> {
    const view = this.#view;
    view.look(this.#world.poses, 7 * frame);
    const landmark = this.#choose(view.seen, frame);
    const track = landmark.map((k) => this.#tracks.follow(k, frame));
    const exact = new Float64Array(this.rows * landmark.length);
    landmark.forEach((k, i) => {
      view.project(k);
      exact.set(view.measurement, this.rows * i);
    });
    const outlier = new Uint8Array(landmark.length);
    const measurements = this.#disturb(exact, outlier);
    return { track, landmark, measurements, outlier };
  }

  /** As many as there is room for, ascending. */
  #choose(seen: Int32Array, frame: number): Int32Array {
    if (seen.length <= this.#features) return seen.slice();
    const chosen = new Int32Array(this.#features);
    const ranks = new Int32Array(seen.length);
    let [followed, fresh] = [0, 0];
    for (const k of seen) {
      if (this.#tracks.isFollowed(k, frame)) chosen[followed++] = k;
      else ranks[fresh++] = this.#rankOf[k];
    }
    // Numbers are sorted many times faster than by a comparison of one's own.
    const best = ranks.subarray(0, fresh).sort();
    for (let i = followed; i < chosen.length; i++) chosen[i] = this.#ranked[best[i - followed]];
    return chosen.sort();
  }

  /** @returns the measurements with noise, some of them another landmark's. */
  #disturb(exact: Float64Array, outlier: Uint8Array): Float64Array {
    const { rows } = this;
    const { sigma } = this.#camera;
    const noise = this.#noise;
    const measured = new Float64Array(exact.length);
    const count = outlier.length;
    for (let i = 0; i < count; i++) {
      let of = i;
      if (this.#outliers > 0 && count > 1 && noise.uniform() < this.#outliers) {
        of = (i + 1 + noise.integer(count - 1)) % count;
        outlier[i] = 1;
      }
      for (let row = 0; row < rows; row++) measured[rows * i + row] = exact[rows * of + row] + sigma[row] * noise.gaussian();
    }
    return measured;
  }
}

/** 0 ... count - 1 in an order drawn at random (Fisher and Yates). */
function shuffledNumbers(count: number, random: Random): Int32Array {
  const numbers = Int32Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    const number = numbers[k];
    numbers[k] = numbers[other];
    numbers[other] = number;
  }
  return numbers;
}

function checkBoxes(boxes: Float64Array): void {
  checkLength("drive: boxes", boxes.length, 6 * Math.floor(boxes.length / 6));
  for (let at = 0; at < boxes.length; at++) {
    if (at % 6 < 3 && !(boxes[at] < boxes[at + 3])) {
      throw new OptionError(`drive: boxes[${at}]`, { expected: `less than ${boxes[at + 3]}`, actual: boxes[at] });
    }
  }
}
