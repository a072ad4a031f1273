import { checkLength, OptionError } from "@slam/errors";
import { nearestRotation, se3, so3 } from "@slam/lie";

/** p -> scale R p + translation. */
export interface Similarity {
  readonly scale: number;
  /** R as a unit quaternion [qx, qy, qz, qw], qw >= 0. */
  readonly rotation: Float64Array;
  readonly translation: Float64Array;
}

export interface UmeyamaOptions {
  /** true: Sim(3). false: a rigid motion, scale 1. Default false. */
  readonly scale?: boolean;
}

/**
 * The motion that takes the estimate to the reference: minimises sum_i |reference_i - (scale R estimate_i + translation)|^2.
 *
 * R is always a proper rotation, for flat sets too; where several are best (points on a line, a single point), the one of least angle. The
 * scale is 1 where all points of the estimate coincide.
 *
 * @param reference n x 3 points, n > 0.
 * @param estimate n x 3 points.
 * @throws DimensionError if the lengths differ or are not 3 n; OptionError without points.
 * @see Horn, Closed-form solution of absolute orientation using unit quaternions, JOSA A 4 (4), 1987.
 * @see Umeyama, Least-squares estimation of transformation parameters between two point patterns, IEEE PAMI 13 (4), 1991.
 */
export function umeyama(reference: Float64Array, estimate: Float64Array, options: UmeyamaOptions = {}): Similarity {
  const n = Math.floor(reference.length / 3);
  checkLength("umeyama: reference", reference.length, 3 * n);
  checkLength("umeyama: estimate", estimate.length, reference.length);
  if (n === 0) throw new OptionError("umeyama: points", { expected: "at least 1", actual: 0 });
  const to = centroid(reference);
  const from = centroid(estimate);
  const { correlation, spread } = correlate(reference, to, estimate, from);
  const rotation = new Float64Array(4);
  nearestRotation(correlation, 0, rotation, 0);
  // d/ds sum |b - s R a|^2 = 0 at s = sum b'R a / sum |a|^2
  const scale = options.scale === true && spread > 0 ? traceOfProduct(rotation, correlation) / spread : 1;
  const moved = new Float64Array(3);
  so3.act(rotation, 0, from, 0, moved, 0);
  return { scale, rotation, translation: to.map((x, k) => x - scale * moved[k]) };
}

/**
 * The poses moved: positions scale R t + translation, rotations R q.
 *
 * @param poses n x 7; not changed.
 * @throws DimensionError if the length is not 7 n.
 */
export function transformPoses(similarity: Similarity, poses: Float64Array): Float64Array {
  checkLength("transformPoses: poses", poses.length, 7 * Math.floor(poses.length / 7));
  const rigid = Float64Array.of(...similarity.translation, ...similarity.rotation);
  const moved = poses.slice();
  for (let o = 0; o < moved.length; o += 7) {
    for (let k = o; k < o + 3; k++) moved[k] = similarity.scale * moved[k];
    se3.compose(rigid, 0, moved, o, moved, o);
  }
  return moved;
}

function centroid(points: Float64Array): Float64Array {
  const sum = new Float64Array(3);
  for (let i = 0; i < points.length; i++) sum[i % 3] += points[i];
  return sum.map((x) => x / (points.length / 3));
}

/** S = sum b a' (3 x 3) and sum |a|^2 of the centred reference b and estimate a. */
function correlate(
  reference: Float64Array,
  to: Float64Array,
  estimate: Float64Array,
  from: Float64Array,
): { correlation: Float64Array; spread: number } {
  const correlation = new Float64Array(9);
  let spread = 0;
  for (let i = 0; i < reference.length; i += 3) {
    for (let r = 0; r < 3; r++) {
      const a = estimate[i + r] - from[r];
      spread += a * a;
      for (let c = 0; c < 3; c++) correlation[3 * c + r] += (reference[i + c] - to[c]) * a;
    }
  }
  return { correlation, spread };
}

/** tr(R'S) = sum b'R a. */
function traceOfProduct(rotation: Float64Array, s: Float64Array): number {
  const R = new Float64Array(9);
  so3.toMatrix(rotation, 0, R, 0);
  return R.reduce((sum, x, k) => sum + x * s[k], 0);
}
