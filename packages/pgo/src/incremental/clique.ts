/**
 * A node of the elimination tree: poses eliminated together, and the poses that they leave connected. What is below it in the tree is connected with the rest
 * through its separator alone.
 */
export interface Clique {
  parent: Clique | undefined;
  readonly children: Clique[];
  /** Where in the parent's children, or among the roots, it is. */
  place: number;
  /** Poses eliminated here, in order. */
  readonly frontal: Int32Array;
  /** Poses eliminated later, in order. */
  readonly separator: Int32Array;
  /** Where each pose of the separator is in the parent's front, counted in poses. */
  intoParent: Int32Array;
  /** n x n, n the numbers of a step in its poses: [R_ff R_fs] above the contribution to the parent, see `eliminate`. */
  readonly front: Float64Array;
  /** n: y, then the right side's contribution to the parent, see `solveForward`. */
  readonly right: Float64Array;
  /** |y|^2 of it and all below. */
  energy: number;
  /** What has to be done anew: nothing, the right side, or the factor too. */
  stale: Staleness;
}

export type Staleness = 0 | 1 | 2;

export const FRESH = 0;
export const RIGHT_SIDE = 1;
export const FACTOR = 2;
