import { type LieGroup, se2, se3 } from "@slam/lie";
import { upperSize } from "../between-formulas.ts";
import { FloatRows, IntegerRows } from "./rows.ts";

/** A measurement that has been looked at: poses and upper triangles as in `PoseGraph`. */
export interface CheckedMeasurement {
  readonly measurement: Float64Array;
  readonly information: Float64Array;
  /** W with W'W the information. */
  readonly whitening: Float64Array;
}

/** The pose that priors are measured from: the identity, held. No id names it. */
export const WORLD = 0;

/**
 * Poses and edges that are added one at a time, each in O(1). A prior is an edge from `WORLD`. Every other pose that is not held has a *tree edge*, by which
 * it came: those tie all poses to held ones.
 *
 * A pose that no loop's path through the tree has reached yet is *loose*: its tree edge fits exactly wherever the pose at its other end goes, so it needs no
 * place in the factor, and its estimate is composed when it is asked for.
 */
export class StoredGraph {
  readonly group: LieGroup;
  readonly dof: 3 | 6;
  readonly size: 3 | 7;
  readonly upper: number;
  poseCount = 0;
  edgeCount = 0;
  readonly #indices = new Map<number, number>();
  readonly #ids = new FloatRows(1);
  readonly #poses: FloatRows;
  readonly #treeEdge = new IntegerRows();
  /** The first entry in the list of each pose's edges, -1 for none: entry 2 e is edge e's at its first pose, 2 e + 1 at its second. */
  readonly #first = new IntegerRows();
  readonly #next = new IntegerRows();
  /** Of a loose pose: for which state of the others its estimate was composed. */
  readonly #composedAt = new IntegerRows();
  readonly #from = new IntegerRows();
  readonly #to = new IntegerRows();
  readonly #measurements: FloatRows;
  readonly #information: FloatRows;
  readonly #whitening: FloatRows;
  readonly #removed = new IntegerRows();
  readonly #settled = new IntegerRows();
  /** Loose poses on the way to the one asked for. */
  #stack: Int32Array = new Int32Array(16);
  /** Goes up whenever poses that are not loose have moved. */
  state = 1;
  /** Estimates composed so far. */
  compositions = 0;

  constructor(dimension: 2 | 3) {
    this.group = dimension === 2 ? se2 : se3;
    this.dof = dimension === 2 ? 3 : 6;
    this.size = dimension === 2 ? 3 : 7;
    this.upper = upperSize(this.dof);
    this.#poses = new FloatRows(this.size);
    this.#measurements = new FloatRows(this.size);
    this.#information = new FloatRows(this.upper);
    this.#whitening = new FloatRows(this.upper);
    const world = this.#reservePose(Number.NaN);
    this.group.identity(this.poses, world * this.size);
    this.settled[world] = 1;
  }

  get poses(): Float64Array {
    return this.#poses.values;
  }
  get ids(): Float64Array {
    return this.#ids.values;
  }
  get from(): Int32Array {
    return this.#from.values;
  }
  get to(): Int32Array {
    return this.#to.values;
  }
  get measurements(): Float64Array {
    return this.#measurements.values;
  }
  get information(): Float64Array {
    return this.#information.values;
  }
  /** W with W'W the information. */
  get whitening(): Float64Array {
    return this.#whitening.values;
  }
  /** 1 for edges that are no more. */
  get removed(): Int32Array {
    return this.#removed.values;
  }
  /** 1 for held poses and for those in the factor. */
  get settled(): Int32Array {
    return this.#settled.values;
  }
  /** By which each pose came; -1 for those held. */
  get treeEdge(): Int32Array {
    return this.#treeEdge.values;
  }
  /** See `next`. */
  get first(): Int32Array {
    return this.#first.values;
  }
  /** `for (let t = first[pose]; t >= 0; t = next[t])` visits the edges t >> 1 of a pose. */
  get next(): Int32Array {
    return this.#next.values;
  }

  /** The index of the pose with this id; undefined where there is none. */
  indexOf(id: number): number | undefined {
    return this.#indices.get(id);
  }

