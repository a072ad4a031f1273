import type { AnyPrecision } from "@slam/float";

/**
 * The error of a between-factor and its Jacobians at one edge, unwhitened: e(Xi, Xj) with Xi, Xj retracted by [t; theta].
 * Every operation is rounded to the arithmetic A; sin and cos count as one. Poses and measurements lie in flat arrays at the given offsets.
 */
export interface BetweenFactor {
  readonly dof: 3 | 6;
  /** e <- the error, dof numbers. */
  error(A: AnyPrecision, poses: Float64Array, i: number, j: number, z: Float64Array, zo: number, e: Float64Array): void;
  /** Ji, Jj <- de/dxi_i, de/dxi_j: dof x dof, row-major. */
  jacobians(
    A: AnyPrecision,
    poses: Float64Array,
    i: number,
    j: number,
    z: Float64Array,
    zo: number,
    Ji: Float64Array,
    Jj: Float64Array,
  ): void;
}

/** a0 b0 + a1 b1 + a2 b2, summed in this order. */
export function dot3(A: AnyPrecision, a0: number, b0: number, a1: number, b1: number, a2: number, b2: number): number {
  return A.add(A.add(A.mul(a0, b0), A.mul(a1, b1)), A.mul(a2, b2));
}
