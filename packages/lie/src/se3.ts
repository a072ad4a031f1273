import { alpha, alphaSlope, beta, betaSlope, gamma, gammaSlope } from "./coefficients.ts";
import type { LieGroup } from "./lie-group.ts";
import { writeFromMatrix, writeMatrix, writeNormalized, writeProduct, writeRotated } from "./quaternion.ts";
import { squaredNorm, writeBlock, writeHalfTurn, writeHalfTurned, writeLog3 } from "./so3.ts";

/** Rigid motions of space: [x, y, z, qx, qy, qz, qw], the quaternion of norm 1. Tangents are xi = [t; phi], phi the rotation vector. */
export const se3: LieGroup = {
  name: "SE(3)",
  size: 7,
  dof: 6,
  pointSize: 3,
  matrixSize: 4,
  identity(out, o) {
    out.fill(0, o, o + 6);
    out[o + 6] = 1;
  },
  normalize(x, xo, out, o) {
    write3(x[xo], x[xo + 1], x[xo + 2], out, o);
    writeNormalized(x[xo + 3], x[xo + 4], x[xo + 5], x[xo + 6], out, o + 3);
  },
  // [ta + Ra tb, qa qb]
  compose(a, ao, b, bo, out, o) {
    writeMoved(a, ao, b, bo, out, o);
    writeProduct(1, a, ao + 3, b, bo + 3, out, o + 3);
  },
  // [-R't, q*]
  inverse(x, xo, out, o) {
    write3(-x[xo], -x[xo + 1], -x[xo + 2], out, o);
    writeRotated(-1, x, xo + 3, out, o, out, o);
    write3(-x[xo + 3], -x[xo + 4], -x[xo + 5], out, o + 3);
    out[o + 6] = x[xo + 6];
  },
  // [Ra'(tb - ta), qa* qb]
  relative(a, ao, b, bo, out, o) {
    write3(b[bo] - a[ao], b[bo + 1] - a[ao + 1], b[bo + 2] - a[ao + 2], out, o);
    writeRotated(-1, a, ao + 3, out, o, out, o);
    writeProduct(-1, a, ao + 3, b, bo + 3, out, o + 3);
  },
  // [Jl(phi) t, exp phi]
  exp(xi, xio, out, o) {
    writeHalfTurn(xi, xio + 3, half);
    const s = half[1];
    writeCurved(xi, xio, xi, xio + 3, 2 * s * s, beta(squaredNorm(xi, xio + 3)), out, o);
    writeHalfTurned(xi, xio + 3, half, out, o + 3);
  },
  // [Jl(phi)^-1 t, phi]
  log(x, xo, out, o) {
    writeLog3(x, xo + 3, out, o + 3);
    writeCurved(x, xo, out, o + 3, -0.5, gamma(squaredNorm(out, o + 3)), out, o);
  },
  retract(x, xo, xi, xio, out, o) {
    se3.exp(xi, xio, scratch, 0);
    se3.compose(x, xo, scratch, 0, out, o);
  },
  local(x, xo, y, yo, out, o) {
    se3.relative(x, xo, y, yo, scratch, 0);
    se3.log(scratch, 0, out, o);
  },
  act: writeMoved,
  // [R, [t]x R; 0, R]
  adjoint(x, xo, out, o) {
    const tx = x[xo];
    const ty = x[xo + 1];
    const tz = x[xo + 2];
    writeMatrix(x[xo + 3], x[xo + 4], x[xo + 5], x[xo + 6], out, o, 6);
    for (let k = o; k < o + 3; k++) {
      const rx = out[k];
      const ry = out[k + 6];
      const rz = out[k + 12];
      out[k + 3] = ty * rz - tz * ry;
      out[k + 9] = tz * rx - tx * rz;
      out[k + 15] = tx * ry - ty * rx;
    }
    writeLowerHalf(out, o);
  },
  hat(xi, xio, out, o) {
    writeBlock(0, xi[xio + 3], xi[xio + 4], xi[xio + 5], 0, 0, 0, 0, 0, 0, out, o, 4);
    writeLastColumn(xi, xio, 0, out, o);
  },
  vee(matrix, mo, out, o) {
    write3(matrix[mo + 3], matrix[mo + 7], matrix[mo + 11], out, o);
    write3(matrix[mo + 9], matrix[mo + 2], matrix[mo + 4], out, o + 3);
  },
  toMatrix(x, xo, out, o) {
    writeMatrix(x[xo + 3], x[xo + 4], x[xo + 5], x[xo + 6], out, o, 4);
    writeLastColumn(x, xo, 1, out, o);
  },
  fromMatrix(matrix, mo, out, o) {
    write3(matrix[mo + 3], matrix[mo + 7], matrix[mo + 11], out, o);
    writeFromMatrix(matrix, mo, 4, out, o + 3);
  },
  leftJacobian(xi, xio, out, o) {
    const x = squaredNorm(xi, xio + 3);
    const a = alpha(x);
    const b = beta(x);
    writeJacobian(xi, xio, a, b, alphaSlope(x, a, b), betaSlope(x, a, b), out, o);
  },
  rightJacobian(xi, xio, out, o) {
    const x = squaredNorm(xi, xio + 3);
    const a = alpha(x);
    const b = beta(x);
    writeJacobian(xi, xio, -a, b, -alphaSlope(x, a, b), betaSlope(x, a, b), out, o);
  },
  leftJacobianInverse(xi, xio, out, o) {
    const x = squaredNorm(xi, xio + 3);
    const c = gamma(x);
    writeJacobian(xi, xio, -0.5, c, 0, gammaSlope(x, c), out, o);
  },
  rightJacobianInverse(xi, xio, out, o) {
    const x = squaredNorm(xi, xio + 3);
    const c = gamma(x);
    writeJacobian(xi, xio, 0.5, c, 0, gammaSlope(x, c), out, o);
  },
};

