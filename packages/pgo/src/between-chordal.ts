import { writeCosSin } from "@slam/float";
import { type BetweenFactor, betweenFactor } from "./between.ts";
import type { Arithmetic, BetweenFormulas } from "./between-formulas.ts";
import { betweenSe2 } from "./between-se2.ts";

/** [x y cos sin] of the angle from those of its half. */
function whole<T>(A: Arithmetic<T>, [x, y, c, s]: readonly T[]): readonly T[] {
  const twice = A.mul(A.constant(2), s);
  return [x, y, A.sub(A.constant(1), A.mul(twice, s)), A.mul(twice, c)];
}

/** [cos sin] of b's half angle less a's. */
function halfTurn<T>(A: Arithmetic<T>, [ac, as]: readonly T[], [bc, bs]: readonly T[]): readonly [T, T] {
  return [A.add(A.mul(ac, bc), A.mul(as, bs)), A.sub(A.mul(ac, bs), A.mul(as, bc))];
}

/** [cos sin] of half the angle by which the error turns, with cos >= 0. */
function turnOf<T>(A: Arithmetic<T>, xi: readonly T[], xj: readonly T[], z: readonly T[]): readonly [T, T] {
  const [c, s] = halfTurn(A, z.slice(2), halfTurn(A, xi.slice(2), xj.slice(2)));
  return [A.flipped(c, c), A.flipped(s, c)];
}

const direction = new Float64Array(2);

const formulas: BetweenFormulas = {
  dof: 3,
  size: 4,
  halfAngles: true,
  coordinates(A, x, xo, out, o) {
    out[o] = A.round(x[xo]);
    out[o + 1] = A.round(x[xo + 1]);
    writeCosSin(A.round(0.5 * x[xo + 2]), direction, 0);
    out[o + 2] = A.round(direction[0]);
    out[o + 3] = A.round(direction[1]);
  },
  error(A, xi, xj, z) {
    const [, s] = turnOf(A, xi, xj, z);
    return betweenSe2.formulas.error(A, whole(A, xi), whole(A, xj), whole(A, z), [A.mul(A.constant(2), s)]);
  },
  // Those of the angle, but for the last rows: d(2 sin(turn / 2)) = cos(turn / 2) d turn.
  jacobians(A, xi, xj, z) {
    const half = turnOf(A, xi, xj, z);
    const [, , c, s] = whole(A, [half[0], half[1], ...half]);
    const { Ji, Jj } = betweenSe2.formulas.jacobians(A, whole(A, xi), whole(A, xj), whole(A, z), [c, s]);
    return { Ji: [...Ji.slice(0, 8), A.neg(half[0])], Jj: [...Jj.slice(0, 8), half[0]] };
  },
};

/** e = [Rz'(Ri'(tj - ti) - tz); 2 sin(turn / 2)]: twice the square of the last is |Rj - Ri Rz|^2, Frobenius' norm. */
export const chordalSe2: BetweenFactor = betweenFactor(formulas);
