import { checkInteger, checkLength } from "@slam/errors";
import { type AnyPrecision, fp64, type OperationFormat, type Storage, storeCounted } from "@slam/float";
import { type LieGroup, se2, se3 } from "@slam/lie";
import type { Counters, LeastSquaresProblem } from "@slam/nlls";
import { bsrMatrix } from "@slam/sparse";
import type { BetweenFactor } from "./between.ts";
import { betweenSe2 } from "./between-se2.ts";
import { betweenSe3 } from "./between-se3.ts";
import { type EdgeBlocks, edgeBlocks } from "./edge-blocks.ts";
import { type PoseGraph, poseSize } from "./graph.ts";
import { BsrJacobian } from "./jacobian.ts";
import { retractRounded } from "./retract.ts";
import { squareRootInformation } from "./whitening.ts";

/**
 * The least-squares problem of a pose graph: r_e = 2^k W_e e_e with W_e'W_e the information; k is common to all edges and brings the largest entry of
 * W into [1, 2), so that formats with little range can hold it. A point is the array of poses.
 */
export class PoseGraphProblem implements LeastSquaresProblem<Float64Array, BsrJacobian> {
  readonly graph: PoseGraph;
  readonly rows: number;
  readonly cols: number;
  /** chi2 = costScale |r|^2. */
  readonly costScale: number;
  /** The block column of each pose, -1 for those held fixed. */
  readonly column: Int32Array;
  readonly #factor: BetweenFactor;
  readonly #group: LieGroup;
  readonly #blocks: EdgeBlocks;
  readonly #whitening: Float64Array;
  readonly #counters: Counters | undefined;

  /**
   * @param fixed indices of the poses to hold.
   * @throws OptionError for an index out of range, and where an information matrix is not positive semidefinite: the ids of its edge are in the message.
   */
  constructor(graph: PoseGraph, fixed: Iterable<number>, counters?: Counters) {
    this.graph = graph;
    this.#counters = counters;
    this.#factor = graph.dimension === 2 ? betweenSe2 : betweenSe3;
    this.#group = graph.dimension === 2 ? se2 : se3;
    this.column = blockColumns(graph.ids.length, fixed);
    const dof = this.#factor.dof;
    this.#blocks = edgeBlocks(graph, this.column, dof, dof);
    this.rows = graph.from.length * dof;
    this.cols = this.#blocks.pattern.blockCols * dof;
    const { whitening, costScale } = squareRootInformation(graph);
    this.#whitening = whitening;
    this.costScale = costScale;
  }

  residual(x: Float64Array, format: OperationFormat, r: Float64Array): void {
    checkLength("residual: r", r.length, this.rows);
    const { graph } = this;
    const { dof } = this.#factor;
    const size = poseSize(graph);
    const A = format.arithmetic;
    const e = new Float64Array(dof);
    for (let edge = 0; edge < graph.from.length; edge++) {
      this.#factor.error(A, x, graph.from[edge] * size, graph.to[edge] * size, graph.measurements, edge * size, e);
      for (let a = 0; a < dof; a++) {
        // W is upper triangular.
        let sum = 0;
        for (let k = a; k < dof; k++) sum = A.add(sum, A.mul(A.round(this.#whitening[(edge * dof + a) * dof + k]), e[k]));
        r[edge * dof + a] = format.storage.round(sum);
      }
    }
    this.#count("residual", format, graph.from.length, dof * (dof + 1) + 40, dof);
  }

  jacobian(x: Float64Array, format: OperationFormat): BsrJacobian {
    const { graph } = this;
    const { pattern, ofFrom, ofTo } = this.#blocks;
    const { dof } = this.#factor;
    const size = poseSize(graph);
    const A = format.arithmetic;
    const matrix = bsrMatrix(pattern, format.storage);
    const values = matrix.values as Storage;
    const Ji = new Float64Array(dof * dof);
    const Jj = new Float64Array(dof * dof);
    for (let edge = 0; edge < graph.from.length; edge++) {
      this.#factor.jacobians(A, x, graph.from[edge] * size, graph.to[edge] * size, graph.measurements, edge * size, Ji, Jj);
      if (ofFrom[edge] >= 0) this.#whiten(A, format.storage, edge, Ji, values, ofFrom[edge]);
      if (ofTo[edge] >= 0) this.#whiten(A, format.storage, edge, Jj, values, ofTo[edge]);
    }
    this.#count("jacobian", format, graph.from.length, 2 * dof * dof * (dof + 1) + 100, 2 * dof * dof);
    return new BsrJacobian(matrix);
  }

  /** values[block] <- W J */
  #whiten(A: AnyPrecision, S: AnyPrecision, edge: number, J: Float64Array, values: Storage, block: number): void {
    const { dof } = this.#factor;
    const events = this.#counters?.events ?? { overflows: 0, flushed: 0 };
    for (let a = 0; a < dof; a++) {
      for (let b = 0; b < dof; b++) {
        let sum = 0;
        for (let k = a; k < dof; k++) sum = A.add(sum, A.mul(A.round(this.#whitening[(edge * dof + a) * dof + k]), J[k * dof + b]));
        storeCounted(S, values, (block * dof + a) * dof + b, sum, events);
      }
    }
  }

  retract(x: Float64Array, dx: Float64Array, format: OperationFormat): Float64Array {
    const size = poseSize(this.graph);
    const { dof } = this.#factor;
    const moved = x.slice();
    for (let pose = 0; pose < this.column.length; pose++) {
      const k = this.column[pose];
      if (k < 0) continue;
      if (format.arithmetic === fp64) this.#group.retract(x, pose * size, dx, k * dof, moved, pose * size);
      else retractRounded(this.#group, format.arithmetic, x, pose * size, dx, k * dof, moved, pose * size);
    }
    this.#count("update", format, this.cols / dof, 100, size);
    return this.store(moved, format);
  }

  /** Poses as the format of updates stores them. A rotation stored in few bits means the unit quaternion along them: none of other length is a pose. */
  store(poses: Float64Array, format: OperationFormat): Float64Array {
    if (format.storage === fp64) return poses;
    const stored = poses.map((value) => format.storage.round(value));
    for (let at = 0; at < stored.length; at += this.#group.size) this.#group.normalize(stored, at, stored, at);
    return stored;
  }

  /** Nominal flops and scalars written for each of so many edges or poses. */
  #count(operation: "residual" | "jacobian" | "update", format: OperationFormat, items: number, flops: number, scalars: number): void {
    const bytes = items * scalars * format.storage.Storage.BYTES_PER_ELEMENT;
    this.#counters?.work.count(operation, format.arithmetic.name, items * flops, format.storage.name, bytes);
  }
}

function blockColumns(poses: number, fixed: Iterable<number>): Int32Array {
  const column = new Int32Array(poses);
  for (const k of fixed) {
    checkInteger("fixed", k, 0, poses - 1);
    column[k] = -1;
  }
  for (let pose = 0, next = 0; pose < poses; pose++) if (column[pose] === 0) column[pose] = next++;
  return column;
}
