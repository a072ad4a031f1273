import { atan2 } from "@slam/float";
import { nearestRotation } from "@slam/lie";
import { type PoseShape, poseSize } from "../graph.ts";
import { readRotation } from "./edge-rotation.ts";

const M = new Float64Array(9);

/** The pose turns as the rotation nearest to its rows says: `rows[k]` has row k of all rotations, so many numbers for each block column. */
export function turnPose(shape: PoseShape, rows: readonly Float64Array[], column: number, poses: Float64Array, pose: number): void {
  const d = shape.dimension;
  for (let k = 0; k < d; k++) for (let c = 0; c < d; c++) M[k * d + c] = rows[k][column * d + c];
  if (d === 2) poses[pose * 3 + 2] = atan2(M[2] - M[1], M[0] + M[3]);
  else nearestRotation(M, 0, poses, pose * poseSize(shape) + 3);
}

/** t <- t - s R rho */
export function movePose(shape: PoseShape, rho: Float64Array, column: number, poses: Float64Array, pose: number): void {
  const d = shape.dimension;
  const size = poseSize(shape);
  readRotation(d, poses, pose * size, M);
  const scale = size === 8 ? poses[pose * size + 7] : 1;
  for (let a = 0; a < d; a++) for (let c = 0; c < d; c++) poses[pose * size + a] -= scale * M[a * d + c] * rho[column * d + c];
}
