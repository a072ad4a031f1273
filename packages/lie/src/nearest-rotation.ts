import { writeFromMatrix, writeNormalized } from "./quaternion.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** Eigenvalues so near the largest, relative to it, belong to one eigenspace: 64 u. */
const INDISTINCT = 2 ** -47;

/** Of a matrix of Frobenius norm sqrt 3: above it no singular value is below 0.03, and Newton's iteration converges at once. */
const SAFE_DETERMINANT = 0.1;
/** From there 6 steps do, quadratically convergent. */
const NEWTON_STEPS = 20;

/**
 * out <- the quaternion x y z w, w >= 0, of the rotation R nearest to M, the one of max tr(R'M): M's orthogonal polar factor where M is well away
 * from singular, otherwise the eigenvector of the largest eigenvalue of Davenport's K. Where several are as near (M of rank below 2, or a mirror image with equal singular values), it is the one of least
 * angle; the identity for M = 0.
 *
 * @param m 3 x 3 row-major at offset mo; `out` must not overlap it otherwise than at its own offset.
 * @see Davenport, A vector approach to the algebra of rotations with applications, NASA TN D-4696, 1968; Higham,
 * Computing the polar decomposition - with applications, SIAM J. Sci. Stat. Comput. 7, 1986.
 */
export function nearestRotation(m: Float64Array, mo: number, out: Float64Array, o: number): void {
  if (polarFactor(m, mo, rotation)) writeFromMatrix(rotation, 0, 3, out, o);
  else nearestByDavenport(m, mo, out, o);
}

const rotation = new Float64Array(9);
const before = new Float64Array(9);

/** R <- the orthogonal factor of M = R S by Newton's iteration X <- (X + X^-T) / 2; false where M is not safely of positive determinant. */
function polarFactor(m: Float64Array, mo: number, R: Float64Array): boolean {
  let square = 0;
  for (let k = 0; k < 9; k++) square += m[mo + k] * m[mo + k];
  const scale = Math.sqrt(3 / square);
  for (let k = 0; k < 9; k++) R[k] = m[mo + k] * scale;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    before.set(R);
    const a = R[0];
    const b = R[1];
    const c = R[2];
    const d = R[3];
    const e = R[4];
    const f = R[5];
    const g = R[6];
    const h = R[7];
    const i = R[8];
    const A = e * i - f * h;
    const B = f * g - d * i;
    const C = d * h - e * g;
    const determinant = a * A + b * B + c * C;
    if (step === 0 && !(determinant > SAFE_DETERMINANT)) return false;
    // The cofactors over the determinant are X^-T.
    const half = 0.5 / determinant;
    R[0] = 0.5 * a + half * A;
    R[1] = 0.5 * b + half * B;
    R[2] = 0.5 * c + half * C;
    R[3] = 0.5 * d + half * (c * h - b * i);
    R[4] = 0.5 * e + half * (a * i - c * g);
    R[5] = 0.5 * f + half * (b * g - a * h);
    R[6] = 0.5 * g + half * (b * f - c * e);
    R[7] = 0.5 * h + half * (c * d - a * f);
    R[8] = 0.5 * i + half * (a * e - b * d);
    let change = 0;
    for (let k = 0; k < 6; k++) change += (R[k] - before[k]) * (R[k] - before[k]);
    // What is left is about half the square of the last change; two rows fix the third.
    if (change <= 2 ** -54) return true;
  }
  return false;
}

function nearestByDavenport(m: Float64Array, mo: number, out: Float64Array, o: number): void {
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
