import { OptionError } from "@slam/errors";
import { checkGraph, type PoseGraph } from "../graph.ts";
import { chiSquareBound, tailOf } from "./chi-square.ts";
import type { CliqueOptions } from "./clique.ts";
import { consistentSet, type LoopSet } from "./consistent-set.ts";
import { LoopCycles } from "./cycles.ts";

export interface LoopCheckOptions extends CliqueOptions {
  /**
   * What share of true pairs is to pass the chi-square test. Default 0.9999. With a smaller one fewer false loops pass, and the set of those that agree loses
   * true ones: of thousands of pairs each loop is in, none may fail.
   */
  readonly quantile?: number;
}

/** An edge by its number in the graph and the ids of its poses. */
interface NamedLoop {
  readonly edge: number;
  readonly from: number;
  readonly to: number;
}

/** A loop outside the largest set of those that agree with each other and with odometry. */
export interface InconsistentLoop extends NamedLoop {
  /** What it is tested against: the odometry between its ends, or the loops that were kept. */
  readonly against: "odometry" | "loops";
  /** e'S^-1 e, beyond the bound: of its own cycle, or of the shortest of those with loops that it disagrees with. */
  readonly squared: number;
  /** Against loops: how many of those that were kept it disagrees with, one at least. */
  readonly disagrees?: number;
  /** Against loops: the one nearest along odometry, by its number in the graph. */
  readonly nearest?: number;
}

/** A loop that nothing could be said of, which is kept. */
export interface UntestedLoop extends NamedLoop {
  /**
   * "singular-information": its information leaves a direction open; "no-odometry": odometry does not connect its ends, and no loop between the same two
   * chains of odometry agrees with it.
   */
  readonly reason: "singular-information" | "no-odometry";
}

export interface LoopCheck {
  readonly quantile: number;
  /** The quantile of chi-square of 3 or 6 degrees of freedom: what e'S^-1 e of two loops is compared with. */
  readonly bound: number;
  /** What e'S^-1 e of a loop and odometry is compared with: the quantile of a tail that is the square of that of pairs. */
  readonly odometryBound: number;
  readonly loops: number;
  /** Pairs of loops in these sets, all tested. */
  readonly pairs: number;
  readonly sets: readonly LoopSet[];
  /** In the order of edges. */
  readonly rejected: readonly InconsistentLoop[];
  readonly untested: readonly UntestedLoop[];
}

/**
 * Pairwise consistency maximisation: the largest set of loops that agree with odometry and with each other, before anything is solved.
 *
 * A loop agrees with odometry where the cycle that they close does not contradict what they say of their noise, two loops agree where the cycle that they
 * close with the odometry between them does not: chi-square tests of the cycle's error, at the quantile, with its covariance propagated to first order. The
 * largest set is a maximum clique. Odometry are the first edges between poses that follow each other in the order of ids, and is believed; loops between two
 * chains of it are tested against each other alone. Poses, estimates, landmarks and other factors are not looked at.
 *
 * It can tell what odometry can: a false loop that is no farther off than odometry drifts between it and the next loop agrees. Where noise is what
 * information says, few true loops are lost; where it is larger, many.
 *
 * O(loops^2), and as much memory in bits.
 *
 * @throws OptionError for a graph of similarities, a quantile that is not between 0 and 1, an effort that is none, and for more than 20000 loops between the same chains; where
 *   `checkGraph` does, DimensionError too.
 * @see Mangelson, Dominic, Eustice and Vasudevan, Pairwise consistent measurement set maximization for robust multi-robot map merging, ICRA 2018.
 */
export function findConsistentLoops(graph: PoseGraph, { quantile = 0.9999, ...options }: LoopCheckOptions = {}): LoopCheck {
  checkGraph(graph);
  if (graph.similarity !== undefined) {
    throw new OptionError("findConsistentLoops: graph", {
      expected: "poses without a scale, whose odometry does not drift in it",
      actual: graph.similarity,
    });
  }
  const tail = tailOf(quantile);
  const cycles = new LoopCycles(graph);
  const { dof, edges, singular } = cycles;
  const [bound, odometryBound] = [chiSquareBound(dof, tail), chiSquareBound(dof, tail ** 2)];
  const named = (edge: number): NamedLoop => ({ edge, from: graph.ids[graph.from[edge]], to: graph.ids[graph.to[edge]] });
  const rejected: InconsistentLoop[] = [];
  const untested: UntestedLoop[] = singular.map((edge) => ({ ...named(edge), reason: "singular-information" }));
  const sets: LoopSet[] = [];
  for (const { loops: all, isOneChain } of loopGroups(cycles)) {
    const own = all.map((loop) => ({ loop, squared: isOneChain ? cycles.againstOdometry(loop) : 0 }));
    for (const { loop, squared } of own) {
      if (squared > odometryBound) rejected.push({ ...named(edges[loop]), against: "odometry", squared });
    }
    const loops = own.filter(({ squared }) => !(squared > odometryBound)).map(({ loop }) => loop);
    const { set, contradictions } = consistentSet(cycles, loops, bound, options);
    // Of loops that nothing else ties to each other, any may be the false one.
    if (!isOneChain && set.kept < 2)
      untested.push(...loops.map((loop): UntestedLoop => ({ ...named(edges[loop]), reason: "no-odometry" })));
    else {
      sets.push(set);
      rejected.push(...contradictions.map(({ loop, ...why }): InconsistentLoop => ({ ...named(edges[loop]), against: "loops", ...why })));
    }
  }
  return {
    quantile,
    bound,
    odometryBound,
    loops: edges.length + singular.length,
    pairs: sets.reduce((sum, { loops }) => sum + (loops * (loops - 1)) / 2, 0),
    sets,
    rejected: rejected.sort(byEdge),
    untested: untested.sort(byEdge),
  };
}

/** The loops between the same two chains, or of one, in the order of edges. */
function loopGroups({ edges, a, b, chain }: LoopCycles): Iterable<{ readonly loops: number[]; readonly isOneChain: boolean }> {
  const groups = new Map<string, { readonly loops: number[]; readonly isOneChain: boolean }>();
  for (const loop of edges.keys()) {
    const [first, second] = [chain[a[loop]], chain[b[loop]]];
    const group = groups.get(`${first} ${second}`);
    if (group === undefined) groups.set(`${first} ${second}`, { loops: [loop], isOneChain: first === second });
    else group.loops.push(loop);
  }
  return groups.values();
}

function byEdge(a: NamedLoop, b: NamedLoop): number {
  return a.edge - b.edge;
}
