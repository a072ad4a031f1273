import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";

/** What rounding may leave of a pivot that is none, where the diagonal is 1. */
const noise = (n: number): number => tolerance(fp64, n, 32);

/**
 * R with R'R = W for a positive semidefinite W, row-major n x n: Cholesky's of W with 1 on its diagonal, the largest pivot first, which leaves rows of zeros where the rank is
 * smaller than n. Whatever units W's rows have, only shares of its own diagonal are compared.
 *
 * @param upper the upper triangle of W, row-major.
 * @throws OptionError where W is indefinite by more than rounding.
 * @see Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002, section 10.3.
 */
export function semidefiniteRoot(what: string, upper: ArrayLike<number>, n: number): Float64Array {
  const sizes = Array.from({ length: n }, (_, i) => Math.sqrt(Math.abs(upper[(i * (2 * n - i + 1)) / 2])));
  const S = normalized(upper, sizes);
  const R = new Float64Array(n * n);
  const left = new Set(sizes.keys());
  for (let step = 0; left.size > 0; step++) {
    const p = [...left].reduce((best, i) => (S[i * (n + 1)] > S[best * (n + 1)] ? i : best));
    const pivot = S[p * (n + 1)];
    if (!(pivot > noise(n))) break;
    const root = Math.sqrt(pivot);
    for (const j of left) R[step * n + j] = S[p * n + j] / root;
    left.delete(p);
    for (const i of left) for (const j of left) S[i * n + j] -= R[step * n + i] * R[step * n + j];
    for (let j = 0; j < n; j++) R[step * n + j] *= sizes[j];
  }
  const isZero = [...left].every((i) => [...left].every((j) => Math.abs(S[i * n + j]) <= noise(n)));
  if (!isZero) throw new OptionError(what, { expected: "a positive semidefinite matrix", actual: "indefinite" });
  return R;
}

/** W_ij / (sizes_i sizes_j), full; a diagonal entry of 0 has nothing beside it, or what no pivot can explain. */
function normalized(upper: ArrayLike<number>, sizes: readonly number[]): Float64Array {
  const n = sizes.length;
  const S = new Float64Array(n * n);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = i; j < n; j++, at++) S[i * n + j] = S[j * n + i] = upper[at] === 0 ? 0 : upper[at] / sizes[i] / sizes[j];
  }
  return S;
}
