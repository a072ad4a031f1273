import { writeCosSin } from "@slam/float";
import { wrapAngle } from "@slam/lie";
import { betweenFactor, type FormulaFactor } from "./between.ts";
import type { Arithmetic, BetweenFormulas } from "./between-formulas.ts";

/** v = Ri'(tj - ti) */
export function displacement<T>(A: Arithmetic<T>, [xi, yi, ci, si]: readonly T[], [xj, yj]: readonly T[]): readonly [T, T] {
  const dx = A.sub(xj, xi);
  const dy = A.sub(yj, yi);
  return [A.add(A.mul(ci, dx), A.mul(si, dy)), A.sub(A.mul(ci, dy), A.mul(si, dx))];
}

const direction = new Float64Array(2);

const formulas: BetweenFormulas = {
  dof: 3,
  size: 4,
  coordinates(A, x, xo, out, o) {
    out[o] = A.round(x[xo]);
    out[o + 1] = A.round(x[xo + 1]);
    writeCosSin(A.round(x[xo + 2]), direction, 0);
    out[o + 2] = A.round(direction[0]);
    out[o + 3] = A.round(direction[1]);
  },
  // wrap(theta_j - theta_i - theta_z)
  turn(A, poses, i, j, z, zo) {
    return A.round(wrapAngle(A.sub(A.sub(A.round(poses[j + 2]), A.round(poses[i + 2])), A.round(z[zo + 2]))));
  },
  error(A, xi, xj, [zx, zy, cz, sz], [turn]) {
    const [vx, vy] = displacement(A, xi, xj);
    const x = A.sub(vx, zx);
    const y = A.sub(vy, zy);
    return [A.add(A.mul(cz, x), A.mul(sz, y)), A.sub(A.mul(cz, y), A.mul(sz, x)), turn];
  },
  // Ji = [-Rz', Rz' [vy; -vx]; 0, -1], Jj = [Rz'Ri'Rj, 0; 0, 1]
  jacobians(A, xi, xj, [, , cz, sz], [c, s]) {
    const [vx, vy] = displacement(A, xi, xj);
    const zero = A.constant(0);
    const ofTurn = A.sub(A.mul(cz, vy), A.mul(sz, vx));
    const alongTurn = A.neg(A.add(A.mul(sz, vy), A.mul(cz, vx)));
    return {
      Ji: [A.neg(cz), A.neg(sz), ofTurn, sz, A.neg(cz), alongTurn, zero, zero, A.constant(-1)],
      Jj: [c, A.neg(s), zero, s, c, zero, zero, zero, A.constant(1)],
    };
  },
};

/** e = [Rz'(Ri'(tj - ti) - tz); wrap(theta_j - theta_i - theta_z)], g2o's EDGE_SE2. */
export const betweenSe2: FormulaFactor = betweenFactor(formulas);
