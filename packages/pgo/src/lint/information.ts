import { fp64, powerOfTwoBelow, tolerance } from "@slam/float";
import { type SymmetricEigen, symmetricEigen } from "@slam/lie";
import { informationSize, poseSize } from "../graph.ts";
import { RECORD_VALUES } from "../io/record.ts";
import { isSemidefinite } from "../whitening.ts";
import type { LintType } from "./lint-type.ts";

/** The record's values as a PoseGraph has them; `values` are its fields, not changed. */
export function graphValues(type: LintType, values: Float64Array): Float64Array {
  const converted = new Float64Array(RECORD_VALUES);
  converted.set(values);
  type.toGraph?.(converted);
  return converted;
}

/** The information of an edge or factor in g2o's coordinates: its upper triangle, row-major. */
export function informationOf(type: LintType, values: Float64Array): Float64Array {
  if (type.kind === "factor") return values.subarray(informationLayout(type).begin);
  const size = poseSize(type);
  return graphValues(type, values).subarray(size, size + informationSize(type));
}

/** Whether solvers take it. */
export function isSound(type: LintType, values: Float64Array): boolean {
  return isSemidefinite(informationOf(type, values), informationLayout(type).dof);
}

/** Of the symmetric matrix with this upper triangle, row-major, whatever its scale. */
export function eigenOf(triangle: Float64Array, dof: number): SymmetricEigen {
  const scale = powerOfTwoBelow(triangle.reduce((max, w) => Math.max(max, Math.abs(w)), 0));
  const matrix = new Float64Array(dof * dof);
  for (let i = 0, at = 0; i < dof; i++) {
    for (let j = i; j < dof; j++, at++) {
      matrix[i * dof + j] = triangle[at] / scale;
      matrix[j * dof + i] = triangle[at] / scale;
    }
  }
  const { values, vectors } = symmetricEigen(dof, matrix);
  return { values: values.map((value) => value * scale), vectors };
}

/** What of a matrix is rounding beside its largest eigenvalue, 1. */
function noiseOf(dof: number): number {
  return tolerance(fp64, dof * dof);
}

/** The least of ascending eigenvalues that is more than rounding beside the largest, which is positive. */
export function leastPositive(values: Float64Array): number {
  const noise = 2 * noiseOf(values.length) * values[values.length - 1];
  return values.find((value) => value > noise) as number;
}

/**
 * V max(D, 0) V' of the symmetric matrix V D V': the nearest positive semidefinite one in the Frobenius norm. Eigenvalues are raised not to 0 but to
 * the rounding of the largest, so that the result is semidefinite in fp64, too.
 *
 * @returns the upper triangle, row-major; 0 where no eigenvalue is positive.
 * @see Higham, Computing a nearest symmetric positive semidefinite matrix, 1988.
 */
export function nearestSemidefinite(triangle: Float64Array, dof: number): Float64Array {
  const { values, vectors } = eigenOf(triangle, dof);
  const largest = values[dof - 1];
  const nearest = new Float64Array(triangle.length);
  if (largest <= 0) return nearest;
  // Of subnormal numbers rounding is not relative to the largest.
  const least = Math.max(noiseOf(dof) * largest, 4 * dof * dof * fp64.minSubnormal);
  for (let i = 0, at = 0; i < dof; i++) {
    for (let j = i; j < dof; j++, at++) {
      for (let k = 0; k < dof; k++) nearest[at] += vectors[i * dof + k] * Math.max(values[k], least) * vectors[j * dof + k];
    }
  }
  return nearest;
}

/** Where the fields of an edge or factor hold its information matrix. */
export interface InformationLayout {
  /** The first of the fields. */
  readonly begin: number;
  readonly dof: number;
  /** Of each field of it, its place in the upper triangle, row-major. */
  readonly places: Int32Array;
}

const layouts = new WeakMap<LintType, InformationLayout>();

/** Of such a type. */
export function informationLayout(type: LintType): InformationLayout {
  const known = layouts.get(type) ?? layoutOf(type);
  layouts.set(type, known);
  return known;
}

/** Told from the fields' names, "information (row, column)", rows and columns in the order in which they appear. */
function layoutOf({ fields }: LintType): InformationLayout {
  const entries = fields.map((name) => /^information \((.+), (.+)\)$/.exec(name));
  const begin = entries.findIndex((entry) => entry !== null);
  const named = entries.filter((entry) => entry !== null).map((entry) => [entry[1], entry[2]] as const);
  const axes = [...new Set(named.flat())];
  const places = Int32Array.from(named, ([row, column]) => trianglePlace(axes.indexOf(row), axes.indexOf(column), axes.length));
  return { begin, dof: axes.length, places };
}

/** Where entry (row, column), row <= column, stands in the upper triangle of an n x n matrix, row-major. */
export function trianglePlace(row: number, column: number, n: number): number {
  return row * n - (row * (row - 1)) / 2 + column - row;
}
