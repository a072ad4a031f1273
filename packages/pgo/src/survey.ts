import { type AnyPrecision, fp64, operationFormat, type Storage, tolerance } from "@slam/float";
import { symmetricEigen } from "@slam/lie";
import { upperSize } from "./between-formulas.ts";
import { factorOf } from "./factors/built-in.ts";
import { componentsOf } from "./factors/components.ts";
import { factorCount, hasExtras, landmarkCount } from "./factors/sets.ts";
import { factorTerms } from "./factors/terms.ts";
import { fullMatrix, type PoseGraph, poseDof } from "./graph.ts";
import { freeComponents, fromFile } from "./init/chain.ts";
import { placeLandmarks } from "./init/landmarks.ts";
import { joinedPoint } from "./point.ts";
import { PoseGraphProblem } from "./problem.ts";
import { squareRootInformation } from "./whitening.ts";

/** How many of an array's numbers a format has no room for. */
export interface RangeCount {
  readonly entries: number;
  /** |x| > maxFinite. */
  readonly above: number;
  /** 0 < |x| < minSubnormal. */
  readonly below: number;
}

/** What a pose graph is like, before any of it is solved. */
export interface GraphSurvey {
  /** Parts that edges and factors connect. */
  readonly components: number;
  /** Edges between poses beyond a spanning forest. */
  readonly loops: number;
  readonly landmarks: number;
  /** How many there are of each factor, by tag. */
  readonly factors: { readonly [tag: string]: number };
  /** Over all eigenvalues of all information matrices, of edges and factors; `indefinite` counts matrices. Absent without any. */
  readonly information?: { readonly least: number; readonly largest: number; readonly indefinite: number };
  /**
   * In the format surveyed, at the file's own estimate, with g2o's units and no scaling: the entries of the information, of the whitened Jacobian J
   * and of the diagonal of J'J. The last two are absent where a matrix is indefinite: then there is no whitening.
   */
  readonly range: { readonly information: RangeCount; readonly jacobian?: RangeCount; readonly normalDiagonal?: RangeCount };
}

/** Surveys the graph for a format. The first pose of each part that edges connect is held. */
export function surveyGraph(graph: PoseGraph, format: AnyPrecision): GraphSurvey {
  const roots = freeComponents(graph, []);
  const information = informationSpectrum(graph);
  const range = {
    information: [graph, ...(graph.factors ?? [])].map((set) => countRange(set.information, format)).reduce(sumOf),
    ...(information?.indefinite === 0 && linearizedRange(graph, roots, format)),
  };
  const factors: { [tag: string]: number } = {};
  for (const set of graph.factors ?? []) {
    const { tag } = factorOf(set.factor);
    factors[tag] = (factors[tag] ?? 0) + factorCount(set);
  }
  return {
    components: new Set(componentsOf(graph, new Uint8Array(graph.ids.length + landmarkCount(graph)))).size,
    loops: graph.from.length - (graph.ids.length - roots.length),
    landmarks: landmarkCount(graph),
    factors,
    ...(information && { information }),
    range,
  };
}

function sumOf(a: RangeCount, b: RangeCount): RangeCount {
  return { entries: a.entries + b.entries, above: a.above + b.above, below: a.below + b.below };
}

function informationSpectrum(graph: PoseGraph): GraphSurvey["information"] {
  let [least, largest, indefinite, count] = [Infinity, -Infinity, 0, 0];
  for (const [rows, triangles] of [
    [poseDof(graph), graph.information] as const,
    ...(graph.factors ?? []).map((set) => [factorOf(set.factor).rows, set.information] as const),
  ]) {
    for (let at = 0; at < triangles.length; at += upperSize(rows), count++) {
      const { values } = symmetricEigen(rows, fullMatrix(rows, triangles, at));
      const [low, high] = [values[0], values[rows - 1]];
      // What is below zero by rounding alone is zero.
      if (low < -tolerance(fp64, rows) * Math.max(high, -low)) indefinite++;
      least = Math.min(least, low);
      largest = Math.max(largest, high);
    }
  }
  return count === 0 ? undefined : { least, largest, indefinite };
}

/** Poses and landmarks where the file has them, or where its measurements put them. */
function estimates(graph: PoseGraph, held: readonly number[]): Float64Array {
  const poses = fromFile(graph, held);
  if (!hasExtras(graph)) return poses;
  const terms = factorTerms(graph, squareRootInformation(graph).ofFactors);
  return joinedPoint(poses, placeLandmarks(graph, terms, poses, true, "first").positions);
}

function linearizedRange(graph: PoseGraph, held: readonly number[], format: AnyPrecision): Omit<GraphSurvey["range"], "information"> {
  const problem = new PoseGraphProblem(graph, held);
  const J = problem.jacobian(estimates(graph, held), operationFormat(fp64));
  const scale = Math.sqrt(problem.costScale);
  return {
    jacobian: countRange(J.matrix.values as Storage, format, scale),
    normalDiagonal: countRange(J.columnSquares(), format, scale * scale),
  };
}

/** Counts over scale * values. */
function countRange(values: Storage, format: AnyPrecision, scale: number = 1): RangeCount {
  let [above, below] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = Math.abs(scale * values[i]);
    if (x > format.maxFinite) above++;
    if (x > 0 && x < format.minSubnormal) below++;
  }
  return { entries: values.length, above, below };
}
