/**
 * V += Jp'Jp of one point, row by row in the order of its observations: the lower triangle of 3 x 3, by rows.
 *
 * @param Jp blocks of r x 3, row-major.
 * @param blocks those of the point are blocks[from] ... blocks[to - 1].
 */
export function addPointProducts(
  Jp: Float64Array | Float32Array,
  r: number,
  blocks: Int32Array,
  from: number,
  to: number,
  V: Float64Array,
): void {
  for (let k = from; k < to; k++) {
    for (let a = 0, at = 3 * r * blocks[k]; a < r; a++, at += 3) {
      V[0] += Jp[at] * Jp[at];
      V[1] += Jp[at + 1] * Jp[at];
      V[2] += Jp[at + 1] * Jp[at + 1];
      V[3] += Jp[at + 2] * Jp[at];
      V[4] += Jp[at + 2] * Jp[at + 1];
      V[5] += Jp[at + 2] * Jp[at + 2];
    }
  }
}
