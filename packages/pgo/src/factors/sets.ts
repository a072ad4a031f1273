import { type FactorTag, factorOf } from "./built-in.ts";
import type { Factor, VariableKind } from "./factor.ts";

/** Points fixed in the world. l landmarks; rows as in PoseGraph. */
export interface Landmarks {
  /** Safe integers, strictly ascending, none of them a pose's. */
  readonly ids: Float64Array;
  /** l x 2 or l x 3; metres, in the world. */
  readonly positions: Float64Array;
  /** 1 where the file gives an estimate; the other positions are 0. */
  readonly known: Uint8Array;
  /** Indices of the landmarks held fixed, without repeats. */
  readonly fixed: Int32Array;
}

/** Where sensors sit: poses in the body's frame, laid out as the graph's. */
export interface Sensors {
  /** Safe integers, strictly ascending; a file numbers sensors apart from poses and landmarks. */
  readonly ids: Float64Array;
  readonly poses: Float64Array;
}

/** m measurements of one kind. */
export interface FactorSet {
  /** One of this package's, by its tag, or one's own. */
  readonly factor: FactorTag | Factor;
  /** m x v: the variables of each as indices of poses or of landmarks, whichever `factor.variables` says. */
  readonly variables: Int32Array;
  /** m x 3 or m x 7 for poses, else m x `factor.measurement`. */
  readonly measurements: Float64Array;
  /** m x rows (rows + 1) / 2: upper triangles of the information, row-major, in the error's coordinates. */
  readonly information: Float64Array;
  /** The sensor of each as an index, where the factor has one. */
  readonly sensors?: Int32Array;
}

/** What a graph may have besides poses and edges between them. */
export interface Extras {
  /** Points that poses see. Absent where there are none. */
  readonly landmarks?: Landmarks;
  /** What `factors` with sensors refer to. Absent where there are none. */
  readonly sensors?: Sensors;
  /** All measurements other than edges: priors, landmarks seen, factors of one's own. Absent where there are none. */
  readonly factors?: readonly FactorSet[];
}

/** The part of a graph that factors can name. */
export interface Named extends Extras {
  readonly dimension: 2 | 3;
  /** Of the poses. */
  readonly ids: Float64Array;
}

/** How many measurements the set has. */
export function factorCount({ factor, variables }: FactorSet): number {
  return variables.length / factorOf(factor).variables.length;
}

/** Numbers of one measurement. */
export function measurementSize({ dimension, measurement }: Factor): number {
  if (measurement !== "pose") return measurement;
  return dimension === 2 ? 3 : 7;
}

/** Numbers that store a variable, and the degrees of freedom in which it moves. */
export function variableShape(dimension: 2 | 3, kind: VariableKind): { readonly size: number; readonly dof: number } {
  if (kind === "landmark") return { size: dimension, dof: dimension };
  return dimension === 2 ? { size: 3, dof: 3 } : { size: 7, dof: 6 };
}

export function landmarkCount({ landmarks }: Extras): number {
  return landmarks?.ids.length ?? 0;
}

/** Whether the graph has anything but poses and edges between two of them. */
export function hasExtras({ landmarks, factors }: Extras): boolean {
  return landmarks !== undefined || factors !== undefined;
}

/** The graph of its poses and edges. */
export function edgesOnly<G extends Extras>({ landmarks: _, sensors: __, factors: ___, ...graph }: G): Omit<G, keyof Extras> {
  return graph;
}

/** "EDGE_SE2_XY 3 7": a measurement as messages call it. */
export function factorName(graph: Named, set: FactorSet, k: number): string {
  return [factorOf(set.factor).tag, ...factorIds(graph, set, k)].join(" ");
}

/** The ids of the poses and landmarks that a measurement is of. */
export function factorIds({ ids, landmarks }: Named, { factor, variables }: FactorSet, k: number): readonly number[] {
  const kinds = factorOf(factor).variables;
  // Of a graph that is being checked a landmark may be missing.
  return kinds.map((kind, v) => (kind === "pose" ? ids : landmarks?.ids)?.[variables[k * kinds.length + v]] as number);
}
