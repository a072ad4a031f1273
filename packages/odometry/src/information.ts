/** Of e = [t; vec q] against xi = [t; theta]: vec q is half the angle. */
const HALVED = [1, 1, 1, 0.5, 0.5, 0.5];
const N = 6;

/**
 * The information of an edge, upper triangle of W = Cov(e)^-1 for e = [t; vec q] = D xi, from the covariance of the xi of Z Exp(xi): W = D^-1 Sigma^-1 D^-1.
 *
 * @param covariance 6 x 6, symmetric but for rounding.
 * @returns undefined where it is not positive definite.
 */
export function edgeInformation(covariance: Float64Array): Float64Array | undefined {
  // Scaled to a diagonal of ones: metres and radians, centimetres and kilometres alike.
  const scale = Float64Array.from({ length: N }, (_, i) => 1 / Math.sqrt(covariance[i * N + i]));
  const S = Float64Array.from(covariance, (_, k) => {
    const [i, j] = [Math.floor(k / N), k % N];
    return ((covariance[i * N + j] + covariance[j * N + i]) / 2) * scale[i] * scale[j];
  });
  if (!factorize(S)) return undefined;
  const inverse = inverseOf(S);
  const upper: number[] = [];
  for (let i = 0; i < N; i++) {
    for (let j = i; j < N; j++) upper.push((inverse[i * N + j] * scale[i] * scale[j]) / (HALVED[i] * HALVED[j]));
  }
  return Float64Array.from(upper);
}

/** L L' = S in place of its lower triangle. @returns whether S is positive definite. */
function factorize(S: Float64Array): boolean {
  for (let i = 0; i < N; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = S[i * N + j];
      for (let k = 0; k < j; k++) sum -= S[i * N + k] * S[j * N + k];
      if (j === i && !(sum > 0 && sum < Number.POSITIVE_INFINITY)) return false;
      S[i * N + j] = j === i ? Math.sqrt(sum) : sum / S[j * N + j];
    }
  }
  return true;
}

/** (L L')^-1 = M'M with M = L^-1. */
function inverseOf(L: Float64Array): Float64Array {
  const M = new Float64Array(N * N);
  for (let c = 0; c < N; c++) {
    for (let i = c; i < N; i++) {
      let sum = i === c ? 1 : 0;
      for (let k = c; k < i; k++) sum -= L[i * N + k] * M[k * N + c];
      M[i * N + c] = sum / L[i * N + i];
    }
  }
  const inverse = new Float64Array(N * N);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) for (let k = Math.max(i, j); k < N; k++) inverse[i * N + j] += M[k * N + i] * M[k * N + j];
  }
  return inverse;
}