const scratch = new Float64Array(7);
const half = new Float64Array(2);

function write3(x: number, y: number, z: number, out: Float64Array, o: number): void {
  out[o] = x;
  out[o + 1] = y;
  out[o + 2] = z;
}

/** out <- t + R p. */
function writeMoved(x: Float64Array, xo: number, p: Float64Array, po: number, out: Float64Array, o: number): void {
  const tx = x[xo];
  const ty = x[xo + 1];
  const tz = x[xo + 2];
  writeRotated(1, x, xo + 3, p, po, out, o);
  write3(tx + out[o], ty + out[o + 1], tz + out[o + 2], out, o);
}

/** out <- (I + a [phi]x + b [phi]x^2) t. */
function writeCurved(t: Float64Array, to: number, phi: Float64Array, po: number, a: number, b: number, out: Float64Array, o: number): void {
  const tx = t[to];
  const ty = t[to + 1];
  const tz = t[to + 2];
  const x = phi[po];
  const y = phi[po + 1];
  const z = phi[po + 2];
  const cx = y * tz - z * ty;
  const cy = z * tx - x * tz;
  const cz = x * ty - y * tx;
  write3(tx + a * cx + b * (y * cz - z * cy), ty + a * cy + b * (z * cx - x * cz), tz + a * cz + b * (x * cy - y * cx), out, o);
}

/**
 * out <- [A, Q; 0, A], A = I + a [phi]x + b [phi]x^2 with (a, b) as for SE(2), and Q the derivative of A in the direction t. With s = phi't
 * and a1 = a'(theta) / theta, b1 = b'(theta) / theta:
 * Q = a [t]x + b ([phi]x [t]x + [t]x [phi]x) + s (a1 [phi]x + b1 [phi]x^2)
 *   = -(2 b s + b1 s theta^2) I + [a t + a1 s phi]x + u phi' + phi u',  u = b t + b1 s phi / 2.
 *
 * @see Barfoot, State Estimation for Robotics, 2017, 7.1.5, whose Q_l this is with its products multiplied out.
 */
function writeJacobian(xi: Float64Array, xio: number, a: number, b: number, a1: number, b1: number, out: Float64Array, o: number): void {
  const tx = xi[xio];
  const ty = xi[xio + 1];
  const tz = xi[xio + 2];
  const x = xi[xio + 3];
  const y = xi[xio + 4];
  const z = xi[xio + 5];
  const square = x * x + y * y + z * z;
  const h = b / 2;
  writeBlock(1 - b * square, a * x, a * y, a * z, h * x, h * y, h * z, x, y, z, out, o, 6);
  const s = x * tx + y * ty + z * tz;
  const sa = a1 * s;
  const sb = b1 * s;
  const ux = b * tx + (sb / 2) * x;
  const uy = b * ty + (sb / 2) * y;
  const uz = b * tz + (sb / 2) * z;
  writeBlock(-2 * b * s - sb * square, a * tx + sa * x, a * ty + sa * y, a * tz + sa * z, ux, uy, uz, x, y, z, out, o + 3, 6);
  writeLowerHalf(out, o);
}

/** The lower half of a 6 x 6 matrix [A, Q; 0, A] from its upper one. */
function writeLowerHalf(out: Float64Array, o: number): void {
  for (let row = o; row < o + 18; row += 6) {
    out.fill(0, row + 18, row + 21);
    out.copyWithin(row + 21, row, row + 3);
  }
}

/** Column 4 and row 4 of a homogeneous matrix: (t, w) and (0, 0, 0, w). */
function writeLastColumn(t: Float64Array, to: number, w: number, out: Float64Array, o: number): void {
  out[o + 3] = t[to];
  out[o + 7] = t[to + 1];
  out[o + 11] = t[to + 2];
  out.fill(0, o + 12, o + 15);
  out[o + 15] = w;
}
