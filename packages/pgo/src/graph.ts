import { checkChoice, checkLength, OptionError } from "@slam/errors";
import { type LieGroup, se2, se3, sim3 } from "@slam/lie";
import { checkFinite, checkIds, checkIndices, checkQuaternions, checkScales } from "./check-arrays.ts";
import { checkExtras } from "./factors/check.ts";
import { type Extras, hasExtras } from "./factors/sets.ts";

/**
 * Poses and relative measurements between them: X_k = worldFromBody of pose k; edge e measures Z_e = X_from^-1 X_to.
 * n poses, m edges; arrays are row-major, one row per pose or edge. fp64. What else there may be, landmarks and other measurements, is in `Extras`.
 */
export interface PoseGraph extends Extras {
  readonly dimension: 2 | 3;
  /**
   * Where it is there, poses and measurements are similarities of space, p -> s R p + t, as monocular maps need them whose scale drifts; nothing but poses and edges
   * goes with them. It says which of two records a g2o file has for them.
   */
  readonly similarity?: SimilarityRecords;
  /** The pose's id in its file: safe integers, strictly ascending, with gaps and negative ones allowed. */
  readonly ids: Float64Array;
  /** n x 3 [x y theta], n x 7 [x y z qx qy qz qw] or n x 8 [x y z qx qy qz qw s], unit quaternions, s > 0; metres and radians. */
  readonly poses: Float64Array;
  /** 1 where the file gives an estimate; the other poses are 0 / identity. */
  readonly known: Uint8Array;
  /** Pose index at which edge e starts. */
  readonly from: Int32Array;
  /** Pose index at which edge e ends; never the one it starts at. */
  readonly to: Int32Array;
  /** Z: m x 3, m x 7 or m x 8, laid out as poses. */
  readonly measurements: Float64Array;
  /**
   * m x 6, m x 21 or m x 28: upper triangle, row-major, in g2o's error coordinates of Z^-1 X_from^-1 X_to, [x y theta] or [x y z qx qy qz] with qw >= 0
   * (vec q is half an angle), or its logarithm [v phi sigma] in Sim(3). Finite; neither a file reader nor `checkGraph` asks for positive definiteness.
   */
  readonly information: Float64Array;
  /** Indices of the poses the file holds fixed (FIX lines), without repeats. */
  readonly fixed: Int32Array;
}

/**
 * How a g2o file writes a similarity: "quat" as [x y z qx qy qz qw s], which comes back with the same bits; "expmap" as g2o itself does, its logarithm.
 */
export type SimilarityRecords = "quat" | "expmap";

/** What says how poses are stored. */
export type PoseShape = Pick<PoseGraph, "dimension" | "similarity">;

/** Numbers that store one pose: 3, 7 or, with a scale, 8. */
export function poseSize({ dimension, similarity }: PoseShape): 3 | 7 | 8 {
  if (similarity !== undefined) return 8;
  return dimension === 2 ? 3 : 7;
}

/** Degrees of freedom of one pose: 3, 6 or, with a scale, 7. */
export function poseDof({ dimension, similarity }: PoseShape): 3 | 6 | 7 {
  if (similarity !== undefined) return 7;
  return dimension === 2 ? 3 : 6;
}

/** Numbers that store one information matrix, poseDof (poseDof + 1) / 2: 6, 21 or 28. */
export function informationSize({ dimension, similarity }: PoseShape): 6 | 21 | 28 {
  if (similarity !== undefined) return 28;
  return dimension === 2 ? 6 : 21;
}

/** SE(2), SE(3) or Sim(3). */
export function poseGroup({ dimension, similarity }: PoseShape): LieGroup {
  if (similarity !== undefined) return sim3;
  return dimension === 2 ? se2 : se3;
}

/**
 * Checks in O(n + m) what PoseGraph promises. File readers return graphs that pass; call it on graphs made by hand.
 *
 * @throws DimensionError if array lengths contradict each other.
 * @throws OptionError if an index is out of range, an edge joins a pose to itself, ids do not ascend, a pose and a landmark share one, a number is not
 *   finite, a quaternion is not of unit length, a scale is not positive, a factor is not what `Factor` says or similarities have anything but edges.
 */
export function checkGraph(graph: PoseGraph): void {
  const { dimension, ids, poses, known, from, to, measurements, information, fixed } = graph;
  if (dimension !== 2 && dimension !== 3) throw new OptionError("graph.dimension", { expected: "2 or 3", actual: dimension });
  if (graph.similarity !== undefined) checkSimilarity(graph);
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
  for (let e = 0; e < from.length; e++) {
    if (from[e] === to[e]) throw new OptionError(`graph.to[${e}]`, { expected: "another pose than graph.from's", actual: to[e] });
  }
  checkFinite("graph.poses", poses);
  checkFinite("graph.measurements", measurements);
  checkFinite("graph.information", information);
  if (dimension === 3) {
    checkQuaternions("graph.poses", poses, size);
    checkQuaternions("graph.measurements", measurements, size);
  }
  if (graph.similarity !== undefined) {
    checkScales("graph.poses", poses);
    checkScales("graph.measurements", measurements);
  }
  checkExtras(graph);
}

function checkSimilarity(graph: PoseGraph): void {
  checkChoice("graph.similarity", graph.similarity as string, ["quat", "expmap"]);
  if (graph.dimension !== 3) throw new OptionError("graph.dimension", { expected: "3 for similarities", actual: graph.dimension });
  if (hasExtras(graph) || graph.sensors !== undefined) {
    throw new OptionError("the graph", {
      expected: "poses and edges alone where they are similarities",
      actual: "with landmarks, sensors or factors",
    });
  }
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
