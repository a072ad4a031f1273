/** H and g without the last `points` variables and, of what is left, without the first `poses`: by Gaussian elimination on the dense matrix. */
export function schurComplement(
  H: readonly (readonly number[])[],
  g: readonly number[],
  points: number,
  poses = 0,
): { readonly H: number[][]; readonly g: number[] } {
  const n = g.length;
  const A = H.map((row, i) => [...row, g[i]]);
  const gone = [...Array.from({ length: points }, (_, k) => n - 1 - k), ...Array.from({ length: poses }, (_, k) => k)];
  const left = Array.from({ length: n }, (_, k) => k).filter((k) => !gone.includes(k));
  for (const [k, pivot] of gone.entries()) {
    for (const i of [...gone.slice(k + 1), ...left]) {
      const factor = A[i][pivot] / A[pivot][pivot];
      for (let j = 0; j <= n; j++) A[i][j] -= factor * A[pivot][j];
    }
  }
  return { H: left.map((i) => left.map((j) => A[i][j])), g: left.map((i) => A[i][n]) };
}
