import { atan2, cos, sin } from "@slam/float";
import { alpha, beta, gamma } from "./coefficients.ts";
import type { LieGroup } from "./lie-group.ts";
import { writeRotated2 } from "./so2.ts";
import { wrapAngle } from "./wrap-angle.ts";

/** Rigid motions of the plane: [x, y, theta], theta in [-pi, pi). Tangents are [vx, vy, omega]. */
export const se2: LieGroup = {
  name: "SE(2)",
  size: 3,
  dof: 3,
  pointSize: 2,
  matrixSize: 3,
  identity(out, o) {
    write(0, 0, 0, out, o);
  },
  normalize(x, xo, out, o) {
    write(x[xo], x[xo + 1], wrapAngle(x[xo + 2]), out, o);
  },
  compose(a, ao, b, bo, out, o) {
    writeProduct(a, ao, b[bo], b[bo + 1], b[bo + 2], out, o);
  },
  // [-R't, -theta]
  inverse(x, xo, out, o) {
    const theta = -x[xo + 2];
    writeRotated2(theta, -x[xo], -x[xo + 1], out, o);
    out[o + 2] = wrapAngle(theta);
  },
  relative: writeRelative,
  exp(xi, xio, out, o) {
    writeExp(xi, xio, out, o);
    out[o + 2] = wrapAngle(out[o + 2]);
  },
  log(x, xo, out, o) {
    writeLog(x[xo], x[xo + 1], wrapAngle(x[xo + 2]), out, o);
  },
  retract(x, xo, xi, xio, out, o) {
    writeExp(xi, xio, scratch, 0);
    writeProduct(x, xo, scratch[0], scratch[1], scratch[2], out, o);
  },
  local(x, xo, y, yo, out, o) {
    writeRelative(x, xo, y, yo, out, o);
    writeLog(out[o], out[o + 1], out[o + 2], out, o);
  },
  act(x, xo, p, po, out, o) {
    const tx = x[xo];
    const ty = x[xo + 1];
    writeRotated2(x[xo + 2], p[po], p[po + 1], out, o);
    out[o] += tx;
    out[o + 1] += ty;
  },
  // [R, [ty, -tx]'; 0, 1]
  adjoint(x, xo, out, o) {
    const theta = x[xo + 2];
    writeAffine(cos(theta), sin(theta), x[xo + 1], -x[xo], 1, out, o);
  },
  hat(xi, xio, out, o) {
    writeAffine(0, xi[xio + 2], xi[xio], xi[xio + 1], 0, out, o);
  },
  vee(matrix, mo, out, o) {
    write(matrix[mo + 2], matrix[mo + 5], matrix[mo + 3], out, o);
  },
  toMatrix(x, xo, out, o) {
    const theta = x[xo + 2];
    writeAffine(cos(theta), sin(theta), x[xo], x[xo + 1], 1, out, o);
  },
  fromMatrix(matrix, mo, out, o) {
    write(matrix[mo + 2], matrix[mo + 5], wrapAngle(atan2(matrix[mo + 3], matrix[mo])), out, o);
  },
  leftJacobian(xi, xio, out, o) {
    const x = square(xi[xio + 2]);
    writeJacobian(xi, xio, alpha(x), beta(x), out, o);
  },
  rightJacobian(xi, xio, out, o) {
    const x = square(xi[xio + 2]);
    writeJacobian(xi, xio, -alpha(x), beta(x), out, o);
  },
  leftJacobianInverse(xi, xio, out, o) {
    writeJacobian(xi, xio, -0.5, gamma(square(xi[xio + 2])), out, o);
  },
  rightJacobianInverse(xi, xio, out, o) {
    writeJacobian(xi, xio, 0.5, gamma(square(xi[xio + 2])), out, o);
  },
};

const scratch = new Float64Array(3);

function square(x: number): number {
  return x * x;
}

function write(x: number, y: number, theta: number, out: Float64Array, o: number): void {
  out[o] = x;
  out[o + 1] = y;
  out[o + 2] = theta;
}

/** out <- A (x, y, theta) = [ta + Ra (x, y), thetaa + theta]. */
function writeProduct(a: Float64Array, ao: number, x: number, y: number, theta: number, out: Float64Array, o: number): void {
  const ax = a[ao];
  const ay = a[ao + 1];
  const angle = a[ao + 2];
  writeRotated2(angle, x, y, out, o);
  write(ax + out[o], ay + out[o + 1], wrapAngle(angle + theta), out, o);
}

/** out <- A^-1 B = [Ra'(tb - ta), thetab - thetaa]. */
function writeRelative(a: Float64Array, ao: number, b: Float64Array, bo: number, out: Float64Array, o: number): void {
  const theta = a[ao + 2];
  const turn = b[bo + 2] - theta;
  writeRotated2(-theta, b[bo] - a[ao], b[bo + 1] - a[ao + 1], out, o);
  out[o + 2] = wrapAngle(turn);
}

/** out <- [V (vx, vy), omega], V = [1 - beta omega^2, -alpha omega; alpha omega, 1 - beta omega^2]; the angle is not wrapped. */
function writeExp(xi: Float64Array, xio: number, out: Float64Array, o: number): void {
  const vx = xi[xio];
  const vy = xi[xio + 1];
  const omega = xi[xio + 2];
  const x = omega * omega;
  const c = 1 - beta(x) * x;
  const s = alpha(x) * omega;
  write(c * vx - s * vy, s * vx + c * vy, omega, out, o);
}

/** out <- [V^-1 (x, y), theta]. */
function writeLog(x: number, y: number, theta: number, out: Float64Array, o: number): void {
  const thetaSquared = theta * theta;
  const c = 1 - gamma(thetaSquared) * thetaSquared;
  const s = theta / 2;
  write(c * x + s * y, c * y - s * x, theta, out, o);
}

/** out <- [c, -s, x; s, c, y; 0, 0, w]. */
function writeAffine(c: number, s: number, x: number, y: number, w: number, out: Float64Array, o: number): void {
  out[o] = c;
  out[o + 1] = -s;
  out[o + 2] = x;
  out[o + 3] = s;
  out[o + 4] = c;
  out[o + 5] = y;
  out[o + 6] = 0;
  out[o + 7] = 0;
  out[o + 8] = w;
}

/**
 * out <- I + a ad + b ad^2, ad the matrix of [xi, .]: Jl with (alpha, beta), Jr with (-alpha, beta), Jl^-1 with (-1/2, gamma), Jr^-1 with
 * (1/2, gamma).
 */
function writeJacobian(xi: Float64Array, xio: number, a: number, b: number, out: Float64Array, o: number): void {
  const vx = xi[xio];
  const vy = xi[xio + 1];
  const omega = xi[xio + 2];
  const bw = b * omega;
  writeAffine(1 - bw * omega, a * omega, a * vy + bw * vx, bw * vy - a * vx, 1, out, o);
}
