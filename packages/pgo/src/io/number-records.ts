import { ParseError } from "@slam/errors";
import { FACTOR_TAGS, type FactorTag } from "../factors/built-in.ts";
import type { VariableKind } from "../factors/factor.ts";
import type { FactorSet, Landmarks, Sensors } from "../factors/sets.ts";
import { type PoseGraph, type PoseShape, poseGroup, poseSize } from "../graph.ts";
import type { FactorLines, NamedIds } from "./factor-record.ts";
import type { NumberList } from "./number-list.ts";
import { LINT_HINT, type Scanner } from "./scanner.ts";

/** The records of a file in file order. Edges, factors and FIX lines name vertices by id, which lines further down may define. */
export interface ParsedRecords {
  /** Of all records. */
  readonly shape: PoseShape;
  /** "VERTEX_SE2 on line 1": what set the shape. */
  readonly first: string;
  /** Where the vertex of an id is, a pose's or a landmark's. */
  readonly lines: Map<number, number>;
  readonly vertices: NumberedRows;
  readonly landmarks: NumberedRows;
  readonly sensors: NumberedRows & { readonly lines: Map<number, number> };
  /** Two ids an edge. */
  readonly edges: NamedIds & { readonly measurements: NumberList; readonly information: NumberList };
  /** By tag. */
  readonly factors: Map<string, FactorLines>;
  readonly fix: NamedIds;
}

/** Rows of numbers, each with its id. */
interface NumberedRows {
  readonly ids: NumberList;
  readonly values: NumberList;
}

/** Rows in the order of their ids; `known` where the file has them, otherwise they are those that something names, and their values 0. */
interface OrderedRows {
  readonly ids: Float64Array;
  readonly values: Float64Array;
  readonly known: boolean;
}

/**
 * Numbers poses, landmarks and sensors by ascending id. Poses are those of the vertices or, in a file without any, those that edges and factors name;
 * so are landmarks.
 *
 * @throws ParseError at the first edge, factor or FIX that names what the file does not have, or has as something else.
 */
export function numberRecords(scanner: Scanner, records: ParsedRecords): PoseGraph {
  const { shape, edges, factors, fix } = records;
  const { dimension } = shape;
  const size = poseSize(shape);
  const poses = ordered(records.vertices, size, () => [edges.ids.toArray(), ...namedBy(factors, "pose")]);
  if (!poses.known) for (let k = 0; k < poses.ids.length; k++) poseGroup(shape).identity(poses.values, k * size);
  const landmarks = ordered(records.landmarks, dimension, () => namedBy(factors, "landmark"));
  const sensors = ordered(records.sensors, size, () => []);
  const find = {
    pose: finder(scanner, "the id of a pose in this file", poses, landmarks),
    landmark: finder(scanner, "the id of a landmark in this file", landmarks, poses),
    sensor: finder(scanner, "the id of a sensor in this file", sensors),
  };
  const ends = indicesOf(edges, find.pose);
  const sets = [...factors.values()].map((lines) => factorSet(lines, find));
  const fixed = { poses: new Set<number>(), landmarks: new Set<number>() };
  for (let i = 0; i < fix.ids.length; i++) {
    const id = fix.ids.at(i);
    if (indexOf(landmarks.ids, id) >= 0) fixed.landmarks.add(find.landmark(id, fix.offsets.at(i)));
    else fixed.poses.add(find.pose(id, fix.offsets.at(i)));
  }
  return {
    ...shape,
    ids: poses.ids,
    poses: poses.values,
    known: new Uint8Array(poses.ids.length).fill(poses.known ? 1 : 0),
    from: ends.filter((_, i) => i % 2 === 0),
    to: ends.filter((_, i) => i % 2 === 1),
    measurements: edges.measurements.toArray(),
    information: edges.information.toArray(),
    fixed: Int32Array.from(fixed.poses),
    ...(landmarks.ids.length > 0 && { landmarks: landmarksOf(landmarks, fixed.landmarks) }),
    ...(sensors.ids.length > 0 && { sensors: sensorsOf(sensors) }),
    ...(sets.length > 0 && { factors: sets }),
  };
}

/** The ids that factors give as variables of a kind. */
function namedBy(factors: ParsedRecords["factors"], kind: VariableKind): Float64Array[] {
  return [...factors.values()].map(({ factor, variables }) =>
    variables.ids.toArray().filter((_, i) => factor.variables[i % factor.variables.length] === kind),
  );
}

function ordered({ ids: own, values }: NumberedRows, size: number, named: () => readonly Float64Array[]): OrderedRows {
  const known = own.length > 0;
  const ids = known ? own.toArray().sort() : distinct(named());
  const rows = new Float64Array(ids.length * size);
  for (let v = 0; v < own.length; v++) {
    const row = indexOf(ids, own.at(v)) * size;
    for (let k = 0; k < size; k++) rows[row + k] = values.at(v * size + k);
  }
  return { ids, values: rows, known };
}

/** The numbers of all lists, ascending, each once. */
function distinct(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  return all.filter((id, k) => k === 0 || id !== all[k - 1]);
}

/** Where id stands in ascending ids; negative where it does not. At once where ids have no gaps, as most files do, else by bisection. */
function indexOf(ids: Float64Array, id: number): number {
  const guess = id - ids[0];
  if (ids[guess] === id) return guess;
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (ids[middle] === id) return middle;
    if (ids[middle] < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Finds an index by an id that stands at an offset of the file. */
type Find = (id: number, offset: number) => number;

/** @param others what must not have the id too. */
function finder(scanner: Scanner, expected: string, { ids }: OrderedRows, others?: OrderedRows): Find {
  return (id, offset) => {
    const index = indexOf(ids, id);
    if (index < 0 || (others !== undefined && indexOf(others.ids, id) >= 0)) {
      throw new ParseError(scanner.placeOf(offset), { expected, actual: `${id}`, hint: LINT_HINT });
    }
    return index;
  };
}

function indicesOf({ ids, offsets }: NamedIds, find: (id: number, offset: number, i: number) => number): Int32Array {
  const indices = new Int32Array(ids.length);
  for (let i = 0; i < indices.length; i++) indices[i] = find(ids.at(i), offsets.at(i), i);
  return indices;
}

function factorSet(
  { factor, variables, sensors, measurements, information }: FactorLines,
  find: { readonly [kind in VariableKind | "sensor"]: Find },
): FactorSet {
  const isOwn = FACTOR_TAGS.includes(factor.tag as FactorTag);
  return {
    factor: isOwn ? (factor.tag as FactorTag) : factor,
    variables: indicesOf(variables, (id, offset, i) => find[factor.variables[i % factor.variables.length]](id, offset)),
    measurements: measurements.toArray(),
    information: information.toArray(),
    ...(factor.hasSensor === true && { sensors: indicesOf(sensors, find.sensor) }),
  };
}

function landmarksOf({ ids, values, known }: OrderedRows, fixed: ReadonlySet<number>): Landmarks {
  return { ids, positions: values, known: new Uint8Array(ids.length).fill(known ? 1 : 0), fixed: Int32Array.from(fixed) };
}

function sensorsOf({ ids, values }: OrderedRows): Sensors {
  return { ids, poses: values };
}
