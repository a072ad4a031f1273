import { checkInteger, checkLength, OptionError } from "@slam/errors";

/**
 * Poses and relative measurements between them: X_k = worldFromBody of pose k; edge e measures Z_e = X_from^-1 X_to.
 * n poses, m edges; arrays are row-major, one row per pose or edge. fp64.
 */
export interface PoseGraph {
  readonly dimension: 2 | 3;
  /** The pose's id in its file: safe integers, strictly ascending, with gaps and negative ones allowed. */
  readonly ids: Float64Array;
  /** n x 3 [x y theta] or n x 7 [x y z qx qy qz qw], unit quaternions; metres and radians. */
  readonly poses: Float64Array;
  /** 1 where the file gives an estimate; the other poses are 0 / identity. */
  readonly known: Uint8Array;
  /** Pose index at which edge e starts. */
  readonly from: Int32Array;
  /** Pose index at which edge e ends; never the one it starts at. */
  readonly to: Int32Array;
  /** Z: m x 3 or m x 7, laid out as poses. */
  readonly measurements: Float64Array;
  /**
   * m x 6 or m x 21: upper triangle, row-major, in g2o's error coordinates of Z^-1 X_from^-1 X_to, [x y theta] or [x y z qx qy qz] with qw >= 0
   * (vec q is half an angle). Finite; neither a file reader nor `checkGraph` asks for positive definiteness.
   */
  readonly information: Float64Array;
  /** Indices of the poses the file holds fixed (FIX lines), without repeats. */
  readonly fixed: Int32Array;
}

/** Numbers that store one pose: 3 or 7. */
export function poseSize(graph: Pick<PoseGraph, "dimension">): 3 | 7 {
  return graph.dimension === 2 ? 3 : 7;
}

/** Degrees of freedom of one pose: 3 or 6. */
export function poseDof(graph: Pick<PoseGraph, "dimension">): 3 | 6 {
  return graph.dimension === 2 ? 3 : 6;
}

/** Numbers that store one information matrix, poseDof (poseDof + 1) / 2: 6 or 21. */
export function informationSize(graph: Pick<PoseGraph, "dimension">): 6 | 21 {
  return graph.dimension === 2 ? 6 : 21;
}

/** How far a quaternion's squared length may be from 1: seven printed digits stay below it, a forgotten normalisation does not. */
const UNIT_SLACK = 1e-6;

/**
 * Checks in O(n + m) what PoseGraph promises. File readers return graphs that pass; call it on graphs made by hand.
 *
 * @throws DimensionError if array lengths contradict each other.
 * @throws OptionError if an index is out of range, an edge joins a pose to itself, ids do not ascend, a number is not finite or a quaternion
 *   is not of unit length.
 */
export function checkGraph(graph: PoseGraph): void {
  const { dimension, ids, poses, known, from, to, measurements, information, fixed } = graph;
  if (dimension !== 2 && dimension !== 3) throw new OptionError("graph.dimension", { expected: "2 or 3", actual: dimension });
  const size = poseSize(graph);
  checkLength("graph.poses", poses.length, ids.length * size);
  checkLength("graph.known", known.length, ids.length);
  checkLength("graph.to", to.length, from.length);
  checkLength("graph.measurements", measurements.length, from.length * size);
  checkLength("graph.information", information.length, from.length * informationSize(graph));
  checkIds(ids);
  checkIndices("graph.from", from, ids.length);
  checkIndices("graph.to", to, ids.length);
  checkIndices("graph.fixed", fixed, ids.length);
  const loop = from.findIndex((k, e) => k === to[e]);
  if (loop >= 0) throw new OptionError(`graph.to[${loop}]`, { expected: "another pose than graph.from's", actual: to[loop] });
  checkFinite("graph.poses", poses);
  checkFinite("graph.measurements", measurements);
  checkFinite("graph.information", information);
  if (dimension === 3) {
    checkQuaternions("graph.poses", poses);
    checkQuaternions("graph.measurements", measurements);
  }
}

function checkIds(ids: Float64Array): void {
  for (let k = 0; k < ids.length; k++) {
    const least = k === 0 ? Number.MIN_SAFE_INTEGER : ids[k - 1] + 1;
    if (!Number.isSafeInteger(ids[k]) || ids[k] < least) checkInteger(`graph.ids[${k}]`, ids[k], least);
  }
}

function checkIndices(what: string, indices: Int32Array, poses: number): void {
  for (let at = 0; at < indices.length; at++) {
    if (indices[at] < 0 || indices[at] >= poses) checkInteger(`${what}[${at}]`, indices[at], 0, poses - 1);
  }
}

function checkFinite(what: string, values: Float64Array): void {
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at])) throw new OptionError(`${what}[${at}]`, { expected: "a finite number", actual: values[at] });
  }
}

function checkQuaternions(what: string, values: Float64Array): void {
  for (let at = 3; at < values.length; at += 7) {
    let squared = 0;
    for (let k = at; k < at + 4; k++) squared += values[k] * values[k];
    if (Math.abs(squared - 1) > UNIT_SLACK) {
      throw new OptionError(`${what}[${at} ... ${at + 3}]`, {
        expected: "a quaternion of length 1",
        actual: `of length ${Math.sqrt(squared)}`,
      });
    }
  }
}

/** The information of edge e as a full dof x dof matrix, row-major. */
export function informationMatrix(graph: PoseGraph, e: number): Float64Array {
  const dof = poseDof(graph);
  const matrix = new Float64Array(dof * dof);
  let at = e * informationSize(graph);
  for (let i = 0; i < dof; i++) {
    for (let j = i; j < dof; j++, at++) {
      matrix[i * dof + j] = graph.information[at];
      matrix[j * dof + i] = graph.information[at];
    }
  }
  return matrix;
}
