// Small dense matrices, row-major, for laws and tests to compute with: plain definitions, nothing clever.

/** A B for A rows x inner, B inner x cols; `rows` follows from the lengths. */
export function product(a: Float64Array, b: Float64Array, inner: number): Float64Array {
  const rows = a.length / inner;
  const cols = b.length / inner;
  const c = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      for (let k = 0; k < inner; k++) c[i * cols + j] += a[i * inner + k] * b[k * cols + j];
    }
  }
  return c;
}

export function identityMatrix(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
}

/** A^-1 for A n x n, by Gauss and Jordan with row pivoting. */
export function inverse(a: Float64Array, n: number): Float64Array {
  const identity = identityMatrix(n);
  const rowOf = (matrix: Float64Array, i: number): Float64Array => matrix.subarray(i * n, (i + 1) * n);
  const rows = Array.from({ length: n }, (_, i) => Float64Array.of(...rowOf(a, i), ...rowOf(identity, i)));
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    const row = rows[k].map((x) => x / rows[k][k]);
    for (let i = 0; i < n; i++) {
      const factor = rows[i][k];
      for (let j = 0; i !== k && j < 2 * n; j++) rows[i][j] -= factor * row[j];
    }
    rows[k] = row;
  }
  return Float64Array.from({ length: n * n }, (_, at) => rows[Math.floor(at / n)][n + (at % n)]);
}

/** exp A = (sum_k (A / 2^s)^k / k!)^(2^s) for A n x n. */
export function exponential(a: Float64Array, n: number): Float64Array {
  const squarings = Math.max(0, Math.ceil(Math.log2(Math.max(...a.map(Math.abs)) * n)) + 1);
  const small = a.map((x) => x / 2 ** squarings);
  let sum = identityMatrix(n);
  let term = identityMatrix(n);
  for (let k = 1; k <= 18; k++) {
    term = product(term, small, n).map((x) => x / k);
    sum = sum.map((x, i) => x + term[i]);
  }
  for (let s = 0; s < squarings; s++) sum = product(sum, sum, n);
  return sum;
}
