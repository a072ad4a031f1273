import { atan2, writeCosSin } from "@slam/float";
import { alpha, beta, gamma, halfSinc, SERIES_BELOW } from "./coefficients.ts";
import type { LieGroup } from "./lie-group.ts";
import { write, writeFromMatrix, writeMatrix, writeNormalized, writeProduct, writeRotated } from "./quaternion.ts";

/** Rotations of space: unit quaternions [qx, qy, qz, qw]. Tangents are rotation vectors, axis times angle. */
export const so3: LieGroup = {
  name: "SO(3)",
  size: 4,
  dof: 3,
  pointSize: 3,
  matrixSize: 3,
  identity(out, o) {
    write(0, 0, 0, 1, out, o);
  },
  normalize(x, xo, out, o) {
    writeNormalized(x[xo], x[xo + 1], x[xo + 2], x[xo + 3], out, o);
  },
  compose(a, ao, b, bo, out, o) {
    writeProduct(1, a, ao, b, bo, out, o);
  },
  inverse(x, xo, out, o) {
    write(-x[xo], -x[xo + 1], -x[xo + 2], x[xo + 3], out, o);
  },
  relative: writeRelative3,
  exp: writeExp3,
  log: writeLog3,
  retract(x, xo, xi, xio, out, o) {
    writeExp3(xi, xio, scratch, 0);
    so3.compose(x, xo, scratch, 0, out, o);
  },
  local(x, xo, y, yo, out, o) {
    writeRelative3(x, xo, y, yo, scratch, 0);
    writeLog3(scratch, 0, out, o);
  },
  act(x, xo, p, po, out, o) {
    writeRotated(1, x, xo, p, po, out, o);
  },
  adjoint: writeMatrix3,
  hat(xi, xio, out, o) {
    writeBlock(0, xi[xio], xi[xio + 1], xi[xio + 2], 0, 0, 0, 0, 0, 0, out, o, 3);
  },
  vee(matrix, mo, out, o) {
    const y = matrix[mo + 2];
    const z = matrix[mo + 3];
    out[o] = matrix[mo + 7];
    out[o + 1] = y;
    out[o + 2] = z;
  },
  toMatrix: writeMatrix3,
  fromMatrix(matrix, mo, out, o) {
    writeFromMatrix(matrix, mo, 3, out, o);
  },
  leftJacobian(xi, xio, out, o) {
    const x = squaredNorm(xi, xio);
    writeJacobian3(xi, xio, alpha(x), beta(x), out, o);
  },
  rightJacobian(xi, xio, out, o) {
    const x = squaredNorm(xi, xio);
    writeJacobian3(xi, xio, -alpha(x), beta(x), out, o);
  },
  leftJacobianInverse(xi, xio, out, o) {
    writeJacobian3(xi, xio, -0.5, gamma(squaredNorm(xi, xio)), out, o);
  },
  rightJacobianInverse(xi, xio, out, o) {
    writeJacobian3(xi, xio, 0.5, gamma(squaredNorm(xi, xio)), out, o);
  },
};

const scratch = new Float64Array(4);
const half = new Float64Array(2);

export function squaredNorm(v: Float64Array, vo: number): number {
  return v[vo] * v[vo] + v[vo + 1] * v[vo + 1] + v[vo + 2] * v[vo + 2];
}

/** out <- [sin(theta / 2) phi / theta, cos(theta / 2)]; w is negative for pi < theta < 3 pi. */
function writeExp3(phi: Float64Array, po: number, out: Float64Array, o: number): void {
  writeHalfTurn(phi, po, half);
  writeHalfTurned(phi, po, half, out, o);
}

/** half <- [cos(theta / 2), sin(theta / 2) / theta], the latter with the bits of `halfSinc`. */
export function writeHalfTurn(phi: Float64Array, po: number, half: Float64Array): void {
  const x = squaredNorm(phi, po);
  const theta = Math.sqrt(x);
  writeCosSin(theta / 2, half, 0);
  half[1] = x < SERIES_BELOW ? halfSinc(x) : half[1] / theta;
}

/** out <- exp phi from phi's `writeHalfTurn`. */
export function writeHalfTurned(phi: Float64Array, po: number, half: Float64Array, out: Float64Array, o: number): void {
  const s = half[1];
  write(s * phi[po], s * phi[po + 1], s * phi[po + 2], half[0], out, o);
}

/**
 * out <- 2 atan2(n, w) v / n of q = [v, w] or of -q, whichever has w >= 0; n = |v|. atan2 keeps every angle where asin (near pi) and acos
 * (near 0) lose half the digits. Below n^2 = 2^-26, 2 asin(n) / n = 2 + n^2 / 3 to within n^4 / 6 < u.
 */
export function writeLog3(q: Float64Array, qo: number, out: Float64Array, o: number): void {
  const square = squaredNorm(q, qo);
  const n = Math.sqrt(square);
  const w = q[qo + 3];
  const scale = square < 2 ** -26 ? 2 + square / 3 : (2 * atan2(n, Math.abs(w))) / n;
  const k = w < 0 ? -scale : scale;
  out[o] = k * q[qo];
  out[o + 1] = k * q[qo + 1];
  out[o + 2] = k * q[qo + 2];
}

function writeRelative3(a: Float64Array, ao: number, b: Float64Array, bo: number, out: Float64Array, o: number): void {
  writeProduct(-1, a, ao, b, bo, out, o);
}

function writeMatrix3(x: Float64Array, xo: number, out: Float64Array, o: number): void {
  writeMatrix(x[xo], x[xo + 1], x[xo + 2], x[xo + 3], out, o, 3);
}

/** out <- I + a [phi]x + b [phi]x^2 with the coefficients of SE(2)'s Jacobians; [phi]x^2 = phi phi' - theta^2 I. */
function writeJacobian3(phi: Float64Array, po: number, a: number, b: number, out: Float64Array, o: number): void {
  const x = phi[po];
  const y = phi[po + 1];
  const z = phi[po + 2];
  const h = b / 2;
  writeBlock(1 - b * (x * x + y * y + z * z), a * x, a * y, a * z, h * x, h * y, h * z, x, y, z, out, o, 3);
}

/** out <- d I + [v]x + u p' + p u', rows `stride` numbers apart. */
export function writeBlock(
  d: number,
  vx: number,
  vy: number,
  vz: number,
  ux: number,
  uy: number,
  uz: number,
  px: number,
  py: number,
  pz: number,
  out: Float64Array,
  o: number,
  stride: number,
): void {
  const xy = ux * py + px * uy;
  const xz = ux * pz + px * uz;
  const yz = uy * pz + py * uz;
  out[o] = d + 2 * ux * px;
  out[o + 1] = xy - vz;
  out[o + 2] = xz + vy;
  out[o + stride] = xy + vz;
  out[o + stride + 1] = d + 2 * uy * py;
  out[o + stride + 2] = yz - vx;
  out[o + 2 * stride] = xz - vy;
  out[o + 2 * stride + 1] = yz + vx;
  out[o + 2 * stride + 2] = d + 2 * uz * pz;
}
