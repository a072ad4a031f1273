import { fp32, fp64 } from "@slam/float";
import { analyzeCholesky, type CholeskySymbolic } from "@slam/ichol";
import type { Policy } from "@slam/nlls";
import { type BsrPattern, valueCount } from "@slam/sparse";
import { type ReducedStructure, reducedStructure } from "./reduced-structure.ts";

export interface LinearChoice {
  readonly linear: "schur-cg" | "schur-direct";
  /** One sentence with the numbers in it. */
  readonly reason: string;
  /** What was analysed on the way. */
  readonly structure?: ReducedStructure;
  readonly symbolic?: CholeskySymbolic;
}

/** Iterations of CG whose operations a factorisation may take: easy problems need 15 a step, hard ones hundreds, and a factorisation's operations are the cheaper ones. */
const ITERATIONS = 100;

/**
 * "schur-direct" where forming and factorising the reduced camera system takes no more operations than 100 iterations of "schur-cg"; from the structure alone, so that it is
 * the same on every machine.
 *
 * @param patterns of the parts of J, points last.
 */
export function chooseLinear(patterns: readonly BsrPattern[], { factorize }: Policy): LinearChoice {
  if (factorize.arithmetic !== factorize.storage || (factorize.storage !== fp64 && factorize.storage !== fp32)) {
    return { linear: "schur-cg", reason: `a factor in ${factorize.name} can only precondition` };
  }
  const limit = ITERATIONS * 4 * patterns.reduce((sum, pattern) => sum + valueCount(pattern), 0);
  const forming = formingFlops(patterns);
  if (forming > limit) {
    return { linear: "schur-cg", reason: `forming the reduced camera system takes about ${flops(forming)}, more than ${cost(limit)}` };
  }
  const structure = reducedStructure(patterns);
  const symbolic = analyzeCholesky(structure.pattern);
  const all = forming + symbolic.flops;
  const what = `forming and factorising the reduced camera system of ${structure.pattern.blockCols} blocks takes about ${flops(all)}`;
  if (all > limit) return { linear: "schur-cg", reason: `${what}, more than ${cost(limit)}`, structure };
  return { linear: "schur-direct", reason: `${what}, not more than ${cost(limit)}`, structure, symbolic };
}

/** 6 b^2 for each pair of observations of a point, as if each were of another camera. */
function formingFlops(patterns: readonly BsrPattern[]): number {
  const points = patterns[patterns.length - 1];
  const b = Math.max(...patterns.slice(0, -1).map(({ c }) => c));
  const counts = new Int32Array(points.blockCols);
  for (let k = 0; k < points.colIdx.length; k++) counts[points.colIdx[k]]++;
  let pairs = 0;
  for (let p = 0; p < counts.length; p++) pairs += (counts[p] * (counts[p] + 1)) / 2;
  return 6 * b * b * pairs;
}

function cost(limit: number): string {
  return `the ${flops(limit)} of ${ITERATIONS} iterations of CG`;
}

function flops(n: number): string {
  return `${(n / 1e6).toPrecision(3)} Mflop`;
}
