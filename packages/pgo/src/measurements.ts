import { factorOf } from "./factors/built-in.ts";
import { type FactorSet, factorCount } from "./factors/sets.ts";
import { type PoseGraph, poseDof } from "./graph.ts";
import { spanOf } from "./loops.ts";

/** A factor between two variables or more, of those that may have a loss. */
export interface JudgedFactor {
  /** Its place in the graph's `factors`, and among the set's measurements. */
  readonly set: number;
  readonly measurement: number;
}

/**
 * The measurements of a graph by the block rows of its problem: edges come first, then factors, set by set. Those between two variables or more may be false; a factor of one
 * is a prior.
 */
export class Measurements {
  readonly #graph: PoseGraph;
  /** The first row of each set of factors, and where the last one ends. */
  readonly #starts: readonly number[];
  /** Of each landmark, the lowest index of the poses that see it. */
  readonly #firstSeen: Int32Array;

  constructor(graph: PoseGraph) {
    this.#graph = graph;
    const { from, factors = [], landmarks } = graph;
    const starts = [from.length];
    for (const set of factors) starts.push((starts.at(-1) as number) + factorCount(set));
    this.#starts = starts;
    this.#firstSeen = new Int32Array(landmarks?.ids.length ?? 0).fill(graph.ids.length);
    for (const set of factors) {
      for (let k = 0; k < factorCount(set); k++) {
        const { poses, seen } = variablesOf(set, k);
        for (const landmark of seen) this.#firstSeen[landmark] = Math.min(this.#firstSeen[landmark], ...poses);
      }
    }
  }

  /** The factor in a row; undefined of an edge, of a prior, and of what is no measurement. */
  factor(row: number): JudgedFactor | undefined {
    const set = this.#starts.findIndex((start, s) => row >= start && row < this.#starts[s + 1]);
    if (set < 0 || factorOf((this.#graph.factors as readonly FactorSet[])[set].factor).variables.length < 2) return undefined;
    return { set, measurement: row - this.#starts[set] };
  }

  /** The rows of all such factors. */
  factorRows(): readonly number[] {
    const [first, end] = [this.#starts[0], this.#starts.at(-1) as number];
    return Array.from({ length: end - first }, (_, k) => first + k).filter((row) => this.factor(row) !== undefined);
  }

  /** Of the error in the row of an edge or of such a factor. */
  dof(row: number): number {
    const factor = this.factor(row);
    return factor === undefined ? poseDof(this.#graph) : factorOf(this.#setOf(factor).factor).rows;
  }

  /**
   * How far apart in the order of ids the poses are that the measurement ties together: of a landmark's it is the pose that sees it and the first one that did.
   */
  span(row: number): number {
    const factor = this.factor(row);
    if (factor === undefined) return spanOf(this.#graph, row);
    const { poses, seen } = variablesOf(this.#setOf(factor), factor.measurement);
    const tied = [...poses, ...seen.map((landmark) => this.#firstSeen[landmark])];
    return tied.length === 0 ? 0 : Math.max(...tied) - Math.min(...tied);
  }

  #setOf({ set }: JudgedFactor): FactorSet {
    return (this.#graph.factors as readonly FactorSet[])[set];
  }
}

/** Indices of the poses and of the landmarks that a measurement is of. */
function variablesOf({ factor, variables }: FactorSet, k: number): { readonly poses: readonly number[]; readonly seen: readonly number[] } {
  const kinds = factorOf(factor).variables;
  const own = [...variables.subarray(k * kinds.length, (k + 1) * kinds.length)];
  return { poses: own.filter((_, v) => kinds[v] === "pose"), seen: own.filter((_, v) => kinds[v] === "landmark") };
}
