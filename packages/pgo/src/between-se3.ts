import { betweenFactor, type FormulaFactor } from "./between.ts";
import { type Arithmetic, type BetweenFormulas, dot3 } from "./between-formulas.ts";

export const AXES = [0, 1, 2] as const;

/** The rotation matrix of a unit quaternion x y z w, row-major. */
export function rotation<T>(A: Arithmetic<T>, [x, y, z, w]: readonly T[]): readonly T[] {
  const twice = (a: T, b: T): T => A.mul(A.constant(2), A.mul(a, b));
  const one = A.constant(1);
  return [
    A.sub(one, A.add(twice(y, y), twice(z, z))),
    A.sub(twice(x, y), twice(w, z)),
    A.add(twice(x, z), twice(w, y)),
    A.add(twice(x, y), twice(w, z)),
    A.sub(one, A.add(twice(x, x), twice(z, z))),
    A.sub(twice(y, z), twice(w, x)),
    A.sub(twice(x, z), twice(w, y)),
    A.add(twice(y, z), twice(w, x)),
    A.sub(one, A.add(twice(x, x), twice(y, y))),
  ];
}

/** conj(a) b */
export function relativeQuaternion<T>(A: Arithmetic<T>, [ax, ay, az, aw]: readonly T[], [bx, by, bz, bw]: readonly T[]): readonly T[] {
  return [
    A.sub(A.sub(A.mul(aw, bx), A.mul(ax, bw)), A.sub(A.mul(ay, bz), A.mul(az, by))),
    A.sub(A.sub(A.mul(aw, by), A.mul(ay, bw)), A.sub(A.mul(az, bx), A.mul(ax, bz))),
    A.sub(A.sub(A.mul(aw, bz), A.mul(az, bw)), A.sub(A.mul(ax, by), A.mul(ay, bx))),
    A.add(A.mul(aw, bw), dot3(A, ax, bx, ay, by, az, bz)),
  ];
}

/** M'x */
export function transposedTimes<T>(A: Arithmetic<T>, M: readonly T[], [x, y, z]: readonly T[]): readonly T[] {
  return AXES.map((a) => dot3(A, M[a], x, M[3 + a], y, M[6 + a], z));
}

/** v = Ri'(tj - ti), Z^-1 Xi^-1 Xj's quaternion q = conj(qz) conj(qi) qj with w >= 0, and Rz. */
export function prepare<T>(
  A: Arithmetic<T>,
  xi: readonly T[],
  xj: readonly T[],
  z: readonly T[],
): { readonly v: readonly T[]; readonly q: readonly T[]; readonly Rz: readonly T[] } {
  const d = AXES.map((a) => A.sub(xj[a], xi[a]));
  const v = transposedTimes(A, rotation(A, xi.slice(3)), d);
  const q = relativeQuaternion(A, z.slice(3), relativeQuaternion(A, xi.slice(3), xj.slice(3)));
  return { v, q: q.map((x) => A.flipped(x, q[3])), Rz: rotation(A, z.slice(3)) };
}

/** Rows of 3 + 3 from the blocks [M N; 0 Q]. */
export function rows<T>(zero: T, M: readonly T[], N: readonly T[], Q: readonly T[]): readonly T[] {
  const above = AXES.flatMap((a) => [...M.slice(3 * a, 3 * a + 3), ...N.slice(3 * a, 3 * a + 3)]);
  return [...above, ...AXES.flatMap((a) => [zero, zero, zero, ...Q.slice(3 * a, 3 * a + 3)])];
}

const formulas: BetweenFormulas = {
  dof: 6,
  size: 7,
  coordinates(A, x, xo, out, o) {
    for (let c = 0; c < 7; c++) out[o + c] = A.round(x[xo + c]);
  },
  error(A, xi, xj, z) {
    const { v, q, Rz } = prepare(A, xi, xj, z);
    const d = AXES.map((a) => A.sub(v[a], z[a]));
    return [...transposedTimes(A, Rz, d), ...q.slice(0, 3)];
  },
  // Ji = [-Rz', Rz'[v]x; 0, -(w I - [vec q]x) Rz' / 2], Jj = [R(q), 0; 0, (w I + [vec q]x) / 2]
  jacobians(A, xi, xj, z) {
    const { v, q, Rz } = prepare(A, xi, xj, z);
    const [x, y, r, w] = q;
    const zero = A.constant(0);
    const cross = [zero, A.neg(v[2]), v[1], v[2], zero, A.neg(v[0]), A.neg(v[1]), v[0], zero];
    const back = [w, r, A.neg(y), A.neg(r), w, x, y, A.neg(x), w];
    const ahead = [w, A.neg(r), y, r, w, A.neg(x), A.neg(y), x, w];
    const entries = AXES.flatMap((a) => AXES.map((b) => [a, b] as const));
    return {
      Ji: rows(
        zero,
        entries.map(([a, b]) => A.neg(Rz[3 * b + a])),
        entries.map(([a, b]) => dot3(A, Rz[a], cross[b], Rz[3 + a], cross[3 + b], Rz[6 + a], cross[6 + b])),
        entries.map(([a, b]) =>
          A.mul(A.constant(-0.5), dot3(A, back[3 * a], Rz[3 * b], back[3 * a + 1], Rz[3 * b + 1], back[3 * a + 2], Rz[3 * b + 2])),
        ),
      ),
      Jj: rows(
        zero,
        rotation(A, q),
        entries.map(() => zero),
        ahead.map((entry) => A.mul(A.constant(0.5), entry)),
      ),
    };
  },
};

/** e = [t; vec q] of Z^-1 Xi^-1 Xj with w >= 0, g2o's EDGE_SE3:QUAT. */
export const betweenSe3: FormulaFactor = betweenFactor(formulas);
