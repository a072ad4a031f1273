import type { PoseGraph } from "../graph.ts";
import { FactorEvaluation } from "./evaluate.ts";
import { freeDirections, type HeldDirections } from "./free-directions.ts";
import { landmarkCount } from "./sets.ts";
import type { FactorTerms } from "./terms.ts";

/**
 * Landmarks that their measurements do not determine even where all poses are known, such as one seen in a single direction, and in which directions
 * they do not.
 */
export function undeterminedLandmarks(graph: PoseGraph, terms: readonly FactorTerms[], point: Float64Array): readonly HeldDirections[] {
  const d = graph.dimension;
  const n = graph.ids.length;
  const grams = Array.from({ length: landmarkCount(graph) }, () => new Float64Array(d * d));
  for (const one of terms) {
    const { variables: kinds } = one.factor;
    if (!kinds.includes("landmark")) continue;
    const evaluation = new FactorEvaluation(one);
    for (let k = 0; k < one.count; k++) {
      evaluation.jacobians(point, k).forEach((J, v) => {
        if (kinds[v] === "landmark") addSquares(J, d, grams[one.variables[k * kinds.length + v] - n]);
      });
    }
  }
  const fixed = new Set(graph.landmarks?.fixed);
  return grams.flatMap((gram, k) => {
    const free = fixed.has(k) ? [] : freeDirections(d, gram);
    if (free.length === 0) return [];
    // As large as what determines it otherwise.
    const size = Math.sqrt(Array.from({ length: d }, (_, a) => gram[a * d + a]).reduce((sum, x) => sum + x, 0)) || 1;
    return [{ variable: n + k, rows: free.flatMap((row) => Array.from(row, (x) => size * x)), columns: d }];
  });
}

/** gram <- gram + J'J */
function addSquares(J: Float64Array, d: number, gram: Float64Array): void {
  for (let a = 0; a < J.length; a += d) {
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) gram[i * d + j] += J[a + i] * J[a + j];
  }
}
