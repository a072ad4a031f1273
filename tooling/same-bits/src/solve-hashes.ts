import { type Policy, parsePolicy, presetPolicy } from "@slam/nlls";
import { type PoseGraph, type PoseGraphOptions, SIXTEEN_BIT, start } from "@slam/pgo";
import { manhattan, type PoseGraphWorld, sphere } from "@slam/sim";
import { BitsHash } from "./bits-hash.ts";

const policies: readonly Policy[] = [
  presetPolicy("mixed", SIXTEEN_BIT),
  presetPolicy("fp32"),
  presetPolicy("fp64"),
  parsePolicy({ name: "mixed with a bf16 factor", preset: "fp32", precondition: "bf16" }),
  parsePolicy({ name: "mixed with products and factor in fp16", preset: "fp32", matvec: "fp16", precondition: "fp16" }),
  presetPolicy("half"),
];

/** The bits of small solves in the plane and in space, policy by policy: poses, costs, steps, counted events and counted work. */
export function solveHashes(): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const policy of policies) {
    // Where every operation is rounded the reference computes, slowly.
    const poses = policy.name === "half" ? 8 : 50;
    hashes[`manhattan, ${policy.name}`] = solveHash(manhattan({ poses, seed: 3 }), policy);
    hashes[`sphere, ${policy.name}`] = solveHash(sphere({ poses, seed: 5 }), policy);
  }
  hashes["sphere, fp64, direct"] = solveHash(sphere({ poses: 50, seed: 5 }), presetPolicy("fp64"), { linear: "direct" });
  hashes["sphere, fp64, gtsam's cost"] = solveHash(sphere({ poses: 50, seed: 5 }), presetPolicy("fp64"), { cost: "gtsam" });
  hashes["manhattan, fp32, sesync's cost"] = solveHash(manhattan({ poses: 50, seed: 3 }), presetPolicy("fp32"), { cost: "sesync" });
  return hashes;
}

function solveHash(world: PoseGraphWorld, policy: Policy, options: Pick<PoseGraphOptions, "linear" | "cost"> = {}): string {
  const poses = world.initial.length / (world.dimension === 2 ? 3 : 7);
  const graph: PoseGraph = {
    ...world,
    ids: Float64Array.from({ length: poses }, (_, k) => k),
    poses: world.initial,
    known: new Uint8Array(poses).fill(1),
    fixed: new Int32Array(0),
  };
  const run = start(graph, { ...options, policy, maxIterations: 6 });
  while (!run.done) run.step();
  const { cost, iterations, linear, precision, work } = run.report;
  const hash = new BitsHash().addAll(run.x).addAll([cost.initial, cost.afterInit, cost.final]).addAll(Object.values(precision));
  hash.add(linear.cgIterations).add(linear.factorizations).add(linear.factorNonzeros);
  for (const { cost, step, damping, gainRatio, cgIterations, accepted } of iterations) {
    hash.addAll([cost, step, damping, gainRatio, cgIterations, Number(accepted)]);
  }
  for (const tally of [work.flops, work.bytes]) for (const byFormat of Object.values(tally)) hash.addAll(Object.values(byFormat));
  return hash.digest();
}
