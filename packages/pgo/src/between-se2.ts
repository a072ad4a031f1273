import { type AnyPrecision, cos, sin } from "@slam/float";
import { wrapAngle } from "@slam/lie";
import type { BetweenFactor } from "./between.ts";

// v = Ri'(tj - ti), and the cosines and sines of theta_i and theta_z.
let vx = 0;
let vy = 0;
let cz = 0;
let sz = 0;

function prepare(A: AnyPrecision, poses: Float64Array, i: number, j: number, z: Float64Array, zo: number): void {
  const ci = A.round(cos(A.round(poses[i + 2])));
  const si = A.round(sin(A.round(poses[i + 2])));
  const dx = A.sub(A.round(poses[j]), A.round(poses[i]));
  const dy = A.sub(A.round(poses[j + 1]), A.round(poses[i + 1]));
  vx = A.add(A.mul(ci, dx), A.mul(si, dy));
  vy = A.sub(A.mul(ci, dy), A.mul(si, dx));
  cz = A.round(cos(A.round(z[zo + 2])));
  sz = A.round(sin(A.round(z[zo + 2])));
}

/** wrap(theta_j - theta_i - theta_z) */
function turn(A: AnyPrecision, poses: Float64Array, i: number, j: number, z: Float64Array, zo: number): number {
  return A.round(wrapAngle(A.sub(A.sub(A.round(poses[j + 2]), A.round(poses[i + 2])), A.round(z[zo + 2]))));
}

/** e = [Rz'(Ri'(tj - ti) - tz); wrap(theta_j - theta_i - theta_z)], g2o's EDGE_SE2. */
export const betweenSe2: BetweenFactor = {
  dof: 3,
  error(A, poses, i, j, z, zo, e) {
    prepare(A, poses, i, j, z, zo);
    const x = A.sub(vx, A.round(z[zo]));
    const y = A.sub(vy, A.round(z[zo + 1]));
    e[0] = A.add(A.mul(cz, x), A.mul(sz, y));
    e[1] = A.sub(A.mul(cz, y), A.mul(sz, x));
    e[2] = turn(A, poses, i, j, z, zo);
  },
  // Ji = [-Rz', Rz' [vy; -vx]; 0, -1], Jj = [Rz'Ri'Rj, 0; 0, 1]
  jacobians(A, poses, i, j, z, zo, Ji, Jj) {
    prepare(A, poses, i, j, z, zo);
    const theta = turn(A, poses, i, j, z, zo);
    const c = A.round(cos(theta));
    const s = A.round(sin(theta));
    Ji[0] = -cz;
    Ji[1] = -sz;
    Ji[2] = A.sub(A.mul(cz, vy), A.mul(sz, vx));
    Ji[3] = sz;
    Ji[4] = -cz;
    Ji[5] = -A.add(A.mul(sz, vy), A.mul(cz, vx));
    Ji[8] = -1;
    Jj[0] = c;
    Jj[1] = -s;
    Jj[3] = s;
    Jj[4] = c;
    Jj[8] = 1;
    Ji[6] = Ji[7] = Jj[2] = Jj[5] = Jj[6] = Jj[7] = 0;
  },
};
