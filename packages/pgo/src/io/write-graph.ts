import { checkGraph, informationSize, type PoseGraph, poseSize } from "../graph.ts";
import { RECORD_VALUES, type RecordType } from "./record.ts";

const CHUNK_BYTES = 2 ** 16;

/** The graph as a file of `vertex` and `edge` records, in chunks of at most 64 KiB; checks the graph at the call. */
export function writeGraph(graph: PoseGraph, vertex: RecordType, edge: RecordType): Generator<Uint8Array> {
  checkGraph(graph);
  return encode(recordLines(graph, vertex, edge));
}

function* recordLines(graph: PoseGraph, vertex: RecordType, edge: RecordType): Generator<string> {
  const size = poseSize(graph);
  const triangle = informationSize(graph);
  const values = new Float64Array(RECORD_VALUES);
  if (graph.known.includes(1)) {
    for (let k = 0; k < graph.ids.length; k++) {
      values.set(graph.poses.subarray(k * size, (k + 1) * size));
      yield recordLine(vertex, `${graph.ids[k]}`, values);
    }
  }
  for (const k of graph.fixed) yield `FIX ${graph.ids[k]}\n`;
  for (let e = 0; e < graph.from.length; e++) {
    values.set(graph.measurements.subarray(e * size, (e + 1) * size));
    values.set(graph.information.subarray(e * triangle, (e + 1) * triangle), size);
    yield recordLine(edge, `${graph.ids[graph.from[e]]} ${graph.ids[graph.to[e]]}`, values);
  }
}

/** Uses up `values`. */
function recordLine(type: RecordType, ids: string, values: Float64Array): string {
  type.toFile?.(values);
  let line = `${type.tag} ${ids}`;
  for (let i = 0; i < type.fields.length; i++) line += Object.is(values[i], -0) ? " -0" : ` ${values[i]}`;
  return `${line}\n`;
}

/** ASCII lines, each far shorter than a chunk, as bytes. */
function* encode(lines: Iterable<string>): Generator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  let length = 0;
  for (const line of lines) {
    if (length + line.length > CHUNK_BYTES) {
      yield chunk.slice(0, length);
      length = 0;
    }
    for (let i = 0; i < line.length; i++) chunk[length++] = line.charCodeAt(i);
  }
  if (length > 0) yield chunk.slice(0, length);
}
