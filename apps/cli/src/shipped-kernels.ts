import { type PoseGraph, SIXTEEN_BIT, start } from "@slam/pgo";
import { manhattan, sphere } from "@slam/sim";
import { recordModules } from "@slam/wasm";
import { encodeModules } from "./kernel-file.ts";
import { policyOf } from "./policy.ts";
import { graphOf } from "./worlds.ts";

/** Those whose modules are shipped: as presets, and with the factor in 16 bits as `mixed` has it where a graph is large. */
const POLICIES = [
  ...["fp64", "fp32", "mixed"].map((preset) => ({ preset, name: preset })),
  { preset: "mixed", name: "mixed, factor in fp16", precondition: "fp16" },
];

/** The modules that the first solve of a pose graph needs, in the plane and in space, by name; in the same order each time. */
export function pgoModules(): ReadonlyMap<string, Uint8Array> {
  const graphs = [manhattan, sphere].map((world) => graphOf(world({ poses: 40, seed: 1 })));
  return recordModules(() => {
    for (const graph of graphs) for (const policy of POLICIES) solveWith(graph, policy);
  });
}

/** What the build writes to that file. */
export function shippedKernels(): Uint8Array {
  return encodeModules(pgoModules());
}

export { KERNEL_FILE } from "./kernel-file.ts";

function solveWith(graph: PoseGraph, policy: object): void {
  const run = start(graph, { policy: policyOf(policy, SIXTEEN_BIT) });
  while (!run.done) run.step();
}
