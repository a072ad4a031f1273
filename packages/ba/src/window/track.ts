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

/** The bundle of frames and tracks, all of whose positions are known: observations of one point after the other. */
export function bundleOf(lens: Pick<Bundle, "model" | "intrinsics">, frames: readonly Frame[], tracks: readonly Track[]): Bundle {
  const rows = lens.model.measurement.length;
  const entries = (rows * (rows + 1)) / 2;
  const m = tracks.reduce((sum, { views }) => sum + views.length, 0);
  const isWeighed = frames.some((frame) => frame.information !== undefined);
  const identity = identityTriangle(rows);
  const bundle = {
    ...lens,
    poses: new Float64Array(POSE_SIZE * frames.length),
    intrinsicsOf: new Int32Array(frames.length),
    points: new Float64Array(3 * tracks.length),
    camera: new Int32Array(m),
    point: new Int32Array(m),
    measurements: new Float64Array(rows * m),
    ...(isWeighed && { information: new Float64Array(entries * m) }),
  };
  for (const [c, frame] of frames.entries()) bundle.poses.set(frame.pose, POSE_SIZE * c);
  let i = 0;
  for (const [p, { position, views }] of tracks.entries()) {
    bundle.points.set(position!, 3 * p);
    for (const { frame, at } of views) {
      bundle.camera[i] = frame.index;
      bundle.point[i] = p;
      bundle.measurements.set(frame.measurements.subarray(at * rows, (at + 1) * rows), i * rows);
      bundle.information?.set(frame.information?.subarray(at * entries, (at + 1) * entries) ?? identity, i * entries);
      i++;
    }
  }
  return bundle;
}

/** The upper triangle of I. */
function identityTriangle(n: number): Float64Array {
  const upper: number[] = [];
  for (let a = 0; a < n; a++) for (let b = a; b < n; b++) upper.push(a === b ? 1 : 0);
  return Float64Array.from(upper);
}
