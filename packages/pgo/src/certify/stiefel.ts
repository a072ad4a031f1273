// Points X of the lifted problem: for each pose d rows of r numbers, orthonormal, then its position. Tangent vectors are stored alike.

/**
 * V <- the orthogonal projection of V to the tangent space at X: V - sym(V_k Y_k') Y_k for the rows of each pose, where Y_k V_k' of what is left is skew.
 */
export function projectTangent(d: number, r: number, X: Float64Array, V: Float64Array): void {
  const S = new Float64Array(d * d);
  for (let at = 0; at < X.length; at += (d + 1) * r) {
    symmetricProduct(d, r, X, V, at, S);
    for (let l = 0; l < d; l++) for (let c = 0; c < d; c++) subtractRow(r, S[l * d + c], X, at + c * r, V, at + l * r);
  }
}

/** Lambda <- sym(G_k Y_k') for each pose: n x d x d. */
export function multipliers(d: number, r: number, X: Float64Array, G: Float64Array, Lambda: Float64Array): void {
  for (let at = 0, k = 0; at < X.length; at += (d + 1) * r, k += d * d) symmetricProduct(d, r, X, G, at, Lambda.subarray(k, k + d * d));
}

/** H <- H - Lambda_k V_k for the rows of each pose, not for its position. */
export function subtractMultiplied(d: number, r: number, Lambda: Float64Array, V: Float64Array, H: Float64Array): void {
  for (let at = 0, k = 0; at < V.length; at += (d + 1) * r, k += d * d) {
    for (let l = 0; l < d; l++) for (let c = 0; c < d; c++) subtractRow(r, Lambda[k + l * d + c], V, at + c * r, H, at + l * r);
  }
}

/** out <- X + V with the rows of each pose made orthonormal again, in their order. The first position stays. */
export function retractLifted(d: number, r: number, X: Float64Array, V: Float64Array, out: Float64Array): void {
  for (let k = 0; k < X.length; k++) out[k] = X[k] + V[k];
  for (let at = 0; at < X.length; at += (d + 1) * r) {
    for (let l = 0; l < d; l++) {
      const row = at + l * r;
      // Twice: after a long step the rows may be nearly parallel.
      for (let c = 0; c < 2 * l; c++) {
        const other = at + (c % l) * r;
        subtractRow(r, rowProduct(r, out, row, out, other), out, other, out, row);
      }
      const length = Math.sqrt(rowProduct(r, out, row, out, row));
      for (let a = 0; a < r; a++) out[row + a] /= length;
    }
  }
}

/** S <- (V Y' + Y V') / 2 of the rows of the pose at `at`. */
function symmetricProduct(d: number, r: number, Y: Float64Array, V: Float64Array, at: number, S: Float64Array): void {
  for (let l = 0; l < d; l++) {
    for (let c = 0; c <= l; c++) {
      const s = 0.5 * (rowProduct(r, V, at + l * r, Y, at + c * r) + rowProduct(r, V, at + c * r, Y, at + l * r));
      S[l * d + c] = s;
      S[c * d + l] = s;
    }
  }
}

function rowProduct(r: number, A: Float64Array, a: number, B: Float64Array, b: number): number {
  let sum = 0;
  for (let k = 0; k < r; k++) sum += A[a + k] * B[b + k];
  return sum;
}

function subtractRow(r: number, s: number, A: Float64Array, a: number, B: Float64Array, b: number): void {
  for (let k = 0; k < r; k++) B[b + k] -= s * A[a + k];
}
