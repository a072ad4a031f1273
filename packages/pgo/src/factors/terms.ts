import type { PoseGraph } from "../graph.ts";
import { factorOf } from "./built-in.ts";
import type { Factor } from "./factor.ts";
import { type FactorSet, factorCount, measurementSize, variableShape } from "./sets.ts";

/** A set made ready for evaluation. */
export interface FactorTerms {
  readonly factor: Factor;
  readonly count: number;
  /** count x v: each variable as one number, poses first, then landmarks. */
  readonly variables: Int32Array;
  /** count x v: where each variable begins in a point. */
  readonly offsets: Int32Array;
  /** What the factor's functions get as z: measurements, each followed by its sensor's pose where it has one. */
  readonly z: Float64Array;
  readonly zSize: number;
  /** The upper triangle of W of each, row-major. */
  readonly whitening: Float64Array;
}

/** @param whitening of each set. */
export function factorTerms(graph: PoseGraph, whitening: readonly Float64Array[]): readonly FactorTerms[] {
  return (graph.factors ?? []).map((set, s) => {
    const variables = variableNumbers(graph, set);
    return {
      factor: factorOf(set.factor),
      count: factorCount(set),
      variables,
      offsets: variables.map((v) => offsetOf(graph, v)),
      ...constants(graph, set),
      whitening: whitening[s],
    };
  });
}

/** Each variable as one number: poses first, then landmarks. */
export function variableNumbers(graph: PoseGraph, { factor, variables }: FactorSet): Int32Array {
  const kinds = factorOf(factor).variables;
  return variables.map((index, at) => (kinds[at % kinds.length] === "pose" ? index : graph.ids.length + index));
}

/** Where a variable begins in a point. */
export function offsetOf({ dimension, ids }: PoseGraph, variable: number): number {
  const { size } = variableShape(dimension, "pose");
  const poses = Math.min(variable, ids.length);
  return poses * size + (variable - poses) * dimension;
}

function constants(graph: PoseGraph, set: FactorSet): { readonly z: Float64Array; readonly zSize: number } {
  const factor = factorOf(set.factor);
  const own = measurementSize(factor);
  const { sensors } = set;
  if (sensors === undefined) return { z: set.measurements, zSize: own };
  const { size } = variableShape(graph.dimension, "pose");
  const zSize = own + size;
  const z = new Float64Array(factorCount(set) * zSize);
  sensors.forEach((sensor, k) => {
    z.set(set.measurements.subarray(k * own, (k + 1) * own), k * zSize);
    z.set(graph.sensors!.poses.subarray(sensor * size, (sensor + 1) * size), k * zSize + own);
  });
  return { z, zSize };
}
