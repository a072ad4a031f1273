/**
 * Eliminates the first `pivots` of n variables: H = [R'R, .; ., .] of the symmetric n x n matrix in F, whose upper triangle alone is read and written, by
 * rows. Their rows become those of R, [R_ff R_fs]; the rest becomes H_ss - R_fs'R_fs.
 *
 * A pivot that is zero to rounding, as of a direction that nothing measures, is replaced by its diagonal of H: the step is then short in that direction.
 *
 * @param pivots a multiple of 3: three at a time, so that a row of what is left is read and written once for three.
 * @param diagonal scratch of n numbers.
 * @returns how many pivots were replaced.
 */
export function eliminate(F: Float64Array, n: number, pivots: number, diagonal: Float64Array): number {
  let replaced = 0;
  for (let k = 0; k < pivots; k++) diagonal[k] = F[k * n + k];
  for (let k = 0; k < pivots; k += 3) {
    const r0 = k * n;
    const r1 = r0 + n;
    const r2 = r1 + n;
    replaced += finishRow(F, r0, k, n, diagonal[k]);
    subtractRow(F, r1, k + 1, r0, n);
    replaced += finishRow(F, r1, k + 1, n, diagonal[k + 1]);
    subtractRow(F, r2, k + 2, r0, n);
    subtractRow(F, r2, k + 2, r1, n);
    replaced += finishRow(F, r2, k + 2, n, diagonal[k + 2]);
    for (let i = k + 3; i < n; i++) {
      const f0 = F[r0 + i];
      const f1 = F[r1 + i];
      const f2 = F[r2 + i];
      if (f0 === 0 && f1 === 0 && f2 === 0) continue;
      const row = i * n;
      for (let j = i; j < n; j++) F[row + j] -= f0 * F[r0 + j] + f1 * F[r1 + j] + f2 * F[r2 + j];
    }
  }
  return replaced;
}

/** Below this share of its diagonal a pivot is rounding. */
const NOISE = 2 ** -46;

/** Row k of R from what is left of row k of H; returns 1 where the pivot had to be replaced. */
function finishRow(F: Float64Array, row: number, k: number, n: number, diagonal: number): number {
  const pivot = F[row + k];
  const isSound = pivot > NOISE * diagonal;
  const root = Math.sqrt(isSound ? pivot : diagonal > 0 ? diagonal : 1);
  F[row + k] = root;
  const inverse = 1 / root;
  for (let j = k + 1; j < n; j++) F[row + j] *= inverse;
  return isSound ? 0 : 1;
}

/** Row k minus what row `above` of R takes from it. */
function subtractRow(F: Float64Array, row: number, k: number, above: number, n: number): void {
  const f = F[above + k];
  for (let j = k; j < n; j++) F[row + j] -= f * F[above + j];
}

/** v <- [R_ff'^-1 v_f; v_s - R_fs'y] with y its first part. Returns |y|^2. */
export function solveForward(F: Float64Array, n: number, pivots: number, v: Float64Array): number {
  let energy = 0;
  for (let k = 0; k < pivots; k++) {
    const row = k * n;
    const y = v[k] / F[row + k];
    v[k] = y;
    energy += y * y;
    if (y === 0) continue;
    for (let j = k + 1; j < n; j++) v[j] -= F[row + j] * y;
  }
  return energy;
}

/** x_f <- y - R_fs x_s. Returns |x_f|^2. */
export function subtractSeparator(F: Float64Array, n: number, pivots: number, y: Float64Array, x: Float64Array): number {
  let square = 0;
  for (let k = 0; k < pivots; k++) {
    const row = k * n;
    let sum = y[k];
    for (let j = pivots; j < n; j++) sum -= F[row + j] * x[j];
    x[k] = sum;
    square += sum * sum;
  }
  return square;
}

/** x_f <- R_ff^-1 x_f */
export function solveBackward(F: Float64Array, n: number, pivots: number, x: Float64Array): void {
  for (let k = pivots - 1; k >= 0; k--) {
    const row = k * n;
    let sum = x[k];
    for (let j = k + 1; j < pivots; j++) sum -= F[row + j] * x[j];
    x[k] = sum / F[row + k];
  }
}

/** x_s'C x_s, C what `eliminate` left in F below its pivots. */
export function quadraticForm(F: Float64Array, n: number, pivots: number, x: Float64Array): number {
  let sum = 0;
  for (let i = pivots; i < n; i++) {
    const row = i * n;
    let part = 0.5 * F[row + i] * x[i];
    for (let j = i + 1; j < n; j++) part += F[row + j] * x[j];
    sum += part * x[i];
  }
  return 2 * sum;
}
