/**
 * L L' = S in place of a symmetric matrix of which the lower triangle is read. Of each row nothing left of `first` is read or written: a factor fills
 * no row further to the left than its matrix does.
 *
 * @param S n x n, by rows.
 * @param first of each row, the column of its first entry.
 * @param least of each row, what its pivot must exceed: below that it is what rounding left.
 * @returns -1, or the row whose pivot does not, or is not finite.
 */
export function factorizeDense(S: Float64Array, n: number, first: Int32Array, least: Float64Array): number {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = first[i]; j <= i; j++) {
      const other = j * n;
      let sum = S[row + j];
      for (let k = Math.max(first[i], first[j]); k < j; k++) sum -= S[row + k] * S[other + k];
      if (j < i) S[row + j] = sum / S[other + j];
      else if (sum > least[i] && sum < Number.POSITIVE_INFINITY) S[row + i] = Math.sqrt(sum);
      else return i;
    }
  }
  return -1;
}

/** x <- L^-1 x */
export function solveLower(L: Float64Array, n: number, first: Int32Array, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    for (let k = first[i]; k < i; k++) sum -= L[i * n + k] * x[k];
    x[i] = sum / L[i * n + i];
  }
}

/** x <- L'^-1 x */
export function solveLowerTransposed(L: Float64Array, n: number, first: Int32Array, x: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i] / L[i * n + i];
    x[i] = value;
    for (let k = first[i]; k < i; k++) x[k] -= L[i * n + k] * value;
  }
}
