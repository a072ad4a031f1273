import { checkLength } from "@slam/errors";
import { cos, sin } from "@slam/float";
import { se3 } from "@slam/lie";

/** n poses worldFromBody in time; the poses are n x 7, [x, y, z, qx, qy, qz, qw] with unit quaternions, metres and seconds. */
export interface Trajectory {
  readonly timestamps: Float64Array;
  readonly poses: Float64Array;
}

/** The trajectory of rows [t, x, y, z, qx, qy, qz, qw], its quaternions normalised. */
export function timedPoses(rows: readonly number[]): Trajectory {
  const n = rows.length / 8;
  const timestamps = new Float64Array(n);
  const poses = new Float64Array(7 * n);
  for (let i = 0; i < n; i++) {
    timestamps[i] = rows[8 * i];
    for (let k = 0; k < 7; k++) poses[7 * i + k] = rows[8 * i + 1 + k];
    se3.normalize(poses, 7 * i, poses, 7 * i);
  }
  return { timestamps, poses };
}

/** n x 7 poses of n x 3 states [x, y, theta]: the plane z = 0, turned about z. */
export function planarPoses(states: Float64Array): Float64Array {
  const n = Math.floor(states.length / 3);
  checkLength("planarPoses: states", states.length, 3 * n);
  const poses = new Float64Array(7 * n);
  for (let i = 0; i < n; i++) {
    const half = states[3 * i + 2] / 2;
    poses[7 * i] = states[3 * i];
    poses[7 * i + 1] = states[3 * i + 1];
    poses[7 * i + 5] = sin(half);
    poses[7 * i + 6] = cos(half);
  }
  return poses;
}

/** The poses with these numbers, in this order. */
export function selectPoses(trajectory: Trajectory, indices: Int32Array): Trajectory {
  const timestamps = new Float64Array(indices.length);
  const poses = new Float64Array(7 * indices.length);
  indices.forEach((index, i) => {
    timestamps[i] = trajectory.timestamps[index];
    poses.set(trajectory.poses.subarray(7 * index, 7 * index + 7), 7 * i);
  });
  return { timestamps, poses };
}
