import { factorOf } from "./factors/built-in.ts";
import { type FactorSet, factorCount } from "./factors/sets.ts";
import type { PoseGraph } from "./graph.ts";

/** A factor between two variables or more, which may be false; one of a single variable is a prior. */
export interface JudgedFactor {
  /** Its block row in the problem: edges come first, then factors, set by set. */
  readonly row: number;
  readonly set: FactorSet;
  /** Its number in the set. */
  readonly measurement: number;
  /** The degrees of freedom of its error. */
  readonly dof: number;
  /**
   * How far apart in the order of ids the poses are that it ties together: of a landmark's measurement it is the pose that sees it and the first one that did.
   */
  readonly span: number;
}

/** Those of a graph, by their rows. */
export function judgedFactors({ ids, from, factors = [], landmarks }: PoseGraph): readonly JudgedFactor[] {
  const firstSeen = new Int32Array(landmarks?.ids.length ?? 0).fill(ids.length);
  for (const set of factors) {
    for (let k = 0; k < factorCount(set); k++) {
      const { poses, seen } = variablesOf(set, k);
      for (const landmark of seen) firstSeen[landmark] = Math.min(firstSeen[landmark], ...poses);
    }
  }
  const judged: JudgedFactor[] = [];
  let firstRow = from.length;
  for (const set of factors) {
    const { variables, rows: dof } = factorOf(set.factor);
    const count = factorCount(set);
    for (let k = 0; k < count && variables.length > 1; k++) {
      const { poses, seen } = variablesOf(set, k);
      const tied = [...poses, ...seen.map((landmark) => firstSeen[landmark])];
      judged.push({ row: firstRow + k, set, measurement: k, dof, span: Math.max(...tied) - Math.min(...tied) });
    }
    firstRow += count;
  }
  return judged;
}

/** Indices of the poses and of the landmarks that a measurement is of. */
function variablesOf({ factor, variables }: FactorSet, k: number): { readonly poses: readonly number[]; readonly seen: readonly number[] } {
  const kinds = factorOf(factor).variables;
  const own = [...variables.subarray(k * kinds.length, (k + 1) * kinds.length)];
  return { poses: own.filter((_, v) => kinds[v] === "pose"), seen: own.filter((_, v) => kinds[v] === "landmark") };
}
