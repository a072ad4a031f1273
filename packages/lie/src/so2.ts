import { atan2, cos, sin, writeCosSin } from "@slam/float";
import type { LieGroup } from "./lie-group.ts";
import { wrapAngle } from "./wrap-angle.ts";

/** Rotations of the plane: [theta], in [-pi, pi). */
export const so2: LieGroup = {
  name: "SO(2)",
  size: 1,
  dof: 1,
  pointSize: 2,
  matrixSize: 2,
  identity(out, o) {
    out[o] = 0;
  },
  normalize: copyWrapped,
  compose: sum,
  inverse(x, xo, out, o) {
    out[o] = wrapAngle(-x[xo]);
  },
  relative: difference,
  exp: copyWrapped,
  log: copyWrapped,
  retract: sum,
  local: difference,
  act(x, xo, p, po, out, o) {
    writeRotated2(x[xo], p[po], p[po + 1], out, o);
  },
  adjoint: one,
  hat(xi, xio, out, o) {
    const theta = xi[xio];
    out[o] = 0;
    out[o + 1] = -theta;
    out[o + 2] = theta;
    out[o + 3] = 0;
  },
  vee(matrix, mo, out, o) {
    out[o] = matrix[mo + 2];
  },
  toMatrix(x, xo, out, o) {
    const c = cos(x[xo]);
    const s = sin(x[xo]);
    out[o] = c;
    out[o + 1] = -s;
    out[o + 2] = s;
    out[o + 3] = c;
  },
  fromMatrix(matrix, mo, out, o) {
    out[o] = wrapAngle(atan2(matrix[mo + 2], matrix[mo]));
  },
  leftJacobian: one,
  rightJacobian: one,
  leftJacobianInverse: one,
  rightJacobianInverse: one,
};

const direction = new Float64Array(2);

/** out <- R(theta) (x, y). */
export function writeRotated2(theta: number, x: number, y: number, out: Float64Array, o: number): void {
  writeCosSin(theta, direction, 0);
  const c = direction[0];
  const s = direction[1];
  out[o] = c * x - s * y;
  out[o + 1] = s * x + c * y;
}

function copyWrapped(x: Float64Array, xo: number, out: Float64Array, o: number): void {
  out[o] = wrapAngle(x[xo]);
}

function sum(a: Float64Array, ao: number, b: Float64Array, bo: number, out: Float64Array, o: number): void {
  out[o] = wrapAngle(a[ao] + b[bo]);
}

function difference(a: Float64Array, ao: number, b: Float64Array, bo: number, out: Float64Array, o: number): void {
  out[o] = wrapAngle(b[bo] - a[ao]);
}

/** SO(2) commutes: its adjoint and Jacobians are 1. */
function one(_: Float64Array, __: number, out: Float64Array, o: number): void {
  out[o] = 1;
}
