import { ParseError } from "@slam/errors";
import { informationSize, type PoseGraph, poseSize } from "../graph.ts";
import { numberPoses, type ParsedRecords } from "./number-poses.ts";
import { normalizeQuaternion } from "./quaternion.ts";
import { RECORD_VALUES, type RecordType } from "./record.ts";
import { LINT_HINT, Scanner } from "./scanner.ts";

/** Lines whose tag the reader does not know, and so did not use. */
export interface UnknownTag {
  readonly tag: string;
  readonly count: number;
  /** Counted from 1. */
  readonly firstLine: number;
}

/** What a file holds. */
export interface ReadGraph {
  readonly graph: PoseGraph;
  readonly format: "g2o" | "toro";
  /** Ordered by first line. */
  readonly unknown: readonly UnknownTag[];
}

/** A file with more is prose or a word list; reading it to its end would only fill memory. */
export const MAX_UNKNOWN_TAGS = 100;

/** The core of `readG2o` and `readToro`: reads the lines of `types` and FIX; poses are numbered by ascending id. */
export function readGraph(bytes: Uint8Array, file: string, format: ReadGraph["format"], types: readonly RecordType[]): ReadGraph {
  const scanner = new Scanner(bytes, file);
  const byTag = new Map(types.map((type) => [type.tag, type]));
  const unknown = new Map<string, UnknownTag>();
  const fix: ParsedRecords["fix"] = { ids: [], offsets: [] };
  let records: ParsedRecords | undefined;
  while (scanner.nextLine()) {
    if (!scanner.nextToken()) continue;
    const tag = scanner.tag();
    const type = byTag.get(tag);
    if (type !== undefined) {
      records ??= noRecords(type, scanner.line, fix);
      readRecord(scanner, type, records);
    } else if (tag === "FIX") {
      readFix(scanner, fix);
    } else {
      countUnknown(scanner, tag, unknown);
    }
  }
  if (records === undefined) {
    const actual = bytes.length === 0 ? "an empty file" : ["none", ...unknown.keys()].join(", ");
    throw new ParseError({ file, line: 1 }, { expected: `a line with ${types.map(({ tag }) => tag).join(", ")}`, actual });
  }
  return { graph: numberPoses(scanner, records), format, unknown: [...unknown.values()] };
}

function countUnknown(scanner: Scanner, tag: string, unknown: Map<string, UnknownTag>): void {
  const { count, firstLine } = unknown.get(tag) ?? { count: 0, firstLine: scanner.line };
  if (count === 0 && unknown.size === MAX_UNKNOWN_TAGS)
    scanner.fail(`a known tag after ${MAX_UNKNOWN_TAGS} different other ones`, "is this a pose graph?");
  unknown.set(tag, { tag, count: count + 1, firstLine });
}

function noRecords({ dimension, tag }: RecordType, line: number, fix: ParsedRecords["fix"]): ParsedRecords {
  const edges = { ids: [], offsets: [], measurements: [], information: [] };
  return { dimension, first: `${tag} on line ${line}`, vertices: { ids: [], lines: new Map(), poses: [] }, edges, fix };
}

function readRecord(scanner: Scanner, type: RecordType, records: ParsedRecords): void {
  const start = scanner.tokenStart;
  const { vertices, edges } = records;
  if (type.dimension !== records.dimension) scanner.fail(`a ${records.dimension}D record, as ${records.first}`);
  if (type.kind === "vertex") readVertexId(scanner, type.tag, vertices);
  else readEdgeIds(scanner, type.tag, edges);
  const values = readFields(scanner, type);
  const fail = (expected: string, actual: string): never => {
    throw new ParseError(scanner.placeOf(start), { expected, actual: `${actual} in ${type.tag}`, hint: LINT_HINT });
  };
  if (type.toGraph !== undefined) {
    type.toGraph(values);
    if (!values.every(Number.isFinite)) fail("values that fp64 holds in g2o's coordinates", "larger ones");
  }
  if (type.dimension === 3 && !normalizeQuaternion(values, 3)) fail("a quaternion qx qy qz qw of non-zero length", "0 0 0 0");
  const size = poseSize(type);
  append(type.kind === "vertex" ? vertices.poses : edges.measurements, values.subarray(0, size));
  if (type.kind === "edge") append(edges.information, values.subarray(size, size + informationSize(type)));
}

function readVertexId(scanner: Scanner, tag: string, vertices: ParsedRecords["vertices"]): void {
  scanner.nextToken();
  const id = scanner.id("id", tag);
  const line = vertices.lines.get(id);
  if (line !== undefined) scanner.fail(`an id without a vertex yet, as line ${line} has one`);
  vertices.lines.set(id, scanner.line);
  vertices.ids.push(id);
}

function readEdgeIds(scanner: Scanner, tag: string, edges: ParsedRecords["edges"]): void {
  for (const field of ["first id", "second id"]) {
    scanner.nextToken();
    edges.ids.push(scanner.id(field, tag));
    edges.offsets.push(scanner.tokenStart);
  }
  if (edges.ids.at(-1) === edges.ids.at(-2)) scanner.fail(`a second id of ${tag} other than the first`);
}

/** The fields of the line, then `defaults` for those left out. */
function readFields(scanner: Scanner, { tag, fields, defaults = [] }: RecordType): Float64Array {
  const values = new Float64Array(RECORD_VALUES);
  const required = fields.length - defaults.length;
  for (let i = 0; i < fields.length; i++) {
    if (!scanner.nextToken() && i === required && defaults.length > 0) {
      values.set(defaults, required);
      return values;
    }
    values[i] = scanner.number(fields[i], tag);
  }
  if (scanner.nextToken()) scanner.fail(`the end of the line after the ${fields.length} values of ${tag}`);
  return values;
}

function readFix(scanner: Scanner, fix: ParsedRecords["fix"]): void {
  scanner.nextToken();
  do {
    fix.ids.push(scanner.id("id", "FIX"));
    fix.offsets.push(scanner.tokenStart);
  } while (scanner.nextToken());
}

function append(list: number[], values: Float64Array): void {
  for (let i = 0; i < values.length; i++) list.push(values[i]);
}
