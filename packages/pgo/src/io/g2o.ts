import type { PoseGraph } from "../graph.ts";
import { type ReadGraph, readGraph } from "./read-graph.ts";
import { informationFields, type RecordType } from "./record.ts";
import { EDGE2, VERTEX2 } from "./toro.ts";
import { writeGraph } from "./write-graph.ts";

const POSE2 = ["x", "y", "theta"];
const POSE3 = ["x", "y", "z", "qx", "qy", "qz", "qw"];

const VERTEX_SE2: RecordType = { tag: "VERTEX_SE2", kind: "vertex", dimension: 2, fields: POSE2 };
const EDGE_SE2: RecordType = { tag: "EDGE_SE2", kind: "edge", dimension: 2, fields: [...POSE2, ...informationFields(POSE2)] };

const VERTEX_SE3: RecordType = { tag: "VERTEX_SE3:QUAT", kind: "vertex", dimension: 3, fields: POSE3 };
const EDGE_SE3: RecordType = {
  tag: "EDGE_SE3:QUAT",
  kind: "edge",
  dimension: 3,
  fields: [...POSE3, ...informationFields(POSE3.slice(0, 6))],
};

export const G2O_RECORDS: readonly RecordType[] = [VERTEX_SE2, EDGE_SE2, VERTEX_SE3, EDGE_SE3, VERTEX2, EDGE2];

/**
 * Reads a g2o file: VERTEX_SE2, EDGE_SE2, VERTEX_SE3:QUAT, EDGE_SE3:QUAT, VERTEX2 and EDGE2 (as `readToro`), and FIX. Blank lines and comments
 * (# to the end of the line) are skipped; other tags are counted in `unknown`. Poses are ordered by ascending id whatever their order in the
 * file, edges stay in file order. A file with edges only gets the poses its edges name, `known` 0. Quaternions are normalised; information
 * matrices are taken as they are, indefinite ones too.
 *
 * @param bytes the whole file; not changed.
 * @param file its name, for error messages.
 * @throws ParseError for anything else: a missing, extra, malformed or non-finite field, a zero quaternion, a vertex given twice, an edge or FIX
 *   that names a missing vertex, an edge from a pose to itself, 2D and 3D records together, no vertex and no edge, a line over 1 MiB.
 * @see Kuemmerle et al., g2o: A general framework for graph optimization, ICRA 2011.
 */
export function readG2o(bytes: Uint8Array, file: string): ReadGraph {
  return readGraph(bytes, file, "g2o", G2O_RECORDS);
}

/**
 * Writes a g2o file: the vertices (unless no pose is known), FIX lines, the edges in order. Numbers are the shortest decimals that read back as
 * the same bits, so `readG2o` of the chunks returns the same graph and the same chi2.
 *
 * @returns the file in chunks of at most 64 KiB.
 * @throws DimensionError, OptionError as `checkGraph`, at the call and before the first chunk.
 */
export function writeG2o(graph: PoseGraph): Generator<Uint8Array> {
  return graph.dimension === 2 ? writeGraph(graph, VERTEX_SE2, EDGE_SE2) : writeGraph(graph, VERTEX_SE3, EDGE_SE3);
}
