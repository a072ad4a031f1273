import { wrapAngle } from "@slam/lie";
import { factorOf } from "../../src/factors/built-in.ts";
import { factorCount, measurementSize, variableShape } from "../../src/factors/sets.ts";
import { fullMatrix, type PoseGraph, poseDof, poseGroup } from "../../src/graph.ts";
import { errorOf } from "./differences.ts";

/** A graph's error terms, each as e and its information. */
interface Term {
  readonly e: Float64Array;
  readonly W: Float64Array;
}

/**
 * The optimum of a small graph by Gauss-Newton from its own estimates, on dense matrices and difference quotients: edges by the groups' own operations,
 * nothing of the engine.
 *
 * @param held poses.
 * @returns chi2 = sum e'We at the optimum, and the graph there.
 */
export function denseGaussNewton(graph: PoseGraph, held: readonly number[]): { readonly cost: number; readonly graph: PoseGraph } {
  let at = graph;
  for (let iteration = 0; iteration < 30; iteration++) {
    const dofs = freedoms(at, held);
    const terms = termsOf(at);
    const h = 1e-6;
    const columns = dofs.map((_, j) => {
      const [ahead, behind] = [h, -h].map((step) =>
        termsOf(
          moved(
            at,
            dofs,
            dofs.map((_, k) => (k === j ? step : 0)),
          ),
        ),
      );
      return terms.map((_, t) => ahead[t].e.map((x, a) => wrapped(at, ahead[t].e, a, x - behind[t].e[a]) / (2 * h)));
    });
    const n = dofs.length;
    const H = new Float64Array(n * n);
    const g = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      terms.forEach(({ e, W }, t) => {
        if (columns[i][t].every((x) => x === 0)) return;
        const We = weighted(W, e);
        columns[i][t].forEach((x, a) => {
          g[i] += x * We[a];
        });
        const Wi = weighted(W, columns[i][t]);
        for (let j = 0; j <= i; j++)
          columns[j][t].forEach((x, a) => {
            H[i * n + j] += x * Wi[a];
          });
      });
    }
    const dx = solveSymmetric(
      n,
      H,
      g.map((x) => -x),
    );
    at = moved(at, dofs, dx);
    if (Math.hypot(...dx) < 1e-9) break;
  }
  return { cost: costOf(at), graph: at };
}

export function costOf(graph: PoseGraph): number {
  return termsOf(graph).reduce((sum, { e, W }) => sum + weighted(W, e).reduce((part, x, a) => part + x * e[a], 0), 0);
}

function termsOf(graph: PoseGraph): Term[] {
  const { dimension, from, to, poses, measurements, information, landmarks, sensors } = graph;
  const group = poseGroup(graph);
  const { size, dof } = group;
  const triangle = (dof * (dof + 1)) / 2;
  const terms: Term[] = [];
  for (let k = 0; k < from.length; k++) {
    const between = new Float64Array(size);
    group.relative(poses, from[k] * size, poses, to[k] * size, between, 0);
    group.relative(measurements, k * size, between.slice(), 0, between, 0);
    const sign = dimension === 3 && between[6] < 0 ? -1 : 1;
    const e = between.slice(0, dof).map((x, a) => (a < 3 ? x : sign * x));
    if (graph.similarity !== undefined) group.log(between, 0, e, 0);
    terms.push({ e, W: fullMatrix(dof, information, k * triangle) });
  }
  for (const set of graph.factors ?? []) {
    const factor = factorOf(set.factor);
    const each = factor.variables.length;
    const own = measurementSize(factor);
    for (let k = 0; k < factorCount(set); k++) {
      const x = factor.variables.map((kind, v) => {
        const index = set.variables[k * each + v];
        const shape = variableShape(dimension, kind);
        return (kind === "pose" ? poses : landmarks!.positions).slice(index * shape.size, (index + 1) * shape.size);
      });
      const sensor = set.sensors === undefined ? [] : sensors!.poses.slice(set.sensors[k] * size, (set.sensors[k] + 1) * size);
      const z = Float64Array.of(...set.measurements.slice(k * own, (k + 1) * own), ...sensor);
      const W = fullMatrix(factor.rows, set.information, (k * factor.rows * (factor.rows + 1)) / 2);
      terms.push({ e: errorOf(factor, x, z), W });
    }
  }
  return terms;
}

/** Differences of angles across the cut: bearings, and the third of planar errors. */
function wrapped({ dimension }: PoseGraph, e: Float64Array, a: number, difference: number): number {
  return dimension === 2 && (e.length === 1 || a === 2) ? wrapAngle(difference) : difference;
}

/** [pose or landmark, its index, its direction] of each unknown. */
type Freedom = readonly ["pose" | "landmark", number, number];

function freedoms(graph: PoseGraph, held: readonly number[]): Freedom[] {
  const all: Freedom[] = [];
  for (let k = 0; k < graph.ids.length; k++) {
    if (!held.includes(k)) for (let j = 0; j < poseDof(graph); j++) all.push(["pose", k, j]);
  }
  for (let k = 0; k < (graph.landmarks?.ids.length ?? 0); k++) {
    if (!graph.landmarks!.fixed.includes(k)) for (let j = 0; j < graph.dimension; j++) all.push(["landmark", k, j]);
  }
  return all;
}

function moved(graph: PoseGraph, dofs: readonly Freedom[], dx: ArrayLike<number>): PoseGraph {
  const group = poseGroup(graph);
  const steps = new Map<number, Float64Array>();
  const positions = graph.landmarks?.positions.slice() ?? new Float64Array(0);
  dofs.forEach(([kind, k, j], at) => {
    if (kind === "landmark") positions[k * graph.dimension + j] += dx[at];
    else {
      const xi = steps.get(k) ?? new Float64Array(group.dof);
      xi[j] = dx[at];
      steps.set(k, xi);
    }
  });
  const poses = graph.poses.slice();
  for (const [k, xi] of steps) group.retract(graph.poses, k * group.size, xi, 0, poses, k * group.size);
  return { ...graph, poses, ...(graph.landmarks && { landmarks: { ...graph.landmarks, positions } }) };
}

function weighted(W: Float64Array, e: Float64Array): Float64Array {
  return e.map((_, a) => e.reduce((sum, x, b) => sum + W[a * e.length + b] * x, 0));
}

/** By Cholesky; H holds the lower triangle. */
function solveSymmetric(n: number, H: Float64Array, b: Float64Array): Float64Array {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let s = H[i * n + j];
      for (let k = 0; k < j; k++) s -= H[i * n + k] * H[j * n + k];
      H[i * n + j] = i === j ? Math.sqrt(s) : s / H[j * n + j];
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= H[i * n + k] * x[k];
    x[i] /= H[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= H[k * n + i] * x[k];
    x[i] /= H[i * n + i];
  }
  return x;
}
