import { OptionError } from "@slam/errors";
import { upperSize } from "../between-formulas.ts";
import { factorOf } from "../factors/built-in.ts";
import { type FactorSet, factorCount, factorName, hasExtras, measurementSize } from "../factors/sets.ts";
import { checkGraph, informationSize, type PoseGraph, poseSize } from "../graph.ts";
import { RECORD_VALUES, type RecordType } from "./record.ts";

const CHUNK_BYTES = 2 ** 16;

/** What a format's lines are; without those for landmarks and sensors it has none, nor factors. */
export interface GraphRecords {
  readonly vertex: RecordType;
  readonly edge: RecordType;
  readonly landmark?: RecordType;
  readonly sensor?: RecordType;
}

/**
 * The graph as a file of these records, in chunks of at most 64 KiB; checks the graph at the call.
 *
 * @throws OptionError for landmarks or factors where the format has none.
 */
export function writeGraph(graph: PoseGraph, records: GraphRecords): Generator<Uint8Array> {
  checkGraph(graph);
  if (hasExtras(graph) && records.landmark === undefined) {
    const actual = graph.landmarks === undefined ? "with factors" : "with landmarks";
    throw new OptionError("the graph to write", { expected: "poses and edges alone: the format has nothing else", actual });
  }
  return encode(graphLines(graph, records));
}

function* graphLines(graph: PoseGraph, { vertex, edge, landmark, sensor }: GraphRecords): Generator<string> {
  const { ids, poses, known, landmarks, sensors, dimension } = graph;
  const size = poseSize(graph);
  if (sensor !== undefined && sensors !== undefined) yield* rowLines(sensor, sensors.ids, sensors.poses, size);
  if (known.includes(1)) yield* rowLines(vertex, ids, poses, size);
  if (landmark !== undefined && landmarks?.known.includes(1)) yield* rowLines(landmark, landmarks.ids, landmarks.positions, dimension);
  for (const k of graph.fixed) yield `FIX ${ids[k]}\n`;
  for (const k of landmarks?.fixed ?? []) yield `FIX ${landmarks?.ids[k]}\n`;
  yield* edgeLines(graph, edge);
  for (const set of graph.factors ?? []) yield* factorSetLines(graph, set);
}

/** A line for each row of numbers. */
function* rowLines(type: RecordType, ids: Float64Array, rows: Float64Array, size: number): Generator<string> {
  const values = new Float64Array(RECORD_VALUES);
  for (let k = 0; k < ids.length; k++) {
    values.set(rows.subarray(k * size, (k + 1) * size));
    yield recordLine(type, `${ids[k]}`, values);
  }
}

function* edgeLines(graph: PoseGraph, edge: RecordType): Generator<string> {
  const { ids, from, to, measurements, information } = graph;
  const size = poseSize(graph);
  const triangle = informationSize(graph);
  const values = new Float64Array(RECORD_VALUES);
  for (let e = 0; e < from.length; e++) {
    values.set(measurements.subarray(e * size, (e + 1) * size));
    values.set(information.subarray(e * triangle, (e + 1) * triangle), size);
    yield recordLine(edge, `${ids[from[e]]} ${ids[to[e]]}`, values);
  }
}

function* factorSetLines(graph: PoseGraph, set: FactorSet): Generator<string> {
  const factor = factorOf(set.factor);
  const size = measurementSize(factor);
  const triangle = upperSize(factor.rows);
  for (let k = 0; k < factorCount(set); k++) {
    const sensor = set.sensors === undefined ? "" : ` ${graph.sensors?.ids[set.sensors[k]]}`;
    const measurement = numbersText(set.measurements.subarray(k * size, (k + 1) * size));
    yield `${factorName(graph, set, k)}${sensor}${measurement}${numbersText(set.information.subarray(k * triangle, (k + 1) * triangle))}\n`;
  }
}

/** Uses up `values`. */
function recordLine(type: RecordType, ids: string, values: Float64Array): string {
  type.toFile?.(values);
  return `${type.tag} ${ids}${numbersText(values.subarray(0, type.fields.length))}\n`;
}

/** The shortest decimals that read back as the same bits, each with a space before it. */
function numbersText(values: Float64Array): string {
  let text = "";
  for (let i = 0; i < values.length; i++) text += Object.is(values[i], -0) ? " -0" : ` ${values[i]}`;
  return text;
}

/** ASCII lines as bytes. No line is split but one longer than a chunk, as a factor of one's own may make. */
function* encode(lines: Iterable<string>): Generator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  let length = 0;
  for (const line of lines) {
    if (length > 0 && length + line.length > CHUNK_BYTES) {
      yield chunk.slice(0, length);
      length = 0;
    }
    for (let i = 0; i < line.length; i++) {
      if (length === CHUNK_BYTES) {
        yield chunk.slice();
        length = 0;
      }
      chunk[length++] = line.charCodeAt(i);
    }
  }
  if (length > 0) yield chunk.slice(0, length);
}
