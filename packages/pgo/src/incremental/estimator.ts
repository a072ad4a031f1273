import { fp64, tolerance } from "@slam/float";
import type { ArenaPool } from "@slam/wasm";
import { FACTOR, RIGHT_SIDE } from "./clique.ts";
import { CliqueTree } from "./clique-tree.ts";
import { type EdgeEvaluator, edgeEvaluator } from "./edge-evaluator.ts";
import { FloatRows, IntegerRows } from "./rows.ts";
import type { StoredGraph } from "./stored-graph.ts";

export interface EstimatorOptions {
  readonly rtol: number;
  readonly relinearize: number;
  readonly maxIterations: number;
  readonly arenas: ArenaPool;
}

/** What an update did. */
export interface UpdateReport {
  /** "stagnated": rounding stopped it, or the cost is not smooth there. After the others but "converged" the next update goes on. */
  readonly termination: "converged" | "max-iterations" | "stagnated";
  readonly iterations: number;
  /** chi2, sum e'We, of the graph as it is now: at the poses as they were, and as they are. */
  readonly cost: { readonly initial: number; readonly final: number };
  /** How much lower the optimum is, to second order: g'(R'R)^-1 g with the gradient g at the poses as they are and the factor R. */
  readonly excess: number;
  /** What it took: poses moved, edges evaluated and poses eliminated, each counted as often as it was. */
  readonly moved: number;
  readonly evaluated: number;
  readonly eliminated: number;
  /** Pivots of the factor that were zero to rounding, and were replaced: steps are short in directions that hardly anything measures. */
  readonly replacedPivots: number;
}

/** Of the cost, what fp64 makes of an edge: so many units of roundoff of its poses' coordinates. */
const NOISE = 4 * 2 ** -53;

/** What a step may lose by leaving poses where they are: as a share of what may be left at the end, and of what it gains. */
const OF_TARGET = 0.6;
const OF_EXCESS = 1e-4;

/** Of a step's gain, what the cost has to fall by. */
const SUFFICIENT = 1e-4;

/** A step is shortened no further than to this share. */
const SHORTEST = 2 ** -20;

/**
 * Gauss-Newton on the settled poses, from where they are, each step by the factor at hand. The gradient is that of the estimate: an edge is evaluated anew
 * whenever one of its poses has moved, and only then. The factor is of older Jacobians where they have changed little.
 */
