import { fp64, operationFormat } from "@slam/float";
import { ArenaPool } from "@slam/wasm";
import { COST_NAMES, type CostName } from "./cost-conventions.ts";
import type { PoseGraph } from "./graph.ts";
import { pointOf } from "./point.ts";
import { PoseGraphProblem } from "./problem.ts";

/**
 * The cost of the graph's estimates by its name, in fp64.
 *
 * @param arenas what the memory is taken from. Default a new pool.
 * @throws OptionError for a name that is none, for any but "g2o" where the graph has more than poses and edges, and for an edge whose information is
 *   indefinite: of "sesync", which couples no translation with a rotation, only where one of the two blocks is.
 */
export function costOf(graph: PoseGraph, name: CostName, arenas?: ArenaPool): number {
  return costAt(new PoseGraphProblem(graph, [], { arenas, cost: name }), pointOf(graph));
}

/** The cost of the graph's estimates in each convention: what to compare with another solver's. Throws as `costOf` does. */
export function costs(graph: PoseGraph): { readonly [name in CostName]: number } {
  const arenas = new ArenaPool();
  const named = COST_NAMES.map((name) => {
    const cost = costOf(graph, name, arenas);
    arenas.recycle();
    return [name, cost];
  });
  return Object.fromEntries(named) as Record<CostName, number>;
}

/**
 * costScale |r|^2 at this point, in fp64.
 *
 * @param r of length rows, overwritten. Default a new array.
 */
export function costAt(problem: PoseGraphProblem, point: Float64Array, r: Float64Array = new Float64Array(problem.rows)): number {
  problem.residual(point, operationFormat(fp64), r);
  return problem.costScale * squaredNorm(r);
}

function squaredNorm(r: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < r.length; i++) sum += r[i] * r[i];
  return sum;
}
