import { type AnyPrecision, cos, sin } from "@slam/float";
import type { Arithmetic, BetweenFormulas } from "./between-formulas.ts";

/**
 * The error of a between-factor and its Jacobians at one edge, unwhitened: e(Xi, Xj) with Xi, Xj retracted by [t; theta].
 * Every operation is rounded to the arithmetic A; sin and cos count as one. Poses and measurements lie in flat arrays at the given offsets.
 */
export interface BetweenFactor {
  readonly dof: 3 | 6 | 7;
  /** What kernels are made of; a factor without is evaluated as the reference evaluates it. */
  readonly formulas?: BetweenFormulas;
  /** e <- the error, dof numbers. */
  error(A: AnyPrecision, poses: Float64Array, i: number, j: number, z: Float64Array, zo: number, e: Float64Array): void;
  /** Ji, Jj <- de/dxi_i, de/dxi_j: dof x dof, row-major. */
  jacobians(
    A: AnyPrecision,
    poses: Float64Array,
    i: number,
    j: number,
    z: Float64Array,
    zo: number,
    Ji: Float64Array,
    Jj: Float64Array,
  ): void;
}

export interface FormulaFactor extends BetweenFactor {
  readonly formulas: BetweenFormulas;
}

/** The factor whose formulas these are, evaluated on numbers. */
export function betweenFactor(formulas: BetweenFormulas): FormulaFactor {
  const coordinates = (A: AnyPrecision, x: Float64Array, xo: number): readonly number[] => {
    const numbers = new Float64Array(formulas.size);
    formulas.coordinates(A, x, xo, numbers, 0);
    return Array.from(numbers);
  };
  return {
    dof: formulas.dof,
    formulas,
    error(A, poses, i, j, z, zo, e) {
      const turn = formulas.turn === undefined ? [] : [formulas.turn(A, poses, i, j, z, zo)];
      e.set(formulas.error(arithmeticOf(A), coordinates(A, poses, i), coordinates(A, poses, j), coordinates(A, z, zo), turn));
    },
    jacobians(A, poses, i, j, z, zo, Ji, Jj) {
      const turn = formulas.turn === undefined ? [] : cosSin(A, formulas.turn(A, poses, i, j, z, zo));
      const J = formulas.jacobians(arithmeticOf(A), coordinates(A, poses, i), coordinates(A, poses, j), coordinates(A, z, zo), turn);
      Ji.set(J.Ji);
      Jj.set(J.Jj);
    },
  };
}

/** Numbers of a format. Signs cost no rounding. */
export function arithmeticOf(A: AnyPrecision): Arithmetic<number> {
  return {
    constant: (x) => A.round(x),
    add: (a, b) => A.add(a, b),
    sub: (a, b) => A.sub(a, b),
    mul: (a, b) => A.mul(a, b),
    div: (a, b) => A.div(a, b),
    sqrt: (a) => A.sqrt(a),
    neg: (x) => -x,
    flipped: (x, w) => (w < 0 ? -x : x),
  };
}

/** cos and sin of an angle, rounded to A. */
function cosSin(A: AnyPrecision, angle: number): [number, number] {
  return [A.round(cos(angle)), A.round(sin(angle))];
}
