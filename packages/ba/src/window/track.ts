import { type Bundle, POSE_SIZE } from "../bundle.ts";

/** A key frame in the window. */
export interface Frame {
  readonly id: number;
  readonly pose: Float64Array;
  /** By observation: the landmark's id. */
  readonly landmark: Int32Array;
  readonly measurements: Float64Array;
  readonly information: Float64Array | undefined;
  /** Where it is in the window; -1 before it is in it. */
  index: number;
}

/** A landmark and the observations of it that are in the window, oldest first. */
export interface Track {
  readonly id: number;
  /** Undefined until it is known: a single camera's first view says only where to look. */
  position: Float64Array | undefined;
  readonly views: View[];
}

interface View {
  readonly frame: Frame;
  /** Which of the frame's observations. */
  readonly at: number;
}

/** Writes one bundle after the other into the same memory, which grows by half where it is too small. */
export class BundleWriter {
  readonly #lens: Pick<Bundle, "model" | "intrinsics">;
  readonly #identity: Float64Array;
  #camera: Int32Array = new Int32Array(0);
  #point: Int32Array = new Int32Array(0);
  #measurements = new Float64Array(0);
  #information = new Float64Array(0);
  #points = new Float64Array(0);
  #poses = new Float64Array(0);
  #intrinsicsOf: Int32Array = new Int32Array(0);

  constructor(lens: Pick<Bundle, "model" | "intrinsics">) {
    this.#lens = lens;
    this.#identity = identityTriangle(lens.model.measurement.length);
  }

  /** The bundle of frames and tracks, all of whose positions are known: observations of one point after the other. The next call overwrites it. */
  write(frames: readonly Frame[], tracks: readonly Track[]): Bundle {
    const rows = this.#lens.model.measurement.length;
    const entries = this.#identity.length;
    const m = tracks.reduce((sum, { views }) => sum + views.length, 0);
    const isWeighed = frames.some((frame) => frame.information !== undefined);
    this.#reserve(m, tracks.length, frames.length, isWeighed);
    const [camera, point, measurements, points] = [this.#camera, this.#point, this.#measurements, this.#points];
    const information = this.#information.subarray(0, isWeighed ? entries * m : 0);
    const poses = this.#poses.subarray(0, POSE_SIZE * frames.length);
    for (let c = 0; c < frames.length; c++) poses.set(frames[c].pose, POSE_SIZE * c);
    for (let p = 0, i = 0; p < tracks.length; p++) {
      const { position, views } = tracks[p];
      // A typed array's `set` of so few takes ten times as long.
      for (let a = 0; a < 3; a++) points[3 * p + a] = position![a];
      for (let v = 0; v < views.length; v++, i++) {
        const { frame, at } = views[v];
        camera[i] = frame.index;
        point[i] = p;
        for (let a = 0; a < rows; a++) measurements[i * rows + a] = frame.measurements[at * rows + a];
        if (!isWeighed) continue;
        const [own, first] = frame.information === undefined ? [this.#identity, 0] : [frame.information, at * entries];
        for (let a = 0; a < entries; a++) information[i * entries + a] = own[first + a];
      }
    }
    return {
      ...this.#lens,
      poses,
      intrinsicsOf: this.#intrinsicsOf.subarray(0, frames.length),
      points: points.subarray(0, 3 * tracks.length),
      camera: camera.subarray(0, m),
      point: point.subarray(0, m),
      measurements: measurements.subarray(0, rows * m),
      ...(isWeighed && { information }),
    };
  }

  #reserve(observations: number, points: number, frames: number, isWeighed: boolean): void {
    const rows = this.#lens.model.measurement.length;
    if (this.#points.length < 3 * points) this.#points = new Float64Array(3 * roomFor(points));
    if (this.#intrinsicsOf.length < frames) {
      this.#poses = new Float64Array(POSE_SIZE * roomFor(frames));
      // All have the lens that there is: 0.
      this.#intrinsicsOf = new Int32Array(roomFor(frames));
    }
    if (this.#camera.length < observations) {
      const room = roomFor(observations);
      this.#camera = new Int32Array(room);
      this.#point = new Int32Array(room);
      this.#measurements = new Float64Array(rows * room);
    }
    const ofInformation = this.#identity.length * observations;
    if (isWeighed && this.#information.length < ofInformation) this.#information = new Float64Array(roomFor(ofInformation));
  }
}

function roomFor(n: number): number {
  return Math.ceil(1.5 * n);
}

/** The upper triangle of I. */
function identityTriangle(n: number): Float64Array {
  const upper: number[] = [];
  for (let a = 0; a < n; a++) for (let b = a; b < n; b++) upper.push(a === b ? 1 : 0);
  return Float64Array.from(upper);
}
