import { type Clique, FACTOR, FRESH, type Staleness } from "./clique.ts";
import { planElimination } from "./eliminate-poses.ts";
import { eliminate, quadraticForm, solveBackward, solveForward, subtractSeparator } from "./front.ts";
import { FloatRows, IntegerRows } from "./rows.ts";
import type { StoredGraph } from "./stored-graph.ts";

/** What the factor is made of, rows by edge or by pose. */
export interface LinearTerms {
  /** W de/dxi of both ends. */
  readonly jacobians: Float64Array;
  /** -J'r of each pose. */
  readonly descent: Float64Array;
  /** As `jacobians`: those that are in the factor. */
  readonly factored: Float64Array;
}

/**
 * The Cholesky factor R'R of J'J over the settled poses as a tree of cliques, of which only what an edge changes is made anew: the cliques of its ends and all
 * on the way to their roots. Each clique keeps its contribution to its parent, for the factor as for the right side, so nothing below is read again.
 *
 * @see Kaess, Johannsson, Roberts, Ila, Leonard, Dellaert, iSAM2: incremental smoothing and mapping using the Bayes tree, Int. J. Robotics Research 31
 *   (2012); Liu, The multifrontal method for sparse matrix solution, SIAM Review 34 (1992), for the contributions.
 */
export class CliqueTree {
  /** Poses eliminated so far. */
  eliminated = 0;
  /** Pivots so far that were zero to rounding. */
  replacedPivots = 0;
  readonly #graph: StoredGraph;
  readonly #dof: number;
  readonly #roots: Clique[] = [];
  /** Of each pose in the factor the clique that eliminates it. */
  readonly #cliqueOf: (Clique | undefined)[] = [];
  /** Ascends in the order of elimination along every path to a root. */
  readonly #rank = new FloatRows(1);
  #lastRank = 0;
  /** Of each pose its place in the part or front at hand, -1 for all others. */
  readonly #local = new IntegerRows();
  /** Of a front. */
  #diagonal = new Float64Array(0);
  #x = new Float64Array(0);
  readonly #stack: Clique[] = [];

  constructor(graph: StoredGraph) {
    this.#graph = graph;
    this.#dof = graph.dof;
  }

  /** |y|^2 of the right side: what the cost |r|^2 falls by with the whole step, were it quadratic. */
  get energy(): number {
    let sum = 0;
    for (const root of this.#roots) sum += root.energy;
    return sum;
  }

  /** Room for all poses of the graph. */
  reserve(): void {
    const { poseCount } = this.#graph;
    const before = this.#local.values.length;
    this.#local.reserve(poseCount);
    this.#local.values.fill(-1, before);
    this.#rank.reserve(poseCount);
  }

  /** Says that this pose's right side, or what its edges are in the factor, has changed. */
  touch(pose: number, staleness: Staleness): void {
    for (let c = this.#cliqueOf[pose]; c !== undefined && c.stale < staleness; c = c.parent) c.stale = staleness;
  }

  /** Of an edge's ends in the factor the one that is eliminated first, where its terms are. */
  firstEliminated(i: number, j: number): number {
    const rank = this.#rank.values;
    return rank[i] > 0 && (rank[j] === 0 || rank[i] < rank[j]) ? i : j;
  }

  /**
   * Makes room in the tree for edges that have come or gone, with the poses in the factor that they have for ends, and for poses that come into it:
   * everything from their cliques up is eliminated in a new order, `last` last.
   */
  restructure(ends: Iterable<number>, entering: Iterable<number>, last: number): void {
    const poses: number[] = [];
    const orphans: Clique[] = [];
    const torn: Clique[] = [];
    for (const pose of ends) {
      for (let c = this.#cliqueOf[pose]; c !== undefined && c.place >= 0; c = c.parent) {
        this.#detach(c);
        torn.push(c);
      }
    }
    for (const c of torn) {
      for (const pose of c.frontal) poses.push(pose);
      orphans.push(...c.children);
    }
    poses.push(...entering);
    if (poses.length > 0) this.#build(poses, orphans, last);
  }

  #detach(c: Clique): void {
    const siblings = c.parent === undefined ? this.#roots : c.parent.children;
    const moved = siblings[siblings.length - 1];
    siblings[c.place] = moved;
    moved.place = c.place;
    siblings.pop();
    c.place = -1;
  }

  #build(poses: readonly number[], orphans: readonly Clique[], last: number): void {
    const local = this.#local.values;
    for (let k = 0; k < poses.length; k++) local[poses[k]] = k;
    const { ends, pairs } = this.#connections(poses, orphans);
    const lastPlace = local[last] >= 0 ? local[last] : poses.length - 1;
    const plan = planElimination(poses.length, ends, pairs, lastPlace);
    const { order, groupStart, parent, separators, place, group } = plan;
    const cliques: Clique[] = [];
    const poseAt = (k: number): number => poses[order[k]];
    for (let g = 0; g + 1 < groupStart.length; g++) {
      const frontal = Int32Array.from({ length: groupStart[g + 1] - groupStart[g] }, (_, k) => poseAt(groupStart[g] + k));
      cliques.push(this.#newClique(frontal, separators[g].map(poseAt)));
    }
    for (let g = 0; g < cliques.length; g++) this.#attach(cliques[g], parent[g] < 0 ? undefined : cliques[parent[g]]);
    for (const orphan of orphans) {
      let first = local[orphan.separator[0]];
      for (const pose of orphan.separator) if (place[local[pose]] < place[first]) first = local[pose];
      this.#attach(orphan, cliques[group[first]]);
    }
    for (const pose of poses) local[pose] = -1;
    for (const c of cliques) this.#placeChildren(c);
    const rank = this.#rank.values;
    for (let k = 0; k < order.length; k++) rank[poseAt(k)] = ++this.#lastRank;
  }

  /** Pairs of places among the poses: by edges, and by what is below them. */
  #connections(poses: readonly number[], orphans: readonly Clique[]): { readonly ends: Int32Array; readonly pairs: number } {
    const { first, next, from, to } = this.#graph;
    const local = this.#local.values;
    const list: number[] = [];
    for (let k = 0; k < poses.length; k++) {
      for (let t = first[poses[k]]; t >= 0; t = next[t]) {
        const e = t >> 1;
        const other = local[(t & 1) === 0 ? to[e] : from[e]];
        if (other > k) list.push(k, other);
      }
    }
    for (const { separator } of orphans) {
      for (let a = 0; a < separator.length; a++) {
        for (let b = 0; b < a; b++) list.push(local[separator[a]], local[separator[b]]);
      }
    }
    return { ends: Int32Array.from(list), pairs: list.length / 2 };
  }

