import type { LieGroup } from "@slam/lie";
import { informationMatrix, type PoseGraph } from "../graph.ts";
import { isLoop } from "../loops.ts";
import { conjugated, inverseOfDefinite } from "./dense.ts";

/**
 * Odometry composed: chains of poses k, k + 1, ... that edges between neighbours in the order of ids connect, the first of each at the identity.
 *
 * Each measurement is Z = Z_true Exp(-n) with n of the covariance that its information says, all independent. To first order the true pose of k is then
 * Exp(w_k) P_k with w_k = sum over the steps up to k of Ad(P) n, so that Cov(w_k - w_j) is a difference of prefix sums, and the covariance between two
 * stretches is that of what they share.
 */
export interface OdometryChains {
  /** The number of each pose's chain. Poses of a chain follow each other. */
  readonly chain: Int32Array;
  /** P: poses by odometry, relative to the first of their chain. */
  readonly poses: Float64Array;
  /** Cov(w_k) of pose k, where it is wanted: dof x dof numbers from dof^2 row[k] on; row is -1 elsewhere. */
  readonly row: Int32Array;
  readonly covariances: Float64Array;
}

/** @param wanted 1 for the poses whose covariances are wanted. */
export function odometryChains(graph: PoseGraph, group: LieGroup, wanted: Uint8Array): OdometryChains {
  const { size, dof } = group;
  const square = dof * dof;
  const n = graph.ids.length;
  const step = stepEdges(graph);
  const chain = new Int32Array(n);
  const row = new Int32Array(n).fill(-1);
  const poses = new Float64Array(n * size);
  const covariances = new Float64Array(square * wanted.reduce((sum, isWanted) => sum + isWanted, 0));
  const running = new Float64Array(square);
  for (let k = 0, rows = 0; k < n; k++) {
    const measured = k > 0 && step[k] >= 0 ? measurementOf(graph, group, step[k], graph.from[step[k]] === k) : undefined;
    if (measured === undefined) {
      chain[k] = k > 0 ? chain[k - 1] + 1 : 0;
      group.identity(poses, k * size);
      running.fill(0);
    } else {
      chain[k] = chain[k - 1];
      group.compose(poses, (k - 1) * size, measured.Z, 0, poses, k * size);
      group.normalize(poses, k * size, poses, k * size);
      const moved = conjugated(group, poses, k * size, measured.covariance);
      for (let at = 0; at < square; at++) running[at] += moved[at];
    }
    if (wanted[k] === 1) {
      row[k] = rows++;
      covariances.set(running, row[k] * square);
    }
  }
  return { chain, poses, row, covariances };
}

/** For each pose k the first edge between k - 1 and k whose information is definite, or -1. */
function stepEdges(graph: PoseGraph): Int32Array {
  const { ids, from, to } = graph;
  const step = new Int32Array(ids.length).fill(-1);
  for (let e = 0; e < from.length; e++) {
    const k = Math.max(from[e], to[e]);
    if (!isLoop(graph, e) && step[k] < 0 && covarianceOf(graph, e) !== undefined) step[k] = e;
  }
  return step;
}

/** A measurement from one pose to another, in either direction of its edge, and the covariance of its right-hand error: Z_true = Z Exp(n). */
export interface Measured {
  readonly Z: Float64Array;
  readonly covariance: Float64Array;
}

/** Z^-1 = (Z_true Exp(-n))^-1 = Exp(n) Z_true^-1: against its direction an edge's error is Ad(Z) n. @returns undefined where its information is singular. */
export function measurementOf(graph: PoseGraph, group: LieGroup, e: number, isReversed: boolean): Measured | undefined {
  const Z = graph.measurements.slice(e * group.size, (e + 1) * group.size);
  const covariance = covarianceOf(graph, e);
  if (covariance === undefined || !isReversed) return covariance && { Z, covariance };
  const moved = conjugated(group, Z, 0, covariance);
  group.inverse(Z, 0, Z, 0);
  return { Z, covariance: moved };
}

/** W^-1 in metres and radians: in space the error has vec q, half the angle. */
function covarianceOf(graph: PoseGraph, e: number): Float64Array | undefined {
  const dof = graph.dimension === 2 ? 3 : 6;
  const covariance = inverseOfDefinite(informationMatrix(graph, e), dof);
  if (covariance === undefined || dof === 3) return covariance;
  return covariance.map((x, at) => x * (at % dof < 3 ? 1 : 2) * (at < 3 * dof ? 1 : 2));
}
