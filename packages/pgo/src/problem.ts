import { checkInteger, checkLength } from "@slam/errors";
import { type AnyPrecision, fp64, type OperationFormat } from "@slam/float";
import type { LieGroup } from "@slam/lie";
import type { Scratch } from "@slam/linop";
import type { Counters, LeastSquaresProblem } from "@slam/nlls";
import { ArenaPool } from "@slam/wasm";
import { type CostName, costConvention, factorOfCost } from "./cost-conventions.ts";
import { type EdgeBlocks, edgeBlocks } from "./edge-blocks.ts";
import { graphBlocks } from "./factors/blocks.ts";
import type { HeldDirections } from "./factors/free-directions.ts";
import { type ExtraTerms, linearizeGraph } from "./factors/linearize.ts";
import { hasExtras, landmarkCount } from "./factors/sets.ts";
import { type FactorTerms, factorTerms } from "./factors/terms.ts";
import { type PoseGraph, poseGroup } from "./graph.ts";
import type { BsrJacobian } from "./jacobian.ts";
import type { EdgeTerms, Linearization } from "./linearization.ts";
import { linearize } from "./linearize.ts";
import { retractRounded } from "./retract.ts";
import { type Retraction, retractEngine } from "./retract-engine.ts";
import { GraphStructure } from "./structure.ts";
import { squareRootInformation } from "./whitening.ts";

export interface PoseGraphProblemOptions {
  /** What evaluations and products are counted into. Default: nothing is counted. */
  readonly counters?: Counters | undefined;
  /** What the engine's memory is taken from. Default a new one. */
  readonly arenas?: ArenaPool | undefined;
  /** What nothing determines, and what is therefore kept where it is. Default nothing. */
  readonly directions?: readonly HeldDirections[] | undefined;
  /** Default "g2o". */
  readonly cost?: CostName;
}

/**
 * The least-squares problem of a pose graph: r_e = 2^k W_e e_e with W_e'W_e the information; k is common to all edges and brings the largest entry of
 * W into [1, 2), so that formats with little range can hold it. A point is the array of poses, followed by the landmarks' positions. A landmark takes a
 * block column as wide as a pose's, whose last columns are zero.
 */
export class PoseGraphProblem implements LeastSquaresProblem<Float64Array, BsrJacobian> {
  /** With the cost's information in place of the file's. */
  readonly graph: PoseGraph;
  readonly rows: number;
  readonly cols: number;
  /** The cost is costScale |r|^2, the 1/2 of "gtsam" included. */
  readonly costScale: number;
  /** The block column of each pose, then of each landmark; -1 for those held fixed. */
  readonly column: Int32Array;
  readonly blocks: EdgeBlocks;
  /** What the engine's memory is taken from. */
  readonly arenas: ArenaPool;
  readonly structure: GraphStructure;
  /** Where work is counted, if anywhere. */
  readonly counters: Counters | undefined;
  readonly #group: LieGroup;
  readonly #terms: EdgeTerms;
  readonly #extra: ExtraTerms | undefined;
  /** By format, where storage and arithmetic are in one: the engine's memory is made once. */
  readonly #linearizations: Map<AnyPrecision, Linearization> = new Map();
  #retraction: Retraction | undefined;
  readonly #discarded: Float64Array[] = [];

  /**
   * @param given the graph; its information as the file has it.
   * @param fixed indices of the poses to hold; landmarks that are fixed, or that no factor names, are held too.
   * @throws OptionError for an index out of range, where an information matrix is not positive semidefinite (the ids of its edge are in the message), and
   *   for a cost that is none or that is not of such graphs.
   */
  constructor(given: PoseGraph, fixed: Iterable<number>, options: PoseGraphProblemOptions = {}) {
    const { counters, arenas = new ArenaPool(), directions = [], cost = "g2o" } = options;
    const convention = costConvention(cost, given);
    const graph = convention.information === undefined ? given : { ...given, information: convention.information(given) };
    this.graph = graph;
    this.arenas = arenas;
    this.counters = counters;
    const factor = factorOfCost(convention, graph);
    this.#group = poseGroup(graph);
    const { whitening, ofFactors, costScale } = squareRootInformation(graph, arenas);
    const factors = factorTerms(graph, ofFactors);
    this.column = blockColumns(graph, fixed, factors, arenas);
    const { dof } = factor;
    const ofEdges = edgeBlocks(graph, this.column, dof, dof, arenas);
    const ofAll = hasExtras(graph) ? graphBlocks(ofEdges.pattern, this.column, factors, directions) : undefined;
    const pattern = ofAll?.pattern ?? ofEdges.pattern;
    const blocks = { ...ofEdges, pattern };
    this.blocks = blocks;
    this.structure = new GraphStructure(pattern, arenas);
    this.rows = pattern.blockRows * dof;
    this.cols = pattern.blockCols * dof;
    this.#terms = { graph, factor, blocks, whitening };
    this.#extra = ofAll && { factors, directions, blocks: ofAll, padding: paddingOf(graph, this.column, this.cols) };
    this.costScale = convention.scale * costScale;
  }

  residual(x: Float64Array, format: OperationFormat, r: Float64Array): void {
    checkLength("residual: r", r.length, this.rows);
    const { dof } = this.#terms.factor;
    this.#linearizationIn(format).residual(x, r);
    this.#count("residual", format, this.rows / dof, dof * (dof + 1) + 40, dof);
  }

