import { type AnyPrecision, fp64, operationFormat, type Storage, tolerance } from "@slam/float";
import { symmetricEigen } from "@slam/lie";
import { informationMatrix, type PoseGraph, poseDof } from "./graph.ts";
import { freeComponents, fromFile } from "./init/chain.ts";
import { PoseGraphProblem } from "./problem.ts";

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
  /** Connected components. */
  readonly components: number;
  /** Edges beyond a spanning forest. */
  readonly loops: number;
  /** Over all eigenvalues of all information matrices; `indefinite` counts matrices. Absent without edges. */
  readonly information?: { readonly least: number; readonly largest: number; readonly indefinite: number };
  /**
   * In the format surveyed, at the file's own estimate, with g2o's units and no scaling: the entries of the information, of the whitened Jacobian J
   * and of the diagonal of J'J. The last two are absent where a matrix is indefinite: then there is no whitening.
   */
  readonly range: { readonly information: RangeCount; readonly jacobian?: RangeCount; readonly normalDiagonal?: RangeCount };
}

/** Surveys the graph for a format. The first pose of each component is held. */
export function surveyGraph(graph: PoseGraph, format: AnyPrecision): GraphSurvey {
  const roots = freeComponents(graph, []);
  const information = informationSpectrum(graph);
  const range = {
    information: countRange(graph.information, format),
    ...(information?.indefinite === 0 && linearizedRange(graph, roots, format)),
  };
  return {
    components: roots.length,
    loops: graph.from.length - (graph.ids.length - roots.length),
    ...(information && { information }),
    range,
  };
}

function informationSpectrum(graph: PoseGraph): GraphSurvey["information"] {
  const dof = poseDof(graph);
  let [least, largest, indefinite] = [Infinity, -Infinity, 0];
  for (let e = 0; e < graph.from.length; e++) {
    const { values } = symmetricEigen(dof, informationMatrix(graph, e));
    const [low, high] = [values[0], values[dof - 1]];
    // What is below zero by rounding alone is zero.
    if (low < -tolerance(fp64, dof) * Math.max(high, -low)) indefinite++;
    least = Math.min(least, low);
    largest = Math.max(largest, high);
  }
  return graph.from.length === 0 ? undefined : { least, largest, indefinite };
}

function linearizedRange(graph: PoseGraph, held: readonly number[], format: AnyPrecision): Omit<GraphSurvey["range"], "information"> {
  const problem = new PoseGraphProblem(graph, held);
  const J = problem.jacobian(fromFile(graph, held), operationFormat(fp64));
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
