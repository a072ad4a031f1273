import { GainQueue } from "./gain-queue.ts";
import type { RandomIndex } from "./random-index.ts";
import type { WeightedGraph } from "./weighted-graph.ts";

/** The part of the vertices that are in neither 0 nor 1. */
export const SEPARATOR = 2;

/** Neither part may weigh more than this share of the graph. */
const HEAVIEST = 0.6;
/** Passes of a refinement, and moves in one that may go by without a better separation. */
const PASSES = 6;
const PATIENCE = 60;

/**
 * Parts 0 and 1 of a graph, not joined by an edge, and the separator between them, improved by moving vertices of the separator to a part;
 * their neighbours in the other part take their place.
 *
 * @see Fiduccia, Mattheyses, A linear-time heuristic for improving network partitions, Design Automation Conference 1982; Ashcraft, Liu,
 * Using domain decomposition to find graph bisectors, BIT 37 (1997).
 */
export class Separation {
  readonly graph: WeightedGraph;
  readonly part: Uint8Array;
  /** Weights of part 0, part 1 and the separator. */
  readonly #weights: Int32Array = new Int32Array(3);
  /** For moves to part 0 and to part 1: by what the separator gets lighter. */
  readonly #queues: readonly [GainQueue, GainQueue];
  /** Vertices that have been moved in this pass stay where they are. */
  readonly #moved: Uint8Array;
  /** What a pass has changed: vertices and the parts they were in. */
  readonly #log: Int32Array;
  readonly #before: Uint8Array;
  #logged = 0;

  /** All vertices are in part 0. */
  constructor(graph: WeightedGraph) {
    this.graph = graph;
    this.part = new Uint8Array(graph.n);
    this.#queues = [new GainQueue(graph.n), new GainQueue(graph.n)];
    this.#moved = new Uint8Array(graph.n);
    // In one pass a vertex moves once, and enters the separator at most once before and once after.
    this.#log = new Int32Array(3 * graph.n);
    this.#before = new Uint8Array(3 * graph.n);
  }

  /** What is to be least: the separator's weight, with what a part weighs too much; where two weigh the same, the heavier part. */
  cost(): number {
    const { total } = this.graph;
    const heavier = Math.max(this.#weights[0], this.#weights[1]);
    return this.#weights[SEPARATOR] + Math.max(0, heavier - HEAVIEST * total) + heavier / (2 * total);
  }

  /** Greedy graph growing: part 0 grows from a random vertex, by the move that adds least to the separator, to half of the weight. */
  grow(random: RandomIndex): void {
    const { graph, part } = this;
    const weights = this.#weights;
    const queue = this.#queues[0];
    part.fill(1);
    weights.set([0, graph.total, 0]);
    this.#startPass();
    while (weights[0] + weights[SEPARATOR] / 2 < graph.total / 2) {
      if (queue.first === -1) {
        let v = random.below(graph.n);
        while (part[v] !== 1) v = v + 1 < graph.n ? v + 1 : 0;
        this.#enter(v, 1);
      }
      this.#move(queue.first, 0);
    }
  }

  /** Improves the separation, pass by pass, until one brings nothing. */
  refine(): void {
    this.#weigh();
    for (let pass = 0; pass < PASSES; pass++) {
      const cost = this.cost();
      this.#pass();
      if (this.cost() >= cost) break;
    }
  }

  #weigh(): void {
    const { graph, part } = this;
    const weights = this.#weights;
    weights.fill(0);
    for (let v = 0; v < graph.n; v++) weights[part[v]] += graph.weight[v];
  }

  #startPass(): void {
    this.#queues[0].clear();
    this.#queues[1].clear();
    this.#moved.fill(0);
    this.#logged = 0;
  }

  /** Moves vertices, the best first, for better or worse, and returns to the best separation on the way. */
  #pass(): void {
    const { graph, part } = this;
    const weights = this.#weights;
    this.#startPass();
    for (let v = 0; v < graph.n; v++) if (part[v] === SEPARATOR) this.#enqueue(v);
    let least = this.cost();
    let best = 0;
    for (let idle = 0; idle < PATIENCE; idle++) {
      const to = this.#chooseSide();
      if (to === -1) break;
      this.#move(this.#queues[to].first, to);
      const cost = this.cost();
      if (cost >= least) continue;
      least = cost;
      best = this.#logged;
      idle = 0;
    }
    while (this.#logged > best) {
      const v = this.#log[--this.#logged];
      const was = this.#before[this.#logged];
      weights[part[v]] -= graph.weight[v];
      weights[was] += graph.weight[v];
      part[v] = was;
    }
  }

  /** The part to which the best move goes that does not make it too heavy; -1 if there is none. */
  #chooseSide(): 0 | 1 | -1 {
    const toFirst = this.#feasibleGain(0);
    const toSecond = this.#feasibleGain(1);
    if (toFirst === toSecond) {
      if (toFirst === Number.NEGATIVE_INFINITY) return -1;
      return this.#weights[0] <= this.#weights[1] ? 0 : 1;
    }
    return toFirst > toSecond ? 0 : 1;
  }

  #feasibleGain(to: 0 | 1): number {
    const { graph } = this;
    const weights = this.#weights;
    const queue = this.#queues[to];
    for (let v = queue.first; v !== -1; v = queue.first) {
      const after = weights[to] + graph.weight[v];
      if (after <= HEAVIEST * graph.total || after <= weights[1 - to]) return queue.gain(v);
      queue.remove(v);
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** Moves v from the separator to a part. */
  #move(v: number, to: 0 | 1): void {
    const { graph, part } = this;
    const weights = this.#weights;
    const { rowPtr, colIdx, weight } = graph;
    const from = to === 0 ? 1 : 0;
    this.#queues[0].remove(v);
    this.#queues[1].remove(v);
    this.#moved[v] = 1;
    this.#record(v);
    part[v] = to;
    weights[SEPARATOR] -= weight[v];
    weights[to] += weight[v];
    for (let p = rowPtr[v]; p < rowPtr[v + 1]; p++) {
      const u = colIdx[p];
      if (part[u] === from) this.#enter(u, from);
      // To move u to the other part would now bring v back.
      else if (part[u] === SEPARATOR) this.#queues[from].add(u, -weight[v]);
    }
  }

  /** Takes u from a part into the separator. */
  #enter(u: number, from: 0 | 1): void {
    const { graph, part } = this;
    const weights = this.#weights;
    const { rowPtr, colIdx, weight } = graph;
    const to = from === 0 ? 1 : 0;
    this.#record(u);
    part[u] = SEPARATOR;
    weights[from] -= weight[u];
    weights[SEPARATOR] += weight[u];
    for (let p = rowPtr[u]; p < rowPtr[u + 1]; p++) {
      if (part[colIdx[p]] === SEPARATOR) this.#queues[to].add(colIdx[p], weight[u]);
    }
    if (this.#moved[u] === 0) this.#enqueue(u);
  }

  #enqueue(v: number): void {
    const { graph, part } = this;
    const { rowPtr, colIdx, weight } = graph;
    let gain0 = weight[v];
    let gain1 = weight[v];
    for (let p = rowPtr[v]; p < rowPtr[v + 1]; p++) {
      const u = colIdx[p];
      if (part[u] === 0) gain1 -= weight[u];
      else if (part[u] === 1) gain0 -= weight[u];
    }
    this.#queues[0].put(v, gain0);
    this.#queues[1].put(v, gain1);
  }

  #record(v: number): void {
    this.#log[this.#logged] = v;
    this.#before[this.#logged++] = this.part[v];
  }
}
