/**
 * What is left of a column once others are taken out of it is nothing but rounding below this share of it. It is far above fp64's unit: columns nearly dependent, as
 * poses that few points tie are, amplify rounding (1e-12 was seen), and below what a solver that squares R can tell from nothing (1e-8).
 */
const ROUNDING = 2 ** -30;

/**
 * Eliminates the first q columns of A by Householder reflections with column pivoting: Q'A = [T, *; 0, B]. min over the variables of these columns of
 * |A y + b|^2 is then |B y' + b'|^2, where b lies among the columns of A. A column of B that is nothing but rounding beside its column of A is zero: what it
 * would say later, when nothing larger is left, is noise.
 *
 * @param A rows x columns, by columns; overwritten. What lies below the diagonal of the first q is not cleared.
 * @param initial length columns at least; overwritten. Default a new array.
 * @returns the rank of the first q columns, each measured by its own norm: B is what lies in the rows from it on.
 * @see Golub and Van Loan, Matrix Computations, 2013, 5.4.2.
 */
export function eliminateColumns(
  A: Float64Array,
  rows: number,
  columns: number,
  q: number,
  initial: Float64Array = new Float64Array(columns),
): number {
  for (let k = 0; k < columns; k++) initial[k] = squaredNormFrom(A, k * rows, rows);
  const least = ROUNDING ** 2;
  const rank = triangularize(A, rows, columns, q, initial, least);
  for (let k = q; k < columns; k++) {
    const from = k * rows + rank;
    if (squaredNormFrom(A, from, rows - rank) <= least * initial[k]) A.fill(0, from, (k + 1) * rows);
  }
  return rank;
}

function triangularize(A: Float64Array, rows: number, columns: number, q: number, initial: Float64Array, least: number): number {
  const most = Math.min(q, rows);
  for (let s = 0; s < most; s++) {
    let pivot = s;
    let best = -1;
    for (let k = s; k < q; k++) {
      const left = initial[k] === 0 ? 0 : squaredNormFrom(A, k * rows + s, rows - s) / initial[k];
      if (left > best) {
        best = left;
        pivot = k;
      }
    }
    if (!(best > least)) return s;
    if (pivot !== s) {
      swapColumns(A, rows, s, pivot);
      initial[pivot] = initial[s];
    }
    reflect(A, rows, columns, s);
  }
  return most;
}

/** The reflection that leaves of column s, from row s on, its first entry alone. */
function reflect(A: Float64Array, rows: number, columns: number, s: number): void {
  const v = s * rows;
  const norm = Math.sqrt(squaredNormFrom(A, v + s, rows - s));
  const alpha = A[v + s];
  const beta = alpha > 0 ? -norm : norm;
  A[v + s] = alpha - beta;
  // |v|^2 / 2 = norm (norm + |alpha|)
  const scale = 1 / (norm * (norm + Math.abs(alpha)));
  for (let k = s + 1; k < columns; k++) {
    const at = k * rows;
    let sum = 0;
    for (let i = s; i < rows; i++) sum += A[v + i] * A[at + i];
    const factor = sum * scale;
    for (let i = s; i < rows; i++) A[at + i] -= factor * A[v + i];
  }
  A[v + s] = beta;
}

/**
 * [R, r0] <- the triangle of [R, r0; A, b]: rows join a least-squares problem that is kept as its QR factor. A column that is nothing but rounding beside what its
 * variable's column holds is taken for zero, as the gauge leaves some. What of b no row of R takes up is a constant, and is let go.
 *
 * @param R upper triangular, by rows, `stride` apart; it must have nothing beyond `width` yet.
 * @param r0 length at least `width`.
 * @param A `rows` x (width + 1) by columns, b the last of them; overwritten.
 */
export function foldRows(R: Float64Array, stride: number, r0: Float64Array, A: Float64Array, rows: number, width: number): void {
  const least = ROUNDING ** 2;
  const b = width * rows;
  for (let j = 0; j < width; j++) {
    const v = j * rows;
    const below = squaredNormFrom(A, v, rows);
    if (below === 0) continue;
    const row = j * stride;
    const alpha = R[row + j];
    let above = 0;
    for (let i = 0; i < j; i++) above += R[i * stride + j] ** 2;
    const square = below + alpha * alpha;
    if (square <= least * (above + square)) {
      R[row + j] = 0;
      continue;
    }
    const norm = Math.sqrt(square);
    const beta = alpha > 0 ? -norm : norm;
    const v0 = alpha - beta;
    const scale = 1 / (norm * (norm + Math.abs(alpha)));
    R[row + j] = beta;
    let k = j + 1;
    // Four columns at a time: each sum has its order, and none waits for another's.
    for (; k + 3 < width; k += 4) {
      const at = k * rows;
      const bt = at + rows;
      const ct = bt + rows;
      const dt = ct + rows;
      let s0 = v0 * R[row + k];
      let s1 = v0 * R[row + k + 1];
      let s2 = v0 * R[row + k + 2];
      let s3 = v0 * R[row + k + 3];
      for (let i = 0; i < rows; i++) {
        const vi = A[v + i];
        s0 += vi * A[at + i];
        s1 += vi * A[bt + i];
        s2 += vi * A[ct + i];
        s3 += vi * A[dt + i];
      }
      const f0 = s0 * scale;
      const f1 = s1 * scale;
      const f2 = s2 * scale;
      const f3 = s3 * scale;
      R[row + k] -= f0 * v0;
      R[row + k + 1] -= f1 * v0;
      R[row + k + 2] -= f2 * v0;
      R[row + k + 3] -= f3 * v0;
      for (let i = 0; i < rows; i++) {
        const vi = A[v + i];
        A[at + i] -= f0 * vi;
        A[bt + i] -= f1 * vi;
        A[ct + i] -= f2 * vi;
        A[dt + i] -= f3 * vi;
      }
    }
    for (; k < width; k++) {
      const at = k * rows;
      let sum = v0 * R[row + k];
      for (let i = 0; i < rows; i++) sum += A[v + i] * A[at + i];
      const factor = sum * scale;
      R[row + k] -= factor * v0;
      for (let i = 0; i < rows; i++) A[at + i] -= factor * A[v + i];
    }
    let sum = v0 * r0[j];
    for (let i = 0; i < rows; i++) sum += A[v + i] * A[b + i];
    const factor = sum * scale;
    r0[j] -= factor * v0;
    for (let i = 0; i < rows; i++) A[b + i] -= factor * A[v + i];
  }
}

function squaredNormFrom(A: Float64Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += A[i] * A[i];
  return sum;
}

function swapColumns(A: Float64Array, rows: number, a: number, b: number): void {
  for (let i = 0; i < rows; i++) {
    const kept = A[a * rows + i];
    A[a * rows + i] = A[b * rows + i];
    A[b * rows + i] = kept;
  }
}
