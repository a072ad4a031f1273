import { checkLength, OptionError } from "@slam/errors";
import { checkFinite, checkIds, checkIndices, checkQuaternions } from "./check-arrays.ts";
import { checkExtras } from "./factors/check.ts";
import type { Extras } from "./factors/sets.ts";

/**
 * Poses and relative measurements between them: X_k = worldFromBody of pose k; edge e measures Z_e = X_from^-1 X_to.
 * n poses, m edges; arrays are row-major, one row per pose or edge. fp64. What else there may be, landmarks and other measurements, is in `Extras`.
 */
export interface PoseGraph extends Extras {
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

/**
 * Checks in O(n + m) what PoseGraph promises. File readers return graphs that pass; call it on graphs made by hand.
 *
 * @throws DimensionError if array lengths contradict each other.
 * @throws OptionError if an index is out of range, an edge joins a pose to itself, ids do not ascend, a pose and a landmark share one, a number is not
 *   finite, a quaternion is not of unit length or a factor is not what `Factor` says.
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
  checkIds("graph.ids", ids);
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
  checkExtras(graph);
}

/** The information of edge e as a full dof x dof matrix, row-major. */
export function informationMatrix(graph: PoseGraph, e: number): Float64Array {
  return fullMatrix(poseDof(graph), graph.information, e * informationSize(graph));
}

/** The symmetric n x n matrix, row-major, whose upper triangle begins at triangles[at]. */
export function fullMatrix(n: number, triangles: Float64Array, at: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0, k = at; i < n; i++) {
    for (let j = i; j < n; j++, k++) {
      matrix[i * n + j] = triangles[k];
      matrix[j * n + i] = triangles[k];
    }
  }
  return matrix;
}