  jacobian(x: Float64Array, format: OperationFormat): BsrJacobian {
    const { dof } = this.#terms.factor;
    const J = this.#linearizationIn(format).jacobian(x, this.counters?.events ?? { overflows: 0, flushed: 0 });
    this.#count("jacobian", format, this.rows / dof, 2 * dof * dof * (dof + 1) + 100, 2 * dof * dof);
    return J.countedIn(this.counters);
  }

  retract(x: Float64Array, dx: Float64Array, format: OperationFormat): Float64Array {
    const { dof } = this.#terms.factor;
    const moved = this.#copyOf(x);
    const { arithmetic } = format;
    if (arithmetic !== fp64 || this.graph.dimension === 3 || !this.#planarRetraction()(moved.subarray(0, this.graph.poses.length), dx)) {
      moveAll(this.#group, this.column.subarray(0, this.graph.ids.length), arithmetic, x, dx, moved);
    }
    moveLandmarks(this.graph, this.column, arithmetic, dx, moved);
    this.#count("update", format, this.cols / dof, 100, this.#group.size);
    return this.store(moved, format);
  }

  discard(x: Float64Array): void {
    this.#discarded.push(x);
  }

  /** In the memory of a point that was discarded, if there is one: as another array, since points are told apart by identity. */
  #copyOf(x: Float64Array): Float64Array {
    const memory = this.#discarded.pop();
    if (memory === undefined) return x.slice();
    const copy = new Float64Array(memory.buffer, memory.byteOffset, memory.length);
    copy.set(x);
    return copy;
  }

  /** Poses as the format of updates stores them. A rotation stored in few bits means the unit quaternion along them: none of other length is a pose. */
  store(poses: Float64Array, format: OperationFormat): Float64Array {
    if (format.storage === fp64) return poses;
    const stored = poses.map((value) => format.storage.round(value));
    for (let at = 0; at < this.graph.poses.length; at += this.#group.size) this.#group.normalize(stored, at, stored, at);
    return stored;
  }

  #planarRetraction(): Retraction {
    this.#retraction ??= retractEngine(this.column.subarray(0, this.graph.ids.length), this.cols, this.arenas);
    return this.#retraction;
  }

  /** Nothing counts what it evaluates. */
  #linearizationIn(format: OperationFormat): Linearization {
    const { storage, arithmetic } = format;
    const known = storage === arithmetic ? this.#linearizations.get(storage) : undefined;
    if (known !== undefined) return known;
    const extra = this.#extra;
    const made =
      extra === undefined ? linearize(this.#terms, format, this.arenas) : linearizeGraph(this.#terms, extra, format, this.arenas);
    if (storage === arithmetic) this.#linearizations.set(storage, made);
    return made;
  }

  /** Nominal flops and scalars written for each of so many edges or poses. */
  #count(operation: "residual" | "jacobian" | "update", format: OperationFormat, items: number, flops: number, scalars: number): void {
    const bytes = items * scalars * format.storage.Storage.BYTES_PER_ELEMENT;
    this.counters?.work.count(operation, format.arithmetic.name, items * flops, format.storage.name, bytes);
  }
}

/** moved <- x, each free pose moved by its part of dx. */
function moveAll(group: LieGroup, column: Int32Array, A: AnyPrecision, x: Float64Array, dx: Float64Array, moved: Float64Array): void {
  const { size, dof } = group;
  for (let pose = 0; pose < column.length; pose++) {
    const k = column[pose];
    if (k < 0) continue;
    if (A === fp64) group.retract(x, pose * size, dx, k * dof, moved, pose * size);
    else retractRounded(group, A, x, pose * size, dx, k * dof, moved, pose * size);
  }
}

/** The landmarks at the end of a point, each free one moved by the first numbers of its block of dx. */
function moveLandmarks(
  { dimension, ids, poses }: PoseGraph,
  column: Int32Array,
  A: AnyPrecision,
  dx: Float64Array,
  moved: Float64Array,
): void {
  const dof = dimension === 2 ? 3 : 6;
  for (let v = ids.length, at = poses.length; v < column.length; v++, at += dimension) {
    if (column[v] < 0) continue;
    for (let a = 0; a < dimension; a++) moved[at + a] = A.add(A.round(moved[at + a]), A.round(dx[column[v] * dof + a]));
  }
}

/** 1 for the columns by which a landmark's block is wider than the landmark. */
function paddingOf({ dimension, ids }: PoseGraph, column: Int32Array, cols: number): Float64Array | undefined {
  const dof = dimension === 2 ? 3 : 6;
  const padding = new Float64Array(cols);
  for (const k of column.subarray(ids.length)) if (k >= 0) padding.fill(1, k * dof + dimension, (k + 1) * dof);
  return padding.includes(1) ? padding : undefined;
}

/** Block columns in the order of poses and landmarks, for those that are neither held nor, as landmarks, in no factor. */
function blockColumns(graph: PoseGraph, fixed: Iterable<number>, factors: readonly FactorTerms[], scratch: Scratch): Int32Array {
  const poses = graph.ids.length;
  const column = scratch.integers(poses + landmarkCount(graph)).fill(-1, poses);
  for (const k of fixed) {
    checkInteger("fixed", k, 0, poses - 1);
    column[k] = -1;
  }
  for (const { variables } of factors) for (const v of variables) if (v >= poses) column[v] = 0;
  for (const k of graph.landmarks?.fixed ?? []) column[poses + k] = -1;
  for (let v = 0, next = 0; v < column.length; v++) if (column[v] === 0) column[v] = next++;
  return column;
}
