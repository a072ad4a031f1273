import { so2, so3 } from "@slam/lie";
import { type PoseGraph, poseDof, poseSize } from "../graph.ts";
import { componentsOf, heldVariables, tiedByEdges } from "./components.ts";
import { FactorEvaluation } from "./evaluate.ts";
import { freeDirections, type HeldDirections, orthonormal } from "./free-directions.ts";
import { type FactorTerms, offsetOf } from "./terms.ts";

export interface Gauge {
  /** Poses to hold besides: the lowest of each component that no measurement ties to the world. */
  readonly held: readonly number[];
  /** Of the lowest pose of each component that measurements tie to the world, but not in all directions. */
  readonly directions: readonly HeldDirections[];
}

/** Columns of J G that are smaller than this beside the terms of their sums are zero: the measurement does not depend on where the world is. */
const INVARIANT = 1e-6;

/**
 * What fixes the gauge of each component: an edge to a held pose does; otherwise J G of all its factors, where G moves all free variables as one rigid
 * body about the component's centre. At full rank nothing else is needed; at rank zero a pose is held; in between, what is left free.
 *
 * @param held poses.
 */
export function findGauge(graph: PoseGraph, held: Iterable<number>, terms: readonly FactorTerms[], point: Float64Array): Gauge {
  const isHeld = heldVariables(graph, held);
  const component = componentsOf(graph, isHeld);
  const centres = centresOf(graph, component, point);
  for (const root of tiedByEdges(graph, component)) centres.delete(root);
  const dof = poseDof(graph);
  const grams = new Map([...centres.keys()].map((root) => [root, new Float64Array(dof * dof)]));
  for (const one of terms) {
    const evaluation = new FactorEvaluation(one);
    const each = one.factor.variables.length;
    for (let k = 0; k < one.count; k++) {
      const variables = Array.from(one.variables.subarray(k * each, (k + 1) * each));
      const root = component[variables.find((v) => isHeld[v] === 0) ?? variables[0]];
      const gram = grams.get(root);
      const centre = centres.get(root);
      if (gram === undefined || centre === undefined) continue;
      const G = variables.map((v) => (isHeld[v] === 1 ? [] : rigidMotion(graph, v, point, centre)));
      addGram(evaluation.jacobians(point, k), G, dof, gram);
    }
  }
  const gauge = { held: [] as number[], directions: [] as HeldDirections[] };
  for (const [root, centre] of centres) {
    const free = freeDirections(dof, grams.get(root) as Float64Array);
    if (free.length === dof) gauge.held.push(root);
    else if (free.length > 0) gauge.directions.push(directionsOf(rigidMotion(graph, root, point, centre), root, dof, free));
  }
  return gauge;
}

/** Turns are kept before positions: this much smaller is a motion's part that only moves the pose. */
const MOVE_WEIGHT = 2 ** -20;

/**
 * The directions in which motions of the world that are free move a pose. Any rows that no such motion leaves zero would do: these keep how the pose is
 * turned, wherever else the measurements move it, and its position only where the turn does not say enough.
 */
function directionsOf(G: readonly number[], pose: number, dof: number, free: readonly Float64Array[]): HeldDirections {
  const moves = dof === 3 ? 2 : 3;
  const along = free.map((n) =>
    Float64Array.from({ length: dof }, (_, i) => n.reduce((sum, x, j) => sum + G[i * dof + j] * x, 0) * (i < moves ? MOVE_WEIGHT : 1)),
  );
  return { variable: pose, rows: orthonormal(along).flatMap((row) => [...row]), columns: dof };
}

/** The mean position of the poses of each component that has any. */
function centresOf(graph: PoseGraph, component: Int32Array, point: Float64Array): Map<number, Float64Array> {
  const d = graph.dimension;
  const size = poseSize(graph);
  const sums = new Map<number, Float64Array>();
  for (let pose = 0; pose < graph.ids.length; pose++) {
    if (component[pose] < 0) continue;
    const sum = sums.get(component[pose]) ?? new Float64Array(d + 1);
    for (let a = 0; a < d; a++) sum[a] += point[pose * size + a];
    sum[d]++;
    sums.set(component[pose], sum);
  }
  return new Map([...sums].map(([root, sum]) => [root, sum.subarray(0, d).map((x) => x / sum[d])]));
}

/** G = d(xi of a variable) / d(tau, omega), its dof x the world's: a point p moves by tau + omega x (p - centre), and a pose with it. */
function rigidMotion(graph: PoseGraph, variable: number, point: Float64Array, centre: Float64Array): number[] {
  const d = graph.dimension;
  const at = offsetOf(graph, variable);
  const arm = Array.from(centre, (c, a) => point[at + a] - c);
  const [x, y, z] = arm;
  // d(p) / d(tau, omega) = [I, -[arm]x]
  const ofPoint = d === 2 ? [1, 0, -y, 0, 1, x] : [1, 0, 0, 0, z, -y, 0, 1, 0, -z, 0, x, 0, 0, 1, y, -x, 0];
  if (variable >= graph.ids.length) return ofPoint;
  const R = new Float64Array(d * d);
  if (d === 2) so2.toMatrix(point, at + 2, R, 0);
  else so3.toMatrix(point, at + 3, R, 0);
  const dof = poseDof(graph);
  const turned = Array.from({ length: d * dof }, (_, k) => {
    const [a, j] = [Math.floor(k / dof), k % dof];
    return Array.from({ length: d }, (_, b) => R[b * d + a] * ofPoint[b * dof + j]).reduce((sum, term) => sum + term, 0);
  });
  const ofTurn = d === 2 ? [0, 0, 1] : [0, 1, 2].flatMap((a) => [0, 0, 0, R[a], R[3 + a], R[6 + a]]);
  return [...turned, ...ofTurn];
}

/** gram <- gram + (J G)'(J G), J G summed over variables; G is empty for one that is held. */
function addGram(J: readonly Float64Array[], G: readonly (readonly number[])[], dof: number, gram: Float64Array): void {
  const free = J.map((_, v) => v).filter((v) => G[v].length > 0);
  if (free.length === 0) return;
  const rows = (J[free[0]].length * dof) / G[free[0]].length;
  const sums = new Float64Array(rows * dof);
  const terms = new Float64Array(dof);
  for (const v of free) {
    const own = G[v].length / dof;
    for (let a = 0; a < rows; a++) {
      for (let j = 0; j < dof; j++) {
        let sum = 0;
        for (let k = 0; k < own; k++) {
          const term = J[v][a * own + k] * G[v][k * dof + j];
          sum += term;
          terms[j] += Math.abs(term);
        }
        sums[a * dof + j] += sum;
      }
    }
  }
  for (let j = 0; j < dof; j++) {
    for (let a = 0; a < rows; a++) if (Math.abs(sums[a * dof + j]) <= INVARIANT * terms[j]) sums[a * dof + j] = 0;
  }
  for (let a = 0; a < rows; a++) {
    for (let i = 0; i < dof; i++) for (let j = 0; j < dof; j++) gram[i * dof + j] += sums[a * dof + i] * sums[a * dof + j];
  }
}