  #newClique(frontal: Int32Array, separator: Int32Array): Clique {
    const n = (frontal.length + separator.length) * this.#dof;
    const clique: Clique = {
      parent: undefined,
      children: [],
      place: -1,
      frontal,
      separator,
      intoParent: new Int32Array(separator.length),
      front: new Float64Array(n * n),
      right: new Float64Array(n),
      energy: 0,
      stale: FACTOR,
    };
    for (const pose of frontal) this.#cliqueOf[pose] = clique;
    return clique;
  }

  #attach(c: Clique, parent: Clique | undefined): void {
    const siblings = parent === undefined ? this.#roots : parent.children;
    c.parent = parent;
    c.place = siblings.length;
    siblings.push(c);
  }

  /** local <- places in c's front. */
  #enter(c: Clique): void {
    const local = this.#local.values;
    let k = 0;
    for (const pose of c.frontal) local[pose] = k++;
    for (const pose of c.separator) local[pose] = k++;
  }

  #leave(c: Clique): void {
    const local = this.#local.values;
    for (const pose of c.frontal) local[pose] = -1;
    for (const pose of c.separator) local[pose] = -1;
  }

  #placeChildren(c: Clique): void {
    const local = this.#local.values;
    this.#enter(c);
    for (const { separator, intoParent } of c.children) {
      for (let k = 0; k < separator.length; k++) intoParent[k] = local[separator[k]];
    }
    this.#leave(c);
  }

  /** Does what `touch` and `restructure` have left to do, children first. */
  refresh(terms: LinearTerms): void {
    const stack = this.#stack;
    for (const root of this.#roots) if (root.stale !== FRESH) stack.push(root);
    const order: Clique[] = [];
    for (let c = stack.pop(); c !== undefined; c = stack.pop()) {
      order.push(c);
      for (const child of c.children) if (child.stale !== FRESH) stack.push(child);
    }
    for (let k = order.length - 1; k >= 0; k--) {
      const c = order[k];
      if (c.stale === FACTOR) this.#factor(c, terms);
      this.#solveRight(c, terms);
      c.stale = FRESH;
    }
  }

  #factor(c: Clique, terms: LinearTerms): void {
    const n = c.right.length;
    const pivots = c.frontal.length * this.#dof;
    if (this.#diagonal.length < n) {
      this.#diagonal = new Float64Array(2 * n);
      this.#x = new Float64Array(2 * n);
    }
    c.front.fill(0);
    this.#enter(c);
    for (let a = 0; a < c.frontal.length; a++) this.#assembleEdges(c, a, n, terms);
    this.#leave(c);
    for (const child of c.children) addContribution(child, c.front, n, this.#dof);
    this.replacedPivots += eliminate(c.front, n, pivots, this.#diagonal);
    this.eliminated += c.frontal.length;
  }

  /**
   * Adds the a-th pose's block of the diagonal, of all its edges, and those beside it of edges to poses that go later. Jacobians enter the factor where the
   * first of an edge's poses goes; its other pose's block is of the same ones.
   */
  #assembleEdges(c: Clique, a: number, n: number, { jacobians, factored }: LinearTerms): void {
    const { first, next, from, to, settled } = this.#graph;
    const local = this.#local.values;
    const dof = this.#dof;
    const square = dof * dof;
    const { front } = c;
    for (let t = first[c.frontal[a]]; t >= 0; t = next[t]) {
      const e = t >> 1;
      const other = (t & 1) === 0 ? to[e] : from[e];
      if (settled[other] === 0) continue;
      const isHeld = this.#graph.isHeld(other);
      const b = local[other];
      if (isHeld || b > a) for (let k = 2 * e * square; k < 2 * (e + 1) * square; k++) factored[k] = jacobians[k];
      addProduct(front, a * dof * (n + 1), n, factored, t * square, t * square, dof);
      if (!isHeld && b > a) addProduct(front, a * dof * n + b * dof, n, factored, t * square, (t ^ 1) * square, dof);
    }
  }

  #solveRight(c: Clique, { descent }: LinearTerms): void {
    const { frontal, right, front, children } = c;
    const dof = this.#dof;
    right.fill(0);
    for (let a = 0; a < frontal.length; a++) {
      for (let k = 0; k < dof; k++) right[a * dof + k] = descent[frontal[a] * dof + k];
    }
    let below = 0;
    for (const child of children) {
      const start = child.frontal.length * dof;
      const { intoParent } = child;
      for (let b = 0; b < intoParent.length; b++) {
        for (let k = 0; k < dof; k++) right[intoParent[b] * dof + k] += child.right[start + b * dof + k];
      }
      below += child.energy;
    }
    c.energy = below + solveForward(front, right.length, frontal.length * dof, right);
  }

  /**
   * The step, written into the rows of `delta` of the poses that it moves, which are listed in `moved`.
   *
   * A clique and all below it are left where they are where that loses little of what the cost falls by: |y - R x|^2 over their rows with the step x of the
   * separator. Those of the clique itself tell most of it and are needed anyway; of all below it is at most (|y| + (-x'C x)^1/2)^2 with the contribution C.
   *
   * @param moved room for all poses.
   * @param budget what may be lost in all. A single clique loses no more than a part of it.
   * @returns how many poses move.
   */
  step(delta: Float64Array, moved: Int32Array, budget: number): number {
    const dof = this.#dof;
    const stack = this.#stack;
    const x = this.#x;
    const skip = budget * SHARE;
    let left = budget;
    let count = 0;
    for (const root of this.#roots) stack.push(root);
    for (let c = stack.pop(); c !== undefined; c = stack.pop()) {
      const { frontal, separator, front, right } = c;
      const n = right.length;
      const pivots = frontal.length * dof;
      readRows(delta, separator, dof, x, pivots);
      const most = Math.min(skip, left);
      if (subtractSeparator(front, n, pivots, right, x) <= most) {
        const lost = (Math.sqrt(c.energy) + Math.sqrt(Math.max(0, -quadraticForm(front, n, pivots, x)))) ** 2;
        if (lost <= most) {
          left -= lost;
          continue;
        }
      }
      solveBackward(front, n, pivots, x);
      for (let a = 0; a < frontal.length; a++) {
        moved[count++] = frontal[a];
        for (let k = 0; k < dof; k++) delta[frontal[a] * dof + k] = x[a * dof + k];
      }
      for (const child of c.children) stack.push(child);
    }
    return count;
  }
}

