import { fp32, fp64, operationFormat, tolerance } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import { EXACT } from "./exact-equations.ts";
import type { Jacobian, LeastSquaresProblem } from "./problem.ts";

const SINGLE = operationFormat(fp32);

/** What `roundingNoise` computes in: residuals in fp64 and in fp32, which it overwrites, and a step of zeros. */
export interface NoiseVectors {
  readonly r: Float64Array;
  readonly rounded: Float64Array;
  readonly noStep: Float64Array;
}

export function noiseVectors(
  { rows, cols }: Pick<LeastSquaresProblem<unknown, Jacobian>, "rows" | "cols">,
  scratch: Scratch = newArrays,
): NoiseVectors {
  return { r: scratch.numbers(rows), rounded: scratch.numbers(rows), noStep: scratch.numbers(cols) };
}

/**
 * What rounding does to a cost in fp64: |r + e|^2 - |r|^2 for independent errors e, taken to be 2^-29 of what fp32 does to r, since fp64
 * has 29 bits more, times 4 to be safe; at least 16 u |r|^2. Where a residual of zero has been reached it is all of the cost.
 *
 * @param vectors of the problem. Default new ones.
 */
export function roundingNoise<X>(
  problem: LeastSquaresProblem<X, Jacobian>,
  x: X,
  { r, rounded, noStep }: NoiseVectors = noiseVectors(problem),
): number {
  problem.residual(x, EXACT, r);
  const narrow = problem.retract(x, noStep, SINGLE);
  problem.residual(narrow, SINGLE, rounded);
  problem.discard?.(narrow);
  let cost = 0;
  let crossed = 0;
  let squares = 0;
  for (let i = 0; i < r.length; i++) {
    const e = 2 ** -27 * (rounded[i] - r[i]);
    cost += r[i] * r[i];
    crossed += r[i] * e * (r[i] * e);
    squares += e * e;
  }
  const noise = 2 * Math.sqrt(crossed) + squares;
  const size = problem.cost?.(x) ?? cost;
  return Math.max(tolerance(fp64, 1, 16) * size, Number.isFinite(noise) ? noise : 0);
}
