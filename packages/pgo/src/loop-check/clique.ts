import { checkInteger } from "@slam/errors";
import type { BitGraph } from "./bit-graph.ts";
import { type Effort, searchClique } from "./clique-search.ts";
import { degeneracy } from "./degeneracy.ts";

export interface Clique {
  /** Ascending. */
  readonly members: readonly number[];
  /** No clique has more: `members.length` where it is known to be a largest one. */
  readonly bound: number;
  /**
   * How the members were found and what is known of them: "exact" where the heuristic's clique met a bound or the search ended, "heuristic" where the effort
   * ended first; the clique is then maximal, and a larger one is not excluded.
   */
  readonly method: "exact" | "heuristic";
}

export interface CliqueOptions {
  /**
   * What the search for a larger clique may cost, in words of 32 bits read: 1e9 take some seconds. Counted and not clocked, so that the answer is the same
   * everywhere. 0: the heuristic alone. Default 1e9.
   */
  readonly effort?: number;
}

const EFFORT = 1e9;

/**
 * A largest clique, or a maximal one where that would take too long.
 *
 * Heuristic: the vertex with the fewest neighbours among those left goes, until those left are a clique; it is made maximal, then enlarged by exchanges of
 * one member for two. Proof: a larger clique has only vertices of a core number as large as the clique at hand. The others go; what is left falls into parts
 * between which all are neighbours, the connected components of the complement, and its largest clique is the union of theirs. In each branch and bound looks
 * for one. Where nearly all vertices are consistent, as true loops are, parts are tiny; the false ones have low core numbers.
 *
 * @throws OptionError for an effort that is none.
 * @see Rossi, Gleich and Gebremedhin, Parallel maximum clique algorithms with applications to network analysis, SIAM J. Sci. Comput. 37, 2015, for core
 *   numbers; San Segundo,
 *   Rodriguez-Losada and Jimenez, An exact bit-parallel algorithm for the maximum clique problem, Computers and Operations Research 38, 2011, for the search.
 */
export function maximumClique(graph: BitGraph, { effort = EFFORT }: CliqueOptions = {}): Clique {
  checkInteger("effort", effort, 0);
  if (graph.n === 0) return { members: [], bound: 0, method: "exact" };
  const { order, core, clique } = degeneracy(graph);
  const best = improve(graph, extend(graph, clique));
  const candidates = order.filter((v) => core[v] >= best.length).reverse();
  const left: Effort = { words: effort };
  const found: number[] = [];
  let [bound, isExact] = [0, true];
  for (const part of complementParts(graph, candidates)) {
    const inside = new Set(part);
    const known = best.filter((v) => inside.has(v));
    const result = searchClique(graph, part, known, left);
    found.push(...result.members);
    bound += result.bound;
    isExact &&= result.isExact;
  }
  const members = found.length > best.length ? extend(graph, found) : best;
  return {
    members: members.sort((u, v) => u - v),
    bound: isExact ? members.length : Math.max(bound, members.length),
    method: isExact ? "exact" : "heuristic",
  };
}

/** The clique with each vertex, in ascending order, that is a neighbour of all. */
function extend(graph: BitGraph, clique: readonly number[]): number[] {
  const members = [...clique];
  const isMember = new Uint8Array(graph.n);
  for (const v of members) isMember[v] = 1;
  for (let v = 0; v < graph.n; v++) {
    if (isMember[v] === 0 && members.every((u) => graph.has(u, v))) members.push(v);
  }
  return members;
}

/**
 * A maximal clique enlarged while one member can be exchanged for two: for two neighbours, both of which are neighbours of all other members.
 *
 * @see Andrade, Resende and Werneck, Fast local search for the maximum independent set problem, J. Heuristics 18, 2012, on the complement.
 */
function improve(graph: BitGraph, maximal: readonly number[]): number[] {
  let members = [...maximal];
  for (let exchange = true; exchange; ) {
    exchange = false;
    for (const [out, candidates] of replacements(graph, members)) {
      const pair = neighbours(graph, candidates);
      if (pair === undefined) continue;
      members = extend(graph, [...members.filter((v) => v !== out), ...pair]);
      exchange = true;
      break;
    }
  }
  return members;
}

/** For each member those vertices outside of which it is the only member that is no neighbour. */
function replacements(graph: BitGraph, members: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const isMember = new Uint8Array(graph.n);
  for (const v of members) isMember[v] = 1;
  const found = new Map<number, number[]>();
  for (let v = 0; v < graph.n; v++) {
    if (isMember[v] === 1) continue;
    const strangers: number[] = [];
    for (let k = 0; k < members.length && strangers.length < 2; k++) if (!graph.has(v, members[k])) strangers.push(members[k]);
    if (strangers.length !== 1) continue;
    const candidates = found.get(strangers[0]);
    if (candidates === undefined) found.set(strangers[0], [v]);
    else candidates.push(v);
  }
  return found;
}

function neighbours(graph: BitGraph, vertices: readonly number[]): readonly [number, number] | undefined {
  for (let j = 1; j < vertices.length; j++) {
    for (let i = 0; i < j; i++) if (graph.has(vertices[i], vertices[j])) return [vertices[i], vertices[j]];
  }
  return undefined;
}

/** The connected components of the complement of these vertices, each in the order given. */
function complementParts(graph: BitGraph, vertices: readonly number[]): number[][] {
  let rest = [...vertices];
  const parts: number[][] = [];
  while (rest.length > 0) {
    const isInside = new Uint8Array(graph.n);
    const queue = [rest[0]];
    isInside[rest[0]] = 1;
    let outside = rest.slice(1);
    for (const v of queue) {
      const next: number[] = [];
      for (const u of outside) {
        if (graph.has(u, v)) next.push(u);
        else {
          isInside[u] = 1;
          queue.push(u);
        }
      }
      outside = next;
    }
    parts.push(rest.filter((v) => isInside[v] === 1));
    rest = outside;
  }
  return parts;
}
