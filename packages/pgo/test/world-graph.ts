import type { PoseGraphWorld } from "@slam/sim";
import { informationMatrix, type PoseGraph, poseDof } from "../src/graph.ts";

/** The graph of a world as its file would give it: poses from the measured odometry, or the given ones. */
export function worldGraph(world: PoseGraphWorld, poses: Float64Array = world.initial): PoseGraph {
  const { dimension, from, to, measurements, information } = world;
  const n = poses.length / (dimension === 2 ? 3 : 7);
  return {
    dimension,
    ids: Float64Array.from({ length: n }, (_, k) => k),
    poses,
    known: new Uint8Array(n).fill(1),
    from,
    to,
    measurements,
    information,
    fixed: new Int32Array(0),
  };
}

/** The graph with correlated information: half the geometric mean of the diagonal beside it, signs alternating. */
export function correlated(graph: PoseGraph): PoseGraph {
  const dof = poseDof(graph);
  const information: number[] = [];
  for (let edge = 0; edge < graph.from.length; edge++) {
    const W = informationMatrix(graph, edge);
    for (let i = 0; i < dof; i++) {
      information.push(W[i * dof + i]);
      for (let j = i + 1; j < dof; j++) information.push(j === i + 1 ? 0.5 * (-1) ** i * Math.sqrt(W[i * dof + i] * W[j * dof + j]) : 0);
    }
  }
  return { ...graph, information: Float64Array.from(information) };
}
