import type { CostName } from "../src/cost-conventions.ts";
import { informationMatrix, type PoseGraph, poseDof, poseSize } from "../src/graph.ts";

/** A matrix by rows. */
type Matrix = readonly (readonly number[])[];

/** Every cost by rotation matrices, inverses and norms: its definition, and nothing of what the package computes it by. */
export function plainCosts(graph: PoseGraph): { readonly [name in CostName]: number } {
  const { dimension: d, from, to, measurements } = graph;
  const size = poseSize(graph);
  const sums = { g2o: 0, ceres: 0, gtsam: 0, sesync: 0 };
  for (let edge = 0; edge < from.length; edge++) {
    const i = poseOf(d, graph.poses, from[edge] * size);
    const j = poseOf(d, graph.poses, to[edge] * size);
    const z = poseOf(d, measurements, edge * size);
    const W = matrixOf(informationMatrix(graph, edge), poseDof(graph));
    // Seen from pose i, less what was measured.
    const ahead = difference(apply(transpose(i.R), difference(j.t, i.t)), z.t);
    const t = apply(transpose(z.R), ahead);
    const R = times(times(transpose(z.R), transpose(i.R)), j.R);
    // The turn from the estimate to the measurement: what Ceres takes.
    const back = times(z.R, transpose(times(transpose(i.R), j.R)));
    const g2o = d === 2 ? logarithm(R) : halfSine(R);
    sums.g2o += quadratic([...t, ...g2o], W);
    sums.ceres += quadratic([...ahead, ...(d === 2 ? logarithm(R) : halfSine(back).map((x) => 2 * x))], W);
    sums.gtsam += 0.5 * quadratic([...(d === 2 ? t : straightened(t, logarithm(R))), ...logarithm(R)], W);
    const [Wt, Wr] = [blockOf(W, 0, d), blockOf(W, d, W.length)];
    const tau = d / trace(inverse(Wt));
    const kappa = d === 2 ? Wr[0][0] : 3 / (2 * trace(inverse(Wr)));
    const turn = difference(j.R.flat(), times(i.R, z.R).flat());
    const shift = difference(difference(j.t, i.t), apply(i.R, z.t));
    sums.sesync += kappa * dot(turn, turn) + tau * dot(shift, shift);
  }
  return sums;
}

function poseOf(d: 2 | 3, x: Float64Array, at: number): { readonly t: readonly number[]; readonly R: Matrix } {
  if (d === 2) {
    const [c, s] = [Math.cos(x[at + 2]), Math.sin(x[at + 2])];
    return {
      t: [x[at], x[at + 1]],
      R: [
        [c, -s],
        [s, c],
      ],
    };
  }
  // Rodrigues
  const [qx, qy, qz, qw] = x.subarray(at + 3, at + 7);
  const cross = skew([qx, qy, qz]);
  const squared = times(cross, cross);
  return {
    t: [...x.subarray(at, at + 3)],
    R: identity(3).map((row, a) => row.map((one, b) => one + 2 * (qw * cross[a][b] + squared[a][b]))),
  };
}

/** The angle in the plane; the axis times the angle in space. */
function logarithm(R: Matrix): readonly number[] {
  if (R.length === 2) return [Math.atan2(R[1][0], R[0][0])];
  const twice = twiceSine(R);
  const sine = Math.sqrt(dot(twice, twice)) / 2;
  if (sine === 0) return twice;
  const angle = Math.atan2(sine, (trace(R) - 1) / 2);
  return twice.map((x) => (x / (2 * sine)) * angle);
}

/** vec q: the axis times the sine of half the angle, from that of the whole one. */
function halfSine(R: Matrix): readonly number[] {
  return twiceSine(R).map((x) => x / (2 * Math.sqrt(1 + trace(R))));
}

/** The axis times twice the sine of the angle. */
function twiceSine(R: Matrix): readonly number[] {
  return [R[2][1] - R[1][2], R[0][2] - R[2][0], R[1][0] - R[0][1]];
}

/** V^-1 t: the translation of the logarithm. */
function straightened(t: readonly number[], omega: readonly number[]): readonly number[] {
  const angle = Math.sqrt(dot(omega, omega));
  if (angle === 0) return t;
  const cross = skew(omega);
  const squared = times(cross, cross);
  const [a, b] = [(1 - Math.cos(angle)) / angle ** 2, (angle - Math.sin(angle)) / angle ** 3];
  const V = identity(3).map((row, i) => row.map((one, k) => one + a * cross[i][k] + b * squared[i][k]));
  return apply(inverse(V), t);
}

/** By Gauss and Jordan, with the largest pivot of each column. */
function inverse(M: Matrix): Matrix {
  const n = M.length;
  const rows = M.map((row, i) => [...row, ...identity(n)[i]]);
  for (let k = 0; k < n; k++) {
    const pivot = rows.slice(k).reduce((best, row) => (Math.abs(row[k]) > Math.abs(best[k]) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(
      k,
      0,
      pivot.map((x) => x / pivot[k]),
    );
    for (let i = 0; i < n; i++)
      if (i !== k)
        rows[i] = difference(
          rows[i],
          rows[k].map((x) => x * rows[i][k]),
        );
  }
  return rows.map((row) => row.slice(n));
}

function skew([x, y, z]: readonly number[]): Matrix {
  return [
    [0, -z, y],
    [z, 0, -x],
    [-y, x, 0],
  ];
}

function identity(n: number): Matrix {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, k) => (i === k ? 1 : 0)));
}

function matrixOf(values: Float64Array, n: number): Matrix {
  return Array.from({ length: n }, (_, i) => [...values.subarray(i * n, (i + 1) * n)]);
}

function blockOf(M: Matrix, first: number, end: number): Matrix {
  return M.slice(first, end).map((row) => row.slice(first, end));
}

function transpose(M: Matrix): Matrix {
  return M[0].map((_, k) => M.map((row) => row[k]));
}

function times(M: Matrix, N: Matrix): Matrix {
  const columns = transpose(N);
  return M.map((row) => columns.map((column) => dot(row, column)));
}

function apply(M: Matrix, x: readonly number[]): readonly number[] {
  return M.map((row) => dot(row, x));
}

function quadratic(x: readonly number[], M: Matrix): number {
  return dot(x, apply(M, x));
}

function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, k) => sum + value * y[k], 0);
}

function difference(x: readonly number[], y: readonly number[]): number[] {
  return x.map((value, k) => value - y[k]);
}

function trace(M: Matrix): number {
  return M.reduce((sum, row, i) => sum + row[i], 0);
}
