import { OptionError } from "@slam/errors";
import { cos, sin } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import type { PoseGraph } from "../graph.ts";
import { quaternionFromRpy, rpyFromQuaternion } from "./quaternion.ts";
import { type ReadGraph, readGraph } from "./read-graph.ts";
import { informationFields, type RecordType } from "./record.ts";
import { writeGraph } from "./write-graph.ts";

const POSE2 = ["x", "y", "theta"];
const POSE3 = ["x", "y", "z", "roll", "pitch", "yaw"];

/** Where g2o's information entries xx xy xt yy yt tt stand in an EDGE2, which orders them xx xy yy tt xt yt. */
const EDGE2_ORDER = [0, 1, 4, 2, 5, 3];

export const VERTEX2: RecordType = { tag: "VERTEX2", kind: "vertex", dimension: 2, fields: POSE2 };

/**
 * TORO weighs the translation error in the frame of pose `from`, g2o in that of the measurement, Rz' times it: W_g2o = Rz' W Rz. Seen in the error
 * function of TORO's treeoptimizer2.cpp, and in CSAIL, published both ways.
 */
export const EDGE2: RecordType = {
  tag: "EDGE2",
  kind: "edge",
  dimension: 2,
  fields: [...POSE2, ...["x, x", "x, y", "y, y", "theta, theta", "x, theta", "y, theta"].map((axes) => `information (${axes})`)],
  toGraph(values) {
    const toro = values.slice(3, 9);
    EDGE2_ORDER.forEach((at, i) => {
      values[3 + i] = toro[at];
    });
    rotateInformation(values.subarray(3, 9), cos(values[2]), sin(values[2]));
  },
  toFile(values) {
    const g2o = values.subarray(3, 9);
    rotateInformation(g2o, cos(values[2]), -sin(values[2]));
    g2o.slice().forEach((w, i) => {
      g2o[EDGE2_ORDER[i]] = w;
    });
  },
};

/** W <- R' W R of a 2D information matrix, R = [c -s; s c] on its translation; a W that R leaves alone keeps its bits. */
function rotateInformation(w: Float64Array, c: number, s: number): void {
  const [xx, xy, xt, yy, yt] = [w[0], w[1], w[2], w[3], w[4]];
  if (xx === yy && xy === 0 && xt === 0 && yt === 0) return;
  w[0] = c * c * xx + 2 * c * s * xy + s * s * yy;
  w[1] = (c * c - s * s) * xy + c * s * (yy - xx);
  w[2] = c * xt + s * yt;
  w[3] = s * s * xx - 2 * c * s * xy + c * c * yy;
  w[4] = c * yt - s * xt;
}

const VERTEX3: RecordType = {
  tag: "VERTEX3",
  kind: "vertex",
  dimension: 3,
  fields: POSE3,
  toGraph: rpyToQuaternion,
  toFile: quaternionToRpy,
};

/** d(rpy) / d(vec q) of a small rotation is 2: per entry of the 6 x 6 triangle, 4 in the rotation block and 2 in the cross block. */
const ANGLE_SCALE = Float64Array.from([1, 1, 1, 2, 2, 2].flatMap((row, i, axes) => axes.slice(i).map((column) => row * column)));
const IDENTITY = [0, 1, 2, 3, 4, 5].flatMap((row, _, axes) => axes.slice(row).map((column) => (column === row ? 1 : 0)));

/**
 * TORO itself uses 3D information as if isotropic, so a file says neither its frame nor which angles it means: taken as [x y z roll pitch yaw] of
 * g2o's error Z^-1 X_from^-1 X_to, to first order.
 */
const EDGE3: RecordType = {
  tag: "EDGE3",
  kind: "edge",
  dimension: 3,
  fields: [...POSE3, ...informationFields(POSE3)],
  defaults: IDENTITY,
  toGraph(values) {
    const information = values.slice(6, 27);
    rpyToQuaternion(values);
    ANGLE_SCALE.forEach((scale, i) => {
      values[7 + i] = scale * information[i];
    });
  },
  toFile(values) {
    const information = values.slice(7, 28);
    quaternionToRpy(values);
    ANGLE_SCALE.forEach((scale, i) => {
      values[6 + i] = information[i] / scale;
    });
  },
};

function rpyToQuaternion(values: Float64Array): void {
  values.set(quaternionFromRpy(values[3], values[4], values[5]), 3);
}

function quaternionToRpy(values: Float64Array): void {
  values.set(rpyFromQuaternion(values.subarray(3, 7)), 3);
}

export const TORO_RECORDS: readonly RecordType[] = [
  VERTEX2,
  EDGE2,
  VERTEX3,
  EDGE3,
  { ...VERTEX2, tag: "VERTEX" },
  { ...EDGE2, tag: "EDGE" },
];

/**
 * Reads a TORO file: VERTEX2, EDGE2 (or VERTEX, EDGE, as TORO itself writes them), VERTEX3, EDGE3, and FIX as in g2o files. 3D rotations are
 * R = Rz(yaw) Ry(pitch) Rx(roll); an EDGE3 without information has the identity in TORO's coordinates. Information is converted to g2o's
 * coordinates (2D: rotated into the measurement's frame; 3D: angles to vec q, to first order), rounded in fp64. The rest is as in `readG2o`.
 *
 * @param bytes the whole file; not changed.
 * @param file its name, for error messages.
 * @param scratch as in `readG2o`.
 * @throws ParseError as `readG2o`.
 * @see Grisetti et al., A tree parameterization for efficiently computing maximum likelihood maps using gradient descent, RSS 2007.
 */
export function readToro(bytes: Uint8Array, file: string, scratch: Scratch = newArrays): ReadGraph {
  return readGraph(bytes, file, "toro", TORO_RECORDS, [], [], scratch);
}

/**
 * Writes a TORO file, with FIX lines as in g2o files (TORO has none and skips them). Inverse of `readToro` but for the rounding of its
 * conversions: poses and measurements in 2D, and isotropic information, come back with the same bits.
 *
 * @returns the file in chunks of at most 64 KiB.
 * @throws DimensionError, OptionError as `checkGraph`, at the call and before the first chunk; OptionError for landmarks, factors and similarities, which TORO
 *   files do not have.
 */
export function writeToro(graph: PoseGraph): Generator<Uint8Array> {
  if (graph.similarity !== undefined) {
    throw new OptionError("the graph to write", { expected: "poses without a scale: TORO has none for them", actual: "similarities" });
  }
  return graph.dimension === 2 ? writeGraph(graph, { vertex: VERTEX2, edge: EDGE2 }) : writeGraph(graph, { vertex: VERTEX3, edge: EDGE3 });
}
