import type { AnyPrecision } from "@slam/float";
import type { LieGroup } from "@slam/lie";

const step = new Float64Array(8);

/**
 * out <- X Exp(xi) in a narrow arithmetic A: the exponential counts as one operation, like sin and cos, and so does the composition: each is computed
 * in fp64 from operands in A and rounded once per component.
 */
export function retractRounded(
  group: LieGroup,
  A: AnyPrecision,
  x: Float64Array,
  xo: number,
  xi: Float64Array,
  xio: number,
  out: Float64Array,
  o: number,
): void {
  const tangent = xi.slice(xio, xio + group.dof).map((v) => A.round(v));
  group.exp(tangent, 0, step, 0);
  for (let k = 0; k < group.size; k++) step[k] = A.round(step[k]);
  group.compose(x, xo, step, 0, out, o);
  for (let k = 0; k < group.size; k++) out[o + k] = A.round(out[o + k]);
}
