import { type BetweenFactor, betweenFactor } from "./between.ts";
import { type Arithmetic, type BetweenFormulas, dot3 } from "./between-formulas.ts";
import { betweenSe2, displacement } from "./between-se2.ts";
import { AXES, betweenSe3, relativeQuaternion, rotation, rows, transposedTimes } from "./between-se3.ts";

const planar: BetweenFormulas = {
  ...betweenSe2.formulas,
  error(A, xi, xj, [zx, zy], [turn]) {
    const [vx, vy] = displacement(A, xi, xj);
    return [A.sub(vx, zx), A.sub(vy, zy), turn];
  },
  // Ji = [-I, [vy; -vx]; 0, -1], Jj = [Ri'Rj, 0; 0, 1]
  jacobians(A, xi, xj) {
    const [vx, vy] = displacement(A, xi, xj);
    const [, , ci, si] = xi;
    const [, , cj, sj] = xj;
    const [zero, one, minus] = [A.constant(0), A.constant(1), A.constant(-1)];
    const c = A.add(A.mul(ci, cj), A.mul(si, sj));
    const s = A.sub(A.mul(ci, sj), A.mul(si, cj));
    return {
      Ji: [minus, zero, vy, zero, minus, A.neg(vx), zero, zero, minus],
      Jj: [c, A.neg(s), zero, s, c, zero, zero, zero, one],
    };
  },
};

/** v = Ri'(tj - ti), the quaternion p of Xi^-1 Xj, and d = qz conj(p) with w >= 0. */
function prepare<T>(
  A: Arithmetic<T>,
  xi: readonly T[],
  xj: readonly T[],
  z: readonly T[],
): { readonly v: readonly T[]; readonly p: readonly T[]; readonly d: readonly T[] } {
  const moved = AXES.map((a) => A.sub(xj[a], xi[a]));
  const v = transposedTimes(A, rotation(A, xi.slice(3)), moved);
  const p = relativeQuaternion(A, xi.slice(3), xj.slice(3));
  const d = relativeQuaternion(A, conjugate(A, z.slice(3)), conjugate(A, p));
  return { v, p, d: d.map((x) => A.flipped(x, d[3])) };
}

function conjugate<T>(A: Arithmetic<T>, [x, y, z, w]: readonly T[]): readonly T[] {
  return [A.neg(x), A.neg(y), A.neg(z), w];
}

const spatial: BetweenFormulas = {
  ...betweenSe3.formulas,
  error(A, xi, xj, z) {
    const { v, d } = prepare(A, xi, xj, z);
    return [...AXES.map((a) => A.sub(v[a], z[a])), ...AXES.map((a) => A.mul(A.constant(2), d[a]))];
  },
  // Ji = [-I, [v]x; 0, D], Jj = [R(p), 0; 0, -D R(p)], D = w I + [vec d]x
  jacobians(A, xi, xj, z) {
    const { v, p, d } = prepare(A, xi, xj, z);
    const [x, y, r, w] = d;
    const [zero, minus] = [A.constant(0), A.constant(-1)];
    const R = rotation(A, p);
    const D = [w, A.neg(r), y, r, w, A.neg(x), A.neg(y), x, w];
    const negative = (a: number, b: number) => A.neg(dot3(A, D[a], R[b], D[a + 1], R[3 + b], D[a + 2], R[6 + b]));
    return {
      Ji: rows(
        zero,
        [minus, zero, zero, zero, minus, zero, zero, zero, minus],
        [zero, A.neg(v[2]), v[1], v[2], zero, A.neg(v[0]), A.neg(v[1]), v[0], zero],
        D,
      ),
      Jj: rows(
        zero,
        R,
        R.map(() => zero),
        [0, 3, 6].flatMap((a) => AXES.map((b) => negative(a, b))),
      ),
    };
  },
};

/** e = [Ri'(tj - ti) - tz; wrap(theta_j - theta_i - theta_z)], as PoseGraph2dErrorTerm of Ceres' examples has it. */
export const ceresSe2: BetweenFactor = betweenFactor(planar);

/**
 * e = [Ri'(tj - ti) - tz; 2 vec(qz conj(conj(qi) qj))] with w >= 0, as PoseGraph3dErrorTerm of Ceres' examples has it: where that takes the quaternion
 * of either sign, information that couples translation and rotation would depend on the signs of a file's quaternions.
 */
export const ceresSe3: BetweenFactor = betweenFactor(spatial);
