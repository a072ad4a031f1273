import { ParseError } from "@slam/errors";
import { newArrays, type Scratch } from "@slam/linop";
import { upperSize } from "../between-formulas.ts";
import type { Factor } from "../factors/factor.ts";
import { measurementSize } from "../factors/sets.ts";
import { informationSize, type PoseGraph, type PoseShape, poseSize } from "../graph.ts";
import { factorLines, namedIds, readFactorLine, readIds } from "./factor-record.ts";
import { NumberList } from "./number-list.ts";
import { numberRecords, type ParsedRecords } from "./number-records.ts";
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

const EDGE_IDS = ["first id", "second id"];

/** A file with more is prose or a word list; reading it to its end would only fill memory. */
export const MAX_UNKNOWN_TAGS = 100;

/**
 * The core of `readG2o` and `readToro`: reads the lines of `types`, of `extras` and of factors, and FIX; poses, landmarks and sensors are numbered by
 * ascending id.
 *
 * @param types of poses and edges: one of these at least has to be there.
 * @param scratch what is kept of the file until the graph is made of it.
 */
export function readGraph(
  bytes: Uint8Array,
  file: string,
  format: ReadGraph["format"],
  types: readonly RecordType[],
  extras: readonly RecordType[] = [],
  factors: readonly Factor[] = [],
  scratch: Scratch = newArrays,
): ReadGraph {
  const scanner = new Scanner(bytes, file);
  const byTag = new Map([...types, ...extras].map((type) => [type.tag, type]));
  const factorByTag = new Map(factors.map((factor) => [factor.tag, factor]));
  const unknown = new Map<string, UnknownTag>();
  const fix = namedIds(scratch);
  // One for all lines: an array for each of a million would fill memory faster than it is freed.
  const values = new Float64Array(Math.max(RECORD_VALUES, ...factors.map((factor) => measurementSize(factor) + upperSize(factor.rows))));
  let records: ParsedRecords | undefined;
  while (scanner.nextLine()) {
    if (!scanner.nextToken()) continue;
    const tag = scanner.tag();
    const type = byTag.get(tag);
    const factor = factorByTag.get(tag);
    if (type !== undefined) {
      records ??= noRecords(type, scanner.line, fix, scratch);
      readRecord(scanner, type, records, values);
    } else if (factor !== undefined) {
      records ??= noRecords(factor, scanner.line, fix, scratch);
      readFactor(scanner, factor, records, values, scratch);
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
  return { graph: numberRecords(scanner, records), format, unknown: [...unknown.values()] };
}

function countUnknown(scanner: Scanner, tag: string, unknown: Map<string, UnknownTag>): void {
  const { count, firstLine } = unknown.get(tag) ?? { count: 0, firstLine: scanner.line };
  if (count === 0 && unknown.size === MAX_UNKNOWN_TAGS)
    scanner.fail(`a known tag after ${MAX_UNKNOWN_TAGS} different other ones`, "is this a pose graph?");
  unknown.set(tag, { tag, count: count + 1, firstLine });
}

function noRecords(type: RecordType | Factor, line: number, fix: ParsedRecords["fix"], scratch: Scratch): ParsedRecords {
  const list = (): NumberList => new NumberList(scratch);
  const { dimension, tag } = type;
  const similarity = similarityOf(type);
  return {
    shape: similarity === undefined ? { dimension } : { dimension, similarity },
    first: `${tag} on line ${line}`,
    lines: new Map(),
    vertices: { ids: list(), values: list() },
    landmarks: { ids: list(), values: list() },
    sensors: { ids: list(), values: list(), lines: new Map() },
    edges: { ...namedIds(scratch), measurements: list(), information: list() },
    factors: new Map(),
    fix,
  };
}

function similarityOf(type: RecordType | Factor): PoseShape["similarity"] {
  return "similarity" in type ? type.similarity : undefined;
}

function checkShape(scanner: Scanner, type: RecordType | Factor, { shape, first }: ParsedRecords): void {
  if (type.dimension === shape.dimension && similarityOf(type) === shape.similarity) return;
  const wanted = shape.similarity === undefined ? `${shape.dimension}D` : `SIM3:${shape.similarity.toUpperCase()}`;
  scanner.fail(`a ${wanted} record, as ${first}`);
}

function readFactor(scanner: Scanner, factor: Factor, records: ParsedRecords, values: Float64Array, scratch: Scratch): void {
  checkShape(scanner, factor, records);
  const lines = records.factors.get(factor.tag) ?? factorLines(factor, scratch);
  records.factors.set(factor.tag, lines);
  readFactorLine(scanner, lines, values, readFields);
}

function readRecord(scanner: Scanner, type: RecordType, records: ParsedRecords, values: Float64Array): void {
  const start = scanner.tokenStart;
  const { lines, vertices, landmarks, sensors, edges } = records;
  checkShape(scanner, type, records);
  if (type.kind === "vertex") vertices.ids.push(readNewId(scanner, type.tag, "a vertex", lines));
  else if (type.kind === "landmark") landmarks.ids.push(readNewId(scanner, type.tag, "a vertex", lines));
  else if (type.kind === "sensor") sensors.ids.push(readNewId(scanner, type.tag, "a sensor", sensors.lines));
  else readIds(scanner, EDGE_IDS, type.tag, edges);
  readFields(scanner, type, values);
  const fail = (expected: string, actual: string): never => {
    throw new ParseError(scanner.placeOf(start), { expected, actual: `${actual} in ${type.tag}`, hint: LINT_HINT });
  };
  if (type.toGraph !== undefined) {
    type.toGraph(values);
    if (!values.subarray(0, type.fields.length).every(Number.isFinite)) fail("values that fp64 holds in g2o's coordinates", "larger ones");
  }
  if (type.kind === "landmark") {
    landmarks.values.append(values, 0, type.dimension);
    return;
  }
  if (type.dimension === 3 && !normalizeQuaternion(values, 3)) fail("a quaternion qx qy qz qw of non-zero length", "0 0 0 0");
  if (type.similarity !== undefined && !(values[7] > 0)) fail("a scale > 0", `${values[7]}`);
  const size = poseSize(type);
  const target = type.kind === "vertex" ? vertices.values : type.kind === "sensor" ? sensors.values : edges.measurements;
  target.append(values, 0, size);
  if (type.kind === "edge") edges.information.append(values, size, size + informationSize(type));
}

/** An id that has none of `what` yet. */
function readNewId(scanner: Scanner, tag: string, what: string, lines: Map<number, number>): number {
  scanner.nextToken();
  const id = scanner.id("id", tag);
  const line = lines.get(id);
  if (line !== undefined) scanner.fail(`an id without ${what} yet, as line ${line} has one`);
  lines.set(id, scanner.line);
  return id;
}

/** values <- the fields of the line, then `defaults` for those left out. */
function readFields(
  scanner: Scanner,
  { tag, fields, defaults = [] }: Pick<RecordType, "tag" | "fields" | "defaults">,
  values: Float64Array,
): void {
  const required = fields.length - defaults.length;
  for (let i = 0; i < fields.length; i++) {
    if (!scanner.nextToken() && i === required && defaults.length > 0) {
      values.set(defaults, required);
      return;
    }
    values[i] = scanner.number(fields[i], tag);
  }
  if (scanner.nextToken()) scanner.fail(`the end of the line after the ${fields.length} values of ${tag}`);
}

function readFix(scanner: Scanner, fix: ParsedRecords["fix"]): void {
  scanner.nextToken();
  do {
    fix.ids.push(scanner.id("id", "FIX"));
    fix.offsets.push(scanner.tokenStart);
  } while (scanner.nextToken());
}
