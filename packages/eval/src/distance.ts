import { atan2 } from "@slam/float";

/** |p_a - p_b| of the poses at these offsets. */
export function distanceBetween(a: Float64Array, ao: number, b: Float64Array, bo: number): number {
  return norm3(b[bo] - a[ao], b[bo + 1] - a[ao + 1], b[bo + 2] - a[ao + 2]);
}

export function norm3(x: number, y: number, z: number): number {
  return Math.sqrt(x * x + y * y + z * z);
}

/** The angle in [0, pi] of the rotation [qx, qy, qz, qw] at offset o: 2 atan2(|vec q|, |w|), accurate where it is small. */
export function rotationAngle(q: Float64Array, o: number): number {
  return 2 * atan2(norm3(q[o], q[o + 1], q[o + 2]), Math.abs(q[o + 3]));
}
