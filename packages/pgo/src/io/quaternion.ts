import { atan2, cos, fp64, sin, tolerance } from "@slam/float";

/** Bounds the rounding of |q|^2 for a q just divided by its length (12 u), so that normalising twice changes nothing. */
const UNIT_ROUNDING = tolerance(fp64, 4);

/**
 * Divides the quaternion values[at ... at + 3], finite, by its length, in place; one that is of unit length but for rounding stays as it is,
 * bit for bit.
 *
 * @returns false, and leaves the values, if the length is 0.
 */
export function normalizeQuaternion(values: Float64Array, at: number): boolean {
  const q = values.subarray(at, at + 4);
  if (Math.abs(squaredLength(q) - 1) <= UNIT_ROUNDING) return true;
  const largest = q.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  if (largest === 0) return false;
  // Scaled by the largest first: the square of 1e-200 or 1e200 is not in fp64.
  for (let i = 0; i < 4; i++) q[i] /= largest;
  const length = Math.sqrt(squaredLength(q));
  for (let i = 0; i < 4; i++) q[i] /= length;
  return true;
}

function squaredLength(q: Float64Array): number {
  return q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
}

/** The quaternion [x y z w], unit length, of R = Rz(yaw) Ry(pitch) Rx(roll), angles in radians. */
export function quaternionFromRpy(roll: number, pitch: number, yaw: number): Float64Array {
  const [sr, cr] = [sin(roll / 2), cos(roll / 2)];
  const [sp, cp] = [sin(pitch / 2), cos(pitch / 2)];
  const [sy, cy] = [sin(yaw / 2), cos(yaw / 2)];
  const q = Float64Array.of(
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
    cr * cp * cy + sr * sp * sy,
  );
  normalizeQuaternion(q, 0);
  return q;
}

/**
 * [roll pitch yaw] with R = Rz(yaw) Ry(pitch) Rx(roll), pitch in [-pi/2, pi/2], of the unit quaternion [x y z w]. Yaw comes first and the others
 * from Rz(-yaw) R, so that the product stays right at pitch +-pi/2, where yaw alone is not determined.
 */
export function rpyFromQuaternion(q: Float64Array): readonly [roll: number, pitch: number, yaw: number] {
  const [x, y, z, w] = [q[0], q[1], q[2], q[3]];
  const r00 = 1 - 2 * (y * y + z * z);
  const r10 = 2 * (x * y + w * z);
  const yaw = atan2(r10, r00);
  const [s, c] = [sin(yaw), cos(yaw)];
  const r20 = 2 * (x * z - w * y);
  const pitch = atan2(-r20, c * r00 + s * r10);
  const r01 = 2 * (x * y - w * z);
  const r11 = 1 - 2 * (x * x + z * z);
  const r02 = 2 * (x * z + w * y);
  const r12 = 2 * (y * z - w * x);
  const roll = atan2(s * r02 - c * r12, c * r11 - s * r01);
  return [roll, pitch, yaw];
}
