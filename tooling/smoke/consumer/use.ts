import { type FP16, fp16, tolerance, type Vec, zeros } from "@slam/float";
import { type PoseGraph, solve } from "@slam/pgo";
import { sphere } from "@slam/sim";

/** 1/3 as fp16 holds it, and how far from 1/3 it may be. */
export function third(): { readonly value: number; readonly bound: number } {
  const x: Vec<FP16> = zeros(fp16, 1);
  fp16.store(x, 0, 1 / 3);
  return { value: fp16.load(x, 0), bound: tolerance(fp16, 1, 1) };
}

/** A small noisy sphere, solved with default settings. */
export async function solvedSphere(): Promise<{ readonly termination: string; readonly chi2: number; readonly cgIterations: number }> {
  const world = sphere({ poses: 200, seed: 7 });
  const ids = Float64Array.from({ length: 200 }, (_, k) => k);
  const graph: PoseGraph = { ...world, ids, poses: world.initial, known: new Uint8Array(200).fill(1), fixed: new Int32Array(0) };
  const { report } = await solve(graph);
  return { termination: report.termination, chi2: report.cost.final, cgIterations: report.linear.cgIterations };
}
