import { OptionError } from "@slam/errors";
import { newArrays, type Scratch } from "@slam/linop";
import { FACTOR_TAGS, factorOf } from "../factors/built-in.ts";
import type { Factor } from "../factors/factor.ts";
import type { PoseGraph } from "../graph.ts";
import { type ReadGraph, readGraph } from "./read-graph.ts";
import { informationFields, type RecordType } from "./record.ts";
import { isTag } from "./scanner.ts";
import { EDGE_SIM3, EDGE_SIM3_EXPMAP, VERTEX_SIM3, VERTEX_SIM3_EXPMAP } from "./similarity.ts";
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

export const LANDMARK2: RecordType = { tag: "VERTEX_XY", kind: "landmark", dimension: 2, fields: POSE2.slice(0, 2) };
export const LANDMARK3: RecordType = { tag: "VERTEX_TRACKXYZ", kind: "landmark", dimension: 3, fields: POSE3.slice(0, 3) };
const SENSOR2: RecordType = { tag: "PARAMS_SE2OFFSET", kind: "sensor", dimension: 2, fields: POSE2 };
export const SENSOR3: RecordType = { tag: "PARAMS_SE3OFFSET", kind: "sensor", dimension: 3, fields: POSE3 };

const SIMILARITIES = [VERTEX_SIM3, EDGE_SIM3, VERTEX_SIM3_EXPMAP, EDGE_SIM3_EXPMAP];

export const G2O_RECORDS: readonly RecordType[] = [VERTEX_SE2, EDGE_SE2, VERTEX_SE3, EDGE_SE3, ...SIMILARITIES, VERTEX2, EDGE2];
export const LANDMARKS_AND_SENSORS: readonly RecordType[] = [LANDMARK2, LANDMARK3, SENSOR2, SENSOR3];

/**
 * Reads a g2o file: VERTEX_SE2, EDGE_SE2, VERTEX_SE3:QUAT, EDGE_SE3:QUAT, VERTEX2 and EDGE2 (as `readToro`), and FIX; landmarks VERTEX_XY and
 * VERTEX_TRACKXYZ, seen by EDGE_SE2_XY, EDGE_BEARING_SE2_XY and EDGE_SE3_TRACKXYZ; priors EDGE_PRIOR_SE2 and EDGE_SE3_PRIOR; sensors
 * PARAMS_SE3OFFSET; and factors of one's own. Similarities are VERTEX_SIM3:EXPMAP and EDGE_SIM3:EXPMAP as g2o has them, of which the cameras are not kept, or
 * VERTEX_SIM3:QUAT and EDGE_SIM3:QUAT, [x y z qx qy qz qw s]; the information of both is over g2o's [omega; upsilon; sigma]. Blank lines and comments (# to the end of the line) are skipped; other tags are counted in `unknown`.
 * Poses and landmarks are ordered by ascending id whatever their order in the file, edges stay in file order, and so do factors among those of their
 * tag. A file without vertices of poses gets the poses that its edges and factors name, `known` 0; likewise for landmarks. Quaternions are
 * normalised; information matrices are taken as they are, indefinite ones too.
 *
 * @param bytes the whole file; not changed.
 * @param file its name, for error messages.
 * @param factors of one's own, whose lines are `TAG ids [sensor id] measurement information`.
 * @param scratch where what is read is kept until the graph is made of it: nothing of the graph. Default new arrays, as many bytes as the graph's at least.
 * @throws ParseError for anything else: a missing, extra, malformed or non-finite field, a zero quaternion, a vertex given twice, an edge, factor or FIX
 *   that names a missing vertex, an edge from a pose to itself, 2D, 3D and the two kinds of SIM3 records together, a scale that is not > 0, no record at all, a line over 1 MiB.
 * @throws OptionError for a factor of one's own with a tag that is another's or that no file can have.
 * @see Kuemmerle et al., g2o: A general framework for graph optimization, ICRA 2011.
 */
export function readG2o(bytes: Uint8Array, file: string, factors: readonly Factor[] = [], scratch: Scratch = newArrays): ReadGraph {
  checkTags(factors);
  return readGraph(bytes, file, "g2o", G2O_RECORDS, LANDMARKS_AND_SENSORS, [...FACTOR_TAGS.map(factorOf), ...factors], scratch);
}

/**
 * Writes a g2o file: sensors, the vertices (poses unless none is known, likewise landmarks), FIX lines, the edges in order, then factors. Numbers are the
 * shortest decimals that read back as the same bits, so `readG2o` of the chunks returns the same graph and the same chi2; but for the rounding of exp and log where similarities are "expmap".
 *
 * @returns the file in chunks of at most 64 KiB.
 * @throws DimensionError, OptionError as `checkGraph`, at the call and before the first chunk; OptionError for a factor of one's own as `readG2o`.
 */
export function writeG2o(graph: PoseGraph): Generator<Uint8Array> {
  checkTags((graph.factors ?? []).map(({ factor }) => factor).filter((factor) => typeof factor !== "string"));
  if (graph.similarity === "quat") return writeGraph(graph, { vertex: VERTEX_SIM3, edge: EDGE_SIM3 });
  if (graph.similarity !== undefined) return writeGraph(graph, { vertex: VERTEX_SIM3_EXPMAP, edge: EDGE_SIM3_EXPMAP });
  return graph.dimension === 2
    ? writeGraph(graph, { vertex: VERTEX_SE2, edge: EDGE_SE2, landmark: LANDMARK2, sensor: SENSOR2 })
    : writeGraph(graph, { vertex: VERTEX_SE3, edge: EDGE_SE3, landmark: LANDMARK3, sensor: SENSOR3 });
}

/** Of factors of one's own. */
function checkTags(factors: readonly Factor[]): void {
  const taken = new Set<string>([...[...G2O_RECORDS, ...LANDMARKS_AND_SENSORS].map(({ tag }) => tag), ...FACTOR_TAGS, "FIX"]);
  for (const { tag } of factors) {
    if (isTag(tag) && !taken.has(tag)) continue;
    throw new OptionError("the tag of a factor", {
      expected: "a letter, then printable ASCII without spaces, as no other line has it",
      actual: tag,
    });
  }
}
