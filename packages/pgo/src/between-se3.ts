import type { AnyPrecision } from "@slam/float";
import { type BetweenFactor, dot3 } from "./between.ts";

const Ri = new Float64Array(9);
const Rz = new Float64Array(9);
const E = new Float64Array(9);
const W = new Float64Array(9);
const v = new Float64Array(3);
/** Z^-1 Xi^-1 Xj's quaternion x y z w with w >= 0. */
const q = new Float64Array(4);
const qij = new Float64Array(4);

/** R <- the rotation matrix of the unit quaternion at qo. */
function rotation(A: AnyPrecision, quaternions: Float64Array, qo: number, R: Float64Array): void {
  const x = A.round(quaternions[qo]);
  const y = A.round(quaternions[qo + 1]);
  const z = A.round(quaternions[qo + 2]);
  const w = A.round(quaternions[qo + 3]);
  const twice = (a: number, b: number): number => 2 * A.mul(a, b);
  R[0] = A.sub(1, A.add(twice(y, y), twice(z, z)));
  R[1] = A.sub(twice(x, y), twice(w, z));
  R[2] = A.add(twice(x, z), twice(w, y));
  R[3] = A.add(twice(x, y), twice(w, z));
  R[4] = A.sub(1, A.add(twice(x, x), twice(z, z)));
  R[5] = A.sub(twice(y, z), twice(w, x));
  R[6] = A.sub(twice(x, z), twice(w, y));
  R[7] = A.add(twice(y, z), twice(w, x));
  R[8] = A.sub(1, A.add(twice(x, x), twice(y, y)));
}

/** out <- conj(a) b. */
function relativeQuaternion(A: AnyPrecision, a: Float64Array, ao: number, b: Float64Array, bo: number, out: Float64Array): void {
  const [ax, ay, az, aw] = [A.round(a[ao]), A.round(a[ao + 1]), A.round(a[ao + 2]), A.round(a[ao + 3])];
  const [bx, by, bz, bw] = [A.round(b[bo]), A.round(b[bo + 1]), A.round(b[bo + 2]), A.round(b[bo + 3])];
  out[0] = A.sub(A.sub(A.mul(aw, bx), A.mul(ax, bw)), A.sub(A.mul(ay, bz), A.mul(az, by)));
  out[1] = A.sub(A.sub(A.mul(aw, by), A.mul(ay, bw)), A.sub(A.mul(az, bx), A.mul(ax, bz)));
  out[2] = A.sub(A.sub(A.mul(aw, bz), A.mul(az, bw)), A.sub(A.mul(ax, by), A.mul(ay, bx)));
  out[3] = A.add(A.mul(aw, bw), dot3(A, ax, bx, ay, by, az, bz));
}

/** v <- Ri'(tj - ti), q <- conj(qz) conj(qi) qj, and Ri, Rz. */
function prepare(A: AnyPrecision, poses: Float64Array, i: number, j: number, z: Float64Array, zo: number): void {
  rotation(A, poses, i + 3, Ri);
  rotation(A, z, zo + 3, Rz);
  const dx = A.sub(A.round(poses[j]), A.round(poses[i]));
  const dy = A.sub(A.round(poses[j + 1]), A.round(poses[i + 1]));
  const dz = A.sub(A.round(poses[j + 2]), A.round(poses[i + 2]));
  for (let a = 0; a < 3; a++) v[a] = dot3(A, Ri[a], dx, Ri[3 + a], dy, Ri[6 + a], dz);
  relativeQuaternion(A, poses, i + 3, poses, j + 3, qij);
  relativeQuaternion(A, z, zo + 3, qij, 0, q);
  if (q[3] < 0) for (let a = 0; a < 4; a++) q[a] = -q[a];
}

/** J[3 .. 5, 3 .. 5] <- s (w I + sign [vec q]x) M', or without M' where M is undefined. */
function halfTurn(A: AnyPrecision, s: number, sign: number, M: Float64Array | undefined, J: Float64Array): void {
  const [x, y, z, w] = q;
  W.set([w, -sign * z, sign * y, sign * z, w, -sign * x, -sign * y, sign * x, w]);
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      const entry = M === undefined ? W[3 * a + b] : dot3(A, W[3 * a], M[3 * b], W[3 * a + 1], M[3 * b + 1], W[3 * a + 2], M[3 * b + 2]);
      J[(a + 3) * 6 + b + 3] = A.mul(s, entry);
    }
  }
}

/** e = [t; vec q] of Z^-1 Xi^-1 Xj with w >= 0, g2o's EDGE_SE3:QUAT. */
export const betweenSe3: BetweenFactor = {
  dof: 6,
  error(A, poses, i, j, z, zo, e) {
    prepare(A, poses, i, j, z, zo);
    const x = A.sub(v[0], A.round(z[zo]));
    const y = A.sub(v[1], A.round(z[zo + 1]));
    const w = A.sub(v[2], A.round(z[zo + 2]));
    for (let a = 0; a < 3; a++) {
      e[a] = dot3(A, Rz[a], x, Rz[3 + a], y, Rz[6 + a], w);
      e[a + 3] = q[a];
    }
  },
  // Ji = [-Rz', Rz'[v]x; 0, -(w I - [vec q]x) Rz' / 2], Jj = [R(q), 0; 0, (w I + [vec q]x) / 2]
  jacobians(A, poses, i, j, z, zo, Ji, Jj) {
    prepare(A, poses, i, j, z, zo);
    Ji.fill(0);
    Jj.fill(0);
    rotation(A, q, 0, E);
    W.set([0, -v[2], v[1], v[2], 0, -v[0], -v[1], v[0], 0]);
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        Ji[a * 6 + b] = -Rz[3 * b + a];
        Ji[a * 6 + b + 3] = dot3(A, Rz[a], W[b], Rz[3 + a], W[3 + b], Rz[6 + a], W[6 + b]);
        Jj[a * 6 + b] = E[3 * a + b];
      }
    }
    halfTurn(A, -0.5, -1, Rz, Ji);
    halfTurn(A, 0.5, 1, undefined, Jj);
  },
};