export class Estimator {
  readonly #tree: CliqueTree;
  readonly #graph: StoredGraph;
  readonly #options: EstimatorOptions;
  readonly #evaluate: EdgeEvaluator;
  readonly #residuals: FloatRows;
  readonly #jacobians: FloatRows;
  readonly #factored: FloatRows;
  /** |r|^2 of each edge, and what rounding may have added to it. */
  readonly #costs = new FloatRows(1);
  readonly #noise = new FloatRows(1);
  readonly #descent: FloatRows;
  readonly #delta: FloatRows;
  /** Poses as they were before a step, by the order in `#moved`. */
  readonly #before: FloatRows;
  readonly #moved = new IntegerRows();
  readonly #touched = new IntegerRows();
  /** Edges and poses that have been listed carry the stamp of the list. */
  readonly #edgeStamp = new IntegerRows();
  readonly #poseStamp = new IntegerRows();
  #stamp = 0;
  /** Edges in `#touched`. */
  #touchedCount = 0;
  /** The pose in the factor that came last. */
  #newest = 0;
  #evaluated = 0;
  #last: UpdateReport = {
    termination: "converged",
    iterations: 0,
    cost: { initial: 0, final: 0 },
    excess: 0,
    moved: 0,
    evaluated: 0,
    eliminated: 0,
    replacedPivots: 0,
  };

  constructor(graph: StoredGraph, options: EstimatorOptions) {
    const { dof, size } = graph;
    this.#graph = graph;
    this.#options = options;
    this.#evaluate = edgeEvaluator(dof === 3 ? 2 : 3, options.arenas);
    this.#tree = new CliqueTree(graph);
    this.#residuals = new FloatRows(dof);
    this.#jacobians = new FloatRows(2 * dof * dof);
    this.#factored = new FloatRows(2 * dof * dof);
    this.#descent = new FloatRows(dof);
    this.#delta = new FloatRows(dof);
    this.#before = new FloatRows(size);
  }

  /** Takes edges in and out, and goes to the optimum from where the poses are. */
  update(added: readonly number[], removed: readonly number[]): UpdateReport {
    if (added.length + removed.length === 0 && this.#last.termination === "converged") return unchanged(this.#last);
    const evaluated = this.#evaluated;
    const { eliminated, replacedPivots } = this.#tree;
    this.#reserve();
    this.#restructure(added, removed);
    const solved = this.#iterate();
    this.#last = {
      ...solved,
      evaluated: this.#evaluated - evaluated,
      eliminated: this.#tree.eliminated - eliminated,
      replacedPivots: this.#tree.replacedPivots - replacedPivots,
    };
    return this.#last;
  }

  #restructure(added: readonly number[], removed: readonly number[]): void {
    const { from, to } = this.#graph;
    const entering: number[] = [];
    const ends: number[] = [];
    this.#beginTouched();
    for (const e of added) {
      this.#settle(from[e], entering, ends);
      this.#settle(to[e], entering, ends);
      this.#touch(e);
    }
    this.#evaluateTouched();
    for (const e of removed) {
      ends.push(from[e], to[e]);
      this.#costs.values[e] = 0;
      this.#noise.values[e] = 0;
    }
    this.#tree.restructure(ends, entering, this.#newest);
    for (const pose of ends) this.#descend(pose);
    for (const pose of entering) this.#descend(pose);
  }

  #reserve(): void {
    const { poseCount, edgeCount } = this.#graph;
    this.#tree.reserve();
    for (const rows of [this.#descent, this.#delta, this.#before, this.#moved, this.#poseStamp]) rows.reserve(poseCount);
    const ofEdges = [this.#residuals, this.#jacobians, this.#factored, this.#costs, this.#noise, this.#touched, this.#edgeStamp];
    for (const rows of ofEdges) rows.reserve(edgeCount);
  }

  /** Brings a pose and those it hangs on into the factor. */
  #settle(pose: number, entering: number[], ends: number[]): void {
    const graph = this.#graph;
    const { settled, treeEdge } = graph;
    graph.bringUpToDate(pose);
    let k = pose;
    for (; settled[k] === 0; k = graph.treeParent(k)) {
      settled[k] = 1;
      entering.push(k);
      this.#touch(treeEdge[k]);
      if (k > this.#newest) this.#newest = k;
    }
    ends.push(k);
  }

  #beginTouched(): void {
    this.#stamp++;
    this.#touchedCount = 0;
  }

  #touch(e: number): void {
    const stamps = this.#edgeStamp.values;
    if (stamps[e] === this.#stamp) return;
    stamps[e] = this.#stamp;
    this.#touched.values[this.#touchedCount++] = e;
  }

  #evaluateTouched(): void {
    const { poses, from, to, measurements, whitening } = this.#graph;
    const edges = this.#touched.values;
    const count = this.#touchedCount;
    const residuals = this.#residuals.values;
    this.#evaluate(edges, count, { poses, from, to, measurements, whitening, residuals, jacobians: this.#jacobians.values });
    for (let k = 0; k < count; k++) this.#appraise(edges[k]);
    this.#evaluated += count;
  }

  /** The edge's cost and its noise. */
  #appraise(e: number): void {
    const { poses, from, to, measurements, whitening, size, dof, upper } = this.#graph;
    const residuals = this.#residuals.values;
    let cost = 0;
    for (let k = e * dof; k < (e + 1) * dof; k++) cost += residuals[k] * residuals[k];
    const translations = dof === 3 ? 2 : 3;
    let square = 1;
    for (let k = 0; k < translations; k++) {
      square += poses[from[e] * size + k] ** 2 + poses[to[e] * size + k] ** 2 + measurements[e * size + k] ** 2;
    }
    let weight = 0;
    for (let k = e * upper; k < (e + 1) * upper; k++) weight += whitening[k] * whitening[k];
    this.#costs.values[e] = cost;
    this.#noise.values[e] = NOISE * NOISE * square * weight;
  }

  /** descent <- -J'r of the pose's edges. */
  #descend(pose: number): void {
    const { first, next, dof, from, to, settled } = this.#graph;
    const J = this.#jacobians.values;
    const r = this.#residuals.values;
    const descent = this.#descent.values;
    const at = pose * dof;
    if (this.#graph.isHeld(pose)) return;
    for (let k = 0; k < dof; k++) descent[at + k] = 0;
    for (let t = first[pose]; t >= 0; t = next[t]) {
      const e = t >> 1;
      const other = (t & 1) === 0 ? to[e] : from[e];
      if (settled[other] === 0) continue;
      for (let i = 0; i < dof; i++) {
        const row = (t * dof + i) * dof;
        for (let k = 0; k < dof; k++) descent[at + k] -= J[row + k] * r[e * dof + i];
      }
    }
    this.#tree.touch(pose, RIGHT_SIDE);
  }

  #iterate(): Omit<UpdateReport, "evaluated" | "eliminated" | "replacedPivots"> {
    const { rtol, maxIterations } = this.#options;
    const terms = { jacobians: this.#jacobians.values, descent: this.#descent.values, factored: this.#factored.values };
    const { edgeCount } = this.#graph;
    const initial = sum(this.#costs.values, edgeCount);
    const noise = sum(this.#noise.values, edgeCount);
    let cost = initial;
    let moved = 0;
    for (let iterations = 0; ; iterations++) {
      this.#tree.refresh(terms);
      const excess = this.#tree.energy;
      const target = Math.max(rtol * cost, noise);
      const ended = (termination: UpdateReport["termination"]) => {
        return { termination, iterations, cost: { initial, final: cost }, excess, moved };
      };
      if (excess <= target) return ended("converged");
      if (iterations === maxIterations) return ended("max-iterations");
      const count = this.#tree.step(this.#delta.values, this.#moved.values, Math.max(OF_TARGET * target, OF_EXCESS * excess));
      moved += count;
      const lower = this.#move(count, cost, excess, noise);
      if (lower === undefined) return ended("stagnated");
      cost = lower;
    }
  }

  /** Goes along the step until the cost is lower; returns it, or undefined where it is not. */
  #move(count: number, cost: number, excess: number, noise: number): number | undefined {
    const graph = this.#graph;
    const { poses, group, size, dof, edgeCount } = graph;
    const moved = this.#moved.values;
    const before = this.#before.values;
    for (let k = 0; k < count; k++) for (let a = 0; a < size; a++) before[k * size + a] = poses[moved[k] * size + a];
    this.#touchEdgesOf(moved, count);
    graph.state++;
    const delta = this.#delta.values;
    for (let share = 1; share >= SHORTEST; share /= 2) {
      if (share < 1) for (let k = 0; k < count; k++) for (let a = 0; a < dof; a++) delta[moved[k] * dof + a] /= 2;
      for (let k = 0; k < count; k++) group.retract(before, k * size, delta, moved[k] * dof, poses, moved[k] * size);
      this.#evaluateTouched();
      const lower = sum(this.#costs.values, edgeCount);
      if (lower <= cost - SUFFICIENT * share * excess + noise + tolerance(fp64, 1) * cost) {
        this.#relinearize();
        return lower;
      }
    }
    for (let k = 0; k < count; k++) for (let a = 0; a < size; a++) poses[moved[k] * size + a] = before[k * size + a];
    this.#evaluateTouched();
    return undefined;
  }

  #touchEdgesOf(moved: Int32Array, count: number): void {
    const { first, next, from, to, settled } = this.#graph;
    this.#beginTouched();
    for (let k = 0; k < count; k++) {
      for (let t = first[moved[k]]; t >= 0; t = next[t]) {
        const e = t >> 1;
        if (settled[(t & 1) === 0 ? to[e] : from[e]] !== 0) this.#touch(e);
      }
    }
  }

  /** Says what of the tree the touched edges have made stale. */
  #relinearize(): void {
    const { from, to } = this.#graph;
    const edges = this.#touched.values;
    const stamps = this.#poseStamp.values;
    for (let k = 0; k < this.#touchedCount; k++) {
      const e = edges[k];
      const i = from[e];
      const j = to[e];
      if (this.#hasTurned(e)) this.#tree.touch(this.#tree.firstEliminated(i, j), FACTOR);
      if (stamps[i] !== this.#stamp) this.#descend(i);
      if (stamps[j] !== this.#stamp) this.#descend(j);
      stamps[i] = this.#stamp;
      stamps[j] = this.#stamp;
    }
  }

  /** Whether a column of the edge's Jacobians is further from what is in the factor than `relinearize` times its norm. */
  #hasTurned(e: number): boolean {
    const { dof } = this.#graph;
    const J = this.#jacobians.values;
    const F = this.#factored.values;
    const { relinearize } = this.#options;
    const bound = relinearize * relinearize;
    const square = dof * dof;
    for (let block = 2 * e * square; block < 2 * (e + 1) * square; block += square) {
      for (let c = 0; c < dof; c++) {
        let change = 0;
        let norm = 0;
        for (let at = block + c; at < block + square; at += dof) {
          change += (J[at] - F[at]) * (J[at] - F[at]);
          norm += F[at] * F[at];
        }
        if (change > bound * norm) return true;
      }
    }
    return false;
  }
}

/** The report of an update that found nothing to do. */
function unchanged(last: UpdateReport): UpdateReport {
  const { final } = last.cost;
  return { ...last, iterations: 0, cost: { initial: final, final }, moved: 0, evaluated: 0, eliminated: 0, replacedPivots: 0 };
}

function sum(values: Float64Array, count: number): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += values[k];
  return total;
}
