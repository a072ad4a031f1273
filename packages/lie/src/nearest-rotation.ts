import { writeNormalized } from "./quaternion.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** Eigenvalues so near the largest, relative to it, belong to one eigenspace: 64 u. */
const INDISTINCT = 2 ** -47;

/**
 * out <- the quaternion x y z w, w >= 0, of the rotation R nearest to M, the one of max tr(R'M): the eigenvector of the largest eigenvalue
 * of Davenport's K. Where several are as near (M of rank below 2, or a mirror image with equal singular values), it is the one of least
 * angle; the identity for M = 0.
 *
 * @param m 3 x 3 row-major at offset mo; `out` must not overlap it otherwise than at its own offset.
 * @see Davenport, A vector approach to the algebra of rotations with applications, NASA TN D-4696, 1968.
 */
export function nearestRotation(m: Float64Array, mo: number, out: Float64Array, o: number): void {
  const [a, b, c, d, e, f, g, h, i] = m.subarray(mo, mo + 9);
  const K = Float64Array.of(
    ...[a - e - i, b + d, c + g, h - f],
    ...[b + d, e - a - i, f + h, c - g],
    ...[c + g, f + h, i - a - e, d - b],
    ...[h - f, c - g, d - b, a + e + i],
  );
  const { values, vectors } = symmetricEigen(4, K);
  // Of the unit vectors in the eigenspace of the largest eigenvalue, the one nearest (0, 0, 0, 1): its projection there.
  const q = new Float64Array(4);
  for (let k = 3; k >= 0 && values[k] >= values[3] * (1 - INDISTINCT); k--) {
    for (let row = 0; row < 4; row++) q[row] += vectors[12 + k] * vectors[4 * row + k];
  }
  // Its square length is its scalar part. Where that is nothing but rounding, every best rotation turns by pi, and any will do.
  if (!(q[3] > 2 ** -106)) for (let row = 0; row < 4; row++) q[row] = vectors[4 * row + 3];
  writeNormalized(q[0], q[1], q[2], q[3], out, o);
}
