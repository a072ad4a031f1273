import { ParseError } from "@slam/errors";
import { FACTOR_TAGS, type FactorTag } from "../factors/built-in.ts";
import type { VariableKind } from "../factors/factor.ts";
import type { FactorSet, Landmarks, Sensors } from "../factors/sets.ts";
import { type PoseGraph, type PoseShape, poseGroup, poseSize } from "../graph.ts";
import type { FactorLines, NamedIds } from "./factor-record.ts";
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
  readonly edges: NamedIds & { readonly measurements: number[]; readonly information: number[] };
  /** By tag. */
  readonly factors: Map<string, FactorLines>;
  readonly fix: NamedIds;
}

/** Rows of numbers, each with its id. */
interface NumberedRows {
  readonly ids: number[];
  readonly values: number[];
}

/** Rows in the order of their ids; `known` where the file has them, otherwise they are those that something names, and their values 0. */
interface OrderedRows {
  readonly ids: Float64Array;
  readonly values: Float64Array;
  readonly known: boolean;
  readonly indexOf: ReadonlyMap<number, number>;
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
  const poses = ordered(records.vertices, size, [edges.ids, ...namedBy(factors, "pose")]);
  if (!poses.known) for (let k = 0; k < poses.ids.length; k++) poseGroup(shape).identity(poses.values, k * size);
  const landmarks = ordered(records.landmarks, dimension, namedBy(factors, "landmark"));
  const sensors = ordered(records.sensors, size, []);
  const find = {
    pose: finder(scanner, "the id of a pose in this file", poses, landmarks),
    landmark: finder(scanner, "the id of a landmark in this file", landmarks, poses),
    sensor: finder(scanner, "the id of a sensor in this file", sensors),
  };
  const ends = Int32Array.from(edges.ids, (id, i) => find.pose(id, edges.offsets[i]));
  const sets = [...factors.values()].map((lines) => factorSet(lines, find));
  const fixed = { poses: new Set<number>(), landmarks: new Set<number>() };
  fix.ids.forEach((id, i) => {
    if (landmarks.indexOf.has(id)) fixed.landmarks.add(find.landmark(id, fix.offsets[i]));
    else fixed.poses.add(find.pose(id, fix.offsets[i]));
  });
  return {
    ...shape,
    ids: poses.ids,
    poses: poses.values,
    known: new Uint8Array(poses.ids.length).fill(poses.known ? 1 : 0),
    from: ends.filter((_, i) => i % 2 === 0),
    to: ends.filter((_, i) => i % 2 === 1),
    measurements: new Float64Array(edges.measurements),
    information: new Float64Array(edges.information),
    fixed: Int32Array.from(fixed.poses),
    ...(landmarks.ids.length > 0 && { landmarks: landmarksOf(landmarks, fixed.landmarks) }),
    ...(sensors.ids.length > 0 && { sensors: sensorsOf(sensors) }),
    ...(sets.length > 0 && { factors: sets }),
  };
}

/** The ids that factors give as variables of a kind. */
function namedBy(factors: ParsedRecords["factors"], kind: VariableKind): number[][] {
  return [...factors.values()].map(({ factor, variables }) =>
    variables.ids.filter((_, i) => factor.variables[i % factor.variables.length] === kind),
  );
}

function ordered({ ids: own, values }: NumberedRows, size: number, named: readonly (readonly number[])[]): OrderedRows {
  const known = own.length > 0;
  const ids = Float64Array.from(known ? own : new Set(named.flat())).sort();
  const indexOf = new Map<number, number>();
  ids.forEach((id, k) => {
    indexOf.set(id, k);
  });
  const rows = new Float64Array(ids.length * size);
  own.forEach((id, v) => {
    const row = indexOf.get(id)! * size;
    for (let k = 0; k < size; k++) rows[row + k] = values[v * size + k];
  });
  return { ids, values: rows, known, indexOf };
}

/** Finds an index by an id that stands at an offset of the file. */
type Find = (id: number, offset: number) => number;

/** @param others what must not have the id too. */
function finder(scanner: Scanner, expected: string, { indexOf }: OrderedRows, others?: OrderedRows): Find {
  return (id, offset) => {
    const index = indexOf.get(id);
    if (index === undefined || others?.indexOf.has(id) === true) {
      throw new ParseError(scanner.placeOf(offset), { expected, actual: `${id}`, hint: LINT_HINT });
    }
    return index;
  };
}

function factorSet(
  { factor, variables, sensors, measurements, information }: FactorLines,
  find: { readonly [kind in VariableKind | "sensor"]: Find },
): FactorSet {
  const isOwn = FACTOR_TAGS.includes(factor.tag as FactorTag);
  return {
    factor: isOwn ? (factor.tag as FactorTag) : factor,
    variables: Int32Array.from(variables.ids, (id, i) => find[factor.variables[i % factor.variables.length]](id, variables.offsets[i])),
    measurements: new Float64Array(measurements),
    information: new Float64Array(information),
    ...(factor.hasSensor === true && { sensors: Int32Array.from(sensors.ids, (id, i) => find.sensor(id, sensors.offsets[i])) }),
  };
}

function landmarksOf({ ids, values, known }: OrderedRows, fixed: ReadonlySet<number>): Landmarks {
  return { ids, positions: values, known: new Uint8Array(ids.length).fill(known ? 1 : 0), fixed: Int32Array.from(fixed) };
}

function sensorsOf({ ids, values }: OrderedRows): Sensors {
  return { ids, poses: values };
}