  isHeld(pose: number): boolean {
    return this.treeEdge[pose] < 0;
  }

  /** A pose that never moves. Returns its index. */
  addHeld(id: number, pose: Float64Array): number {
    const k = this.#reservePose(id);
    this.group.normalize(pose, 0, this.poses, k * this.size);
    this.settled[k] = 1;
    return k;
  }

  /** A loose pose; its tree edge is added next. Returns its index. */
  addLoose(id: number): number {
    const k = this.#reservePose(id);
    this.treeEdge[k] = this.edgeCount;
    return k;
  }

  /** Returns the edge's index. */
  addEdge(from: number, to: number, { measurement, information, whitening }: CheckedMeasurement): number {
    const e = this.edgeCount++;
    const { size, upper } = this;
    for (const rows of [this.#from, this.#to, this.#measurements, this.#information, this.#whitening, this.#removed]) rows.reserve(e + 1);
    this.#next.reserve(2 * e + 2);
    this.from[e] = from;
    this.to[e] = to;
    this.group.normalize(measurement, 0, this.measurements, e * size);
    this.information.set(information, e * upper);
    this.whitening.set(whitening, e * upper);
    this.next[2 * e] = this.first[from];
    this.first[from] = 2 * e;
    this.next[2 * e + 1] = this.first[to];
    this.first[to] = 2 * e + 1;
    return e;
  }

  /** Takes the edge out of its poses' lists, in O(how long they are); its index stays taken. */
  removeEdge(e: number): void {
    this.removed[e] = 1;
    this.#unlink(this.from[e], 2 * e);
    this.#unlink(this.to[e], 2 * e + 1);
  }

  #unlink(pose: number, entry: number): void {
    const { first, next } = this;
    if (first[pose] === entry) {
      first[pose] = next[entry];
      return;
    }
    let t = first[pose];
    while (next[t] !== entry) t = next[t];
    next[t] = next[entry];
  }

  /** Whether a pose came by this edge. */
  isTreeEdge(e: number): boolean {
    return this.treeEdge[this.from[e]] === e || this.treeEdge[this.to[e]] === e;
  }

  /** The pose at the other end of a loose pose's tree edge. */
  treeParent(pose: number): number {
    const e = this.treeEdge[pose];
    return this.from[e] === pose ? this.to[e] : this.from[e];
  }

  /** Composes a loose pose's estimate, where those it hangs on have moved since: in O(how many of those there are). */
  bringUpToDate(pose: number): void {
    const { settled, state } = this;
    const composedAt = this.#composedAt.values;
    let depth = 0;
    for (let k = pose; settled[k] === 0 && composedAt[k] !== state; k = this.treeParent(k)) {
      if (depth === this.#stack.length) this.#stack = doubled(this.#stack);
      this.#stack[depth++] = k;
    }
    while (depth > 0) {
      const k = this.#stack[--depth];
      this.#compose(k);
      composedAt[k] = state;
    }
  }

  /** X_to = X_from Z, X_from = X_to Z^-1 */
  #compose(pose: number): void {
    const { group, size, poses } = this;
    const e = this.treeEdge[pose];
    this.compositions++;
    if (pose === this.to[e]) {
      group.compose(poses, this.from[e] * size, this.measurements, e * size, poses, pose * size);
    } else {
      group.inverse(this.measurements, e * size, inverse, 0);
      group.compose(poses, this.to[e] * size, inverse, 0, poses, pose * size);
    }
  }

  #reservePose(id: number): number {
    const k = this.poseCount++;
    for (const rows of [this.#ids, this.#poses, this.#treeEdge, this.#first, this.#composedAt, this.#settled]) rows.reserve(k + 1);
    this.ids[k] = id;
    this.treeEdge[k] = -1;
    this.first[k] = -1;
    if (k !== WORLD) this.#indices.set(id, k);
    return k;
  }
}

const inverse = new Float64Array(7);

function doubled(stack: Int32Array): Int32Array {
  const grown = new Int32Array(2 * stack.length);
  grown.set(stack);
  return grown;
}
