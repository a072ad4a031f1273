// Prints the bytes of array buffers that the steps of warm solves of a pose graph make, for each of some settings, and those of one point.

import { presetPolicy } from "@slam/nlls";
import { type PoseGraph, type PoseGraphOptions, SIXTEEN_BIT, start } from "@slam/pgo";
import { ArenaPool } from "@slam/wasm";
import { bytesInBuffers } from "./in-buffers.ts";
import { manhattanGraph, sphereGraph } from "./world-graph.ts";

const GRAPHS = { sphere: sphereGraph(400), manhattan: manhattanGraph(600) } as const;
const SETTINGS: { readonly [name: string]: PoseGraphOptions } = {
  mixed: {},
  fp64: { policy: presetPolicy("fp64", SIXTEEN_BIT) },
  dogleg: { method: "dogleg" },
  direct: { linear: "direct" },
  // From its own start, odometry, the first step would analyse the graph.
  loss: { loss: { loss: "cauchy" }, init: "chordal" },
};
const WARM = 4;
const MEASURED = 3;

const found: object[] = [];
for (const [name, graph] of Object.entries(GRAPHS)) {
  for (const [settings, options] of Object.entries(SETTINGS)) {
    found.push({ what: `${name}, ${settings}`, point: graph.poses.byteLength, buffers: warmSolves(graph, options) });
  }
}
console.log(JSON.stringify(found));

function warmSolves(graph: PoseGraph, options: PoseGraphOptions): readonly number[] {
  const arenas = new ArenaPool();
  const buffers: number[] = [];
  for (let solve = 0; solve < WARM + MEASURED; solve++) {
    const run = start(graph, { ...options, arenas });
    const finish = (): void => {
      while (!run.done) run.step();
    };
    if (solve < WARM) finish();
    else buffers.push(bytesInBuffers(finish));
    arenas.recycle();
  }
  return buffers;
}
