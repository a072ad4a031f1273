import { se2, se3 } from "@slam/lie";
import type { Factor } from "../../src/factors/factor.ts";
import { variableShape } from "../../src/factors/sets.ts";

/** A factor's error at its variables. */
export function errorOf(factor: Factor, x: readonly Float64Array[], z: Float64Array): Float64Array {
  const e = new Float64Array(factor.rows).fill(Number.NaN);
  factor.error(x, z, e);
  return e;
}

/** A factor's Jacobians, rows x dof for each variable. */
export function jacobiansOf(factor: Factor, x: readonly Float64Array[], z: Float64Array): readonly Float64Array[] {
  const J = factor.variables.map((kind) => new Float64Array(factor.rows * variableShape(factor.dimension, kind).dof));
  factor.jacobians(x, z, J);
  return J;
}

/** (e(x + h) - e(x - h)) / 2 h along each degree of freedom of each variable: X Exp(xi) for a pose, l + dl for a landmark. */
export function centralDifferences(factor: Factor, x: readonly Float64Array[], z: Float64Array, h: number): readonly Float64Array[] {
  return factor.variables.map((kind, v) => {
    const { dof } = variableShape(factor.dimension, kind);
    const J = new Float64Array(factor.rows * dof);
    for (let j = 0; j < dof; j++) {
      const [ahead, behind] = [h, -h].map((step) => {
        const moved = x.map((value) => value.slice());
        const xi = new Float64Array(dof);
        xi[j] = step;
        if (kind === "landmark") moved[v][j] += step;
        else (factor.dimension === 2 ? se2 : se3).retract(x[v], 0, xi, 0, moved[v], 0);
        return errorOf(factor, moved, z);
      });
      for (let a = 0; a < factor.rows; a++) J[a * dof + j] = (ahead[a] - behind[a]) / (2 * h);
    }
    return J;
  });
}