/** Of the budget of a step, what a clique and all below it may lose. */
const SHARE = 1 / 16;

/** x[at] ... <- the rows of these poses. */
function readRows(rows: Float64Array, poses: Int32Array, dof: number, x: Float64Array, at: number): void {
  for (let b = 0; b < poses.length; b++) {
    for (let k = 0; k < dof; k++) x[at + b * dof + k] = rows[poses[b] * dof + k];
  }
}

/** A child's contribution into its parent's front of n rows. */
function addContribution({ right, front, frontal, intoParent }: Clique, into: Float64Array, n: number, dof: number): void {
  const m = right.length;
  const start = frontal.length * dof;
  for (let a = 0; a < intoParent.length; a++) {
    const pa = intoParent[a];
    for (let b = a; b < intoParent.length; b++) {
      const pb = intoParent[b];
      const source = (start + a * dof) * m + start + b * dof;
      if (pa <= pb) {
        const target = pa * dof * n + pb * dof;
        for (let i = 0; i < dof; i++) for (let j = a === b ? i : 0; j < dof; j++) into[target + i * n + j] += front[source + i * m + j];
      } else {
        const target = pb * dof * n + pa * dof;
        for (let i = 0; i < dof; i++) for (let j = 0; j < dof; j++) into[target + j * n + i] += front[source + i * m + j];
      }
    }
  }
}

/** The dof x dof block at F[at] of n columns += A'B, A and B at these places of J. */
function addProduct(F: Float64Array, at: number, n: number, J: Float64Array, A: number, B: number, dof: number): void {
  for (let i = 0; i < dof; i++) {
    for (let j = 0; j < dof; j++) {
      let sum = 0;
      for (let k = 0; k < dof; k++) sum += J[A + k * dof + i] * J[B + k * dof + j];
      F[at + i * n + j] += sum;
    }
  }
}
