// Prints the bytes that one outer iteration of a pose graph's solve allocates, for a small graph and a large one.
import { start } from "@slam/pgo";
import { type Allocations, allocated } from "./allocated.ts";
import { sphereGraph } from "./world-graph.ts";

console.log(JSON.stringify({ small: await bytesPerStep(100), large: await bytesPerStep(400) }));

/**
 * Of the third iteration, when all that is made once has been made. Of the least of ten solves after thirty: until the engine has compiled what
 * runs once an iteration, and where it compiles again, it boxes numbers.
 */
async function bytesPerStep(poses: number): Promise<Allocations> {
  const graph = sphereGraph(poses);
  let least: Allocations = { bytes: Infinity, sites: [] };
  for (let k = 0; k < 40; k++) {
    const run = start(graph, { init: "file", ftol: 0 });
    run.step();
    run.step();
    if (k < 30) run.step();
    else {
      const found = await allocated(() => run.step());
      if (found.bytes < least.bytes) least = found;
    }
  }
  return least;
}
