import { type BetweenFactor, betweenFactor } from "./between.ts";
import { type Arithmetic, type BetweenFormulas, dot3 } from "./between-formulas.ts";
import { AXES, betweenSe3, prepare as prepareError, rows, transposedTimes } from "./between-se3.ts";
import { inverseJacobianSlope, inverseJacobianTerm, logarithmRatio } from "./log-series.ts";

const ENTRIES: readonly (readonly [number, number])[] = AXES.flatMap((a) => AXES.map((b) => [a, b] as const));

/** [x]x, row-major. */
function skew<T>(A: Arithmetic<T>, [x, y, z]: readonly T[]): readonly T[] {
  const zero = A.constant(0);
  return [zero, A.neg(z), y, z, zero, A.neg(x), A.neg(y), x, zero];
}

function times<T>(A: Arithmetic<T>, M: readonly T[], N: readonly T[]): readonly T[] {
  return ENTRIES.map(([a, b]) => dot3(A, M[3 * a], N[b], M[3 * a + 1], N[3 + b], M[3 * a + 2], N[6 + b]));
}

function transposed<T>(M: readonly T[]): readonly T[] {
  return ENTRIES.map(([a, b]) => M[3 * b + a]);
}

/** Of E = Z^-1 Xi^-1 Xj: its translation u, omega = Log of its rotation; v = Ri'(tj - ti), Rz; and B, the inverse of SO(3)'s right Jacobian at omega. */
function prepare<T>(A: Arithmetic<T>, xi: readonly T[], xj: readonly T[], z: readonly T[]) {
  const { v, q, Rz } = prepareError(A, xi, xj, z);
  const u = transposedTimes(
    A,
    Rz,
    AXES.map((a) => A.sub(v[a], z[a])),
  );
  const [x, y, r, w] = q;
  const ratio = logarithmRatio(A, dot3(A, x, x, y, y, r, r), w);
  const omega = [x, y, r].map((part) => A.mul(ratio, part));
  const squared = dot3(A, omega[0], omega[0], omega[1], omega[1], omega[2], omega[2]);
  const c = inverseJacobianTerm(A, squared);
  // B = I + [omega]x / 2 + c (omega omega' - |omega|^2 I)
  const diagonal = A.sub(A.constant(1), A.mul(c, squared));
  const half = skew(A, omega).map((entry) => A.mul(A.constant(0.5), entry));
  const scaled = omega.map((part) => A.mul(c, part));
  const B = ENTRIES.map(([a, b]) => A.add(A.mul(scaled[a], omega[b]), a === b ? diagonal : half[3 * a + b]));
  return { v, u, omega, squared, c, Rz, B };
}

const formulas: BetweenFormulas = {
  ...betweenSe3.formulas,
  error(A, xi, xj, z) {
    const { u, omega, B } = prepare(A, xi, xj, z);
    return [...transposedTimes(A, B, u), ...omega];
  },
  // Ji = [-M, M[v]x - N M; 0, -M] with M = B'Rz', Jj = [B, N B; 0, B]; N = d(B'u)/d omega
  jacobians(A, xi, xj, z) {
    const { v, u, omega, squared, c, Rz, B } = prepare(A, xi, xj, z);
    const N = derivative(A, u, omega, squared, c);
    const M = times(A, transposed(B), transposed(Rz));
    const NM = times(A, N, M);
    const zero = A.constant(0);
    const negative = M.map((entry) => A.neg(entry));
    return {
      Ji: rows(
        zero,
        negative,
        times(A, M, skew(A, v)).map((entry, k) => A.sub(entry, NM[k])),
        negative,
      ),
      Jj: rows(zero, B, times(A, N, B), B),
    };
  },
};

/**
 * d/d omega of (I - [omega]x / 2 + c [omega]x^2) u, where c depends on s = |omega|^2:
 * [u]x / 2 + c ((omega'u) I + omega u' - 2 u omega') + 2 dc/ds ((omega'u) omega - s u) omega'.
 */
function derivative<T>(A: Arithmetic<T>, u: readonly T[], omega: readonly T[], s: T, c: T): readonly T[] {
  const two = A.constant(2);
  const half = skew(A, u).map((entry) => A.mul(A.constant(0.5), entry));
  const along = dot3(A, omega[0], u[0], omega[1], u[1], omega[2], u[2]);
  const slope = A.mul(two, inverseJacobianSlope(A, s));
  const steep = AXES.map((a) => A.mul(slope, A.sub(A.mul(along, omega[a]), A.mul(s, u[a]))));
  return ENTRIES.map(([a, b]) => {
    const outer = A.sub(A.mul(omega[a], u[b]), A.mul(two, A.mul(u[a], omega[b])));
    const curved = A.mul(c, a === b ? A.add(along, outer) : outer);
    return A.add(A.add(half[3 * a + b], curved), A.mul(steep[a], omega[b]));
  });
}

/**
 * e = Log(Z^-1 Xi^-1 Xj) = [V^-1 t; omega], the logarithm of SE(3), as GTSAM's BetweenFactor<Pose3> has it, which calls it [omega; V^-1 t].
 * Derivatives are exact; GTSAM's own, unless built otherwise, are those of small errors.
 */
export const logSe3: BetweenFactor = betweenFactor(formulas);
