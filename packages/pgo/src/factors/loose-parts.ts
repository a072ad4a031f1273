import { type PoseGraph, poseDof } from "../graph.ts";
import { componentsOf, heldVariables, tiedByEdges } from "./components.ts";
import { FactorEvaluation } from "./evaluate.ts";
import type { HeldDirections } from "./free-directions.ts";
import { edgesOnly } from "./sets.ts";
import type { FactorTerms } from "./terms.ts";

/**
 * Relative to all that factors say about a part. Its square, 2^-24, is far above what rounding in fp64 leaves of a direction that nothing determines, and far
 * below what slows a step in one that something does.
 */
const LOOSENESS = 2 ** -12;

/**
 * Parts that edges connect, but that landmarks or factors alone join to the rest of their component, may be free to move against it: about the one landmark
 * that they share, for instance. The lowest pose of each is damped a little in every step, which moves no optimum.
 *
 * @param held poses.
 */
export function looseParts(
  graph: PoseGraph,
  held: Iterable<number>,
  terms: readonly FactorTerms[],
  point: Float64Array,
): readonly HeldDirections[] {
  const isHeld = heldVariables(graph, held);
  const component = componentsOf(graph, isHeld);
  const part = componentsOf(edgesOnly(graph), isHeld.slice(0, graph.ids.length));
  const tied = tiedByEdges(graph, part);
  const squares = new Map<number, Float64Array>();
  const dof = poseDof(graph);
  part.forEach((root, pose) => {
    if (root === pose && component[pose] !== pose && !tied.has(pose)) squares.set(pose, new Float64Array(dof));
  });
  if (squares.size > 0) for (const one of terms) addSquares(one, part, point, squares);
  return [...squares].map(([variable, sums]) => ({ variable, rows: diagonal(graph.dimension, sums), columns: dof }));
}

/** squares[part] <- squares[part] + the squares of the columns of each pose of the part. */
function addSquares(terms: FactorTerms, part: Int32Array, point: Float64Array, squares: ReadonlyMap<number, Float64Array>): void {
  const evaluation = new FactorEvaluation(terms);
  const { variables: kinds, rows } = terms.factor;
  for (let k = 0; k < terms.count; k++) {
    const all = evaluation.jacobians(point, k);
    kinds.forEach((kind, v) => {
      const sums = kind === "pose" ? squares.get(part[terms.variables[k * kinds.length + v]]) : undefined;
      if (sums === undefined) return;
      const dof = all[v].length / rows;
      for (let at = 0; at < all[v].length; at++) sums[at % dof] += all[v][at] ** 2;
    });
  }
}

/** LOOSENESS times the root of the mean over moves, and of that over turns, on the diagonal. */
function diagonal(moves: 2 | 3, squares: Float64Array): number[] {
  const dof = squares.length;
  const mean = (from: number, to: number): number => squares.subarray(from, to).reduce((sum, x) => sum + x, 0) / (to - from);
  const [move, turn] = [mean(0, moves), mean(moves, dof)].map((square) => LOOSENESS * Math.sqrt(square));
  const rows = new Array<number>(dof * dof).fill(0);
  for (let a = 0; a < dof; a++) rows[a * dof + a] = a < moves ? move : turn;
  return rows;
}
