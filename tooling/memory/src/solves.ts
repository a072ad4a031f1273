// Prints the bytes in use, after a collection, after each tenth of 200 solves in a row: each in memory of its own, and all in the same.
import { start } from "@slam/pgo";
import { ArenaPool } from "@slam/wasm";
import { sphereGraph } from "./world-graph.ts";

const { gc } = globalThis as unknown as { readonly gc: () => void };
const graph = sphereGraph(60);

console.log(JSON.stringify({ own: await solves(undefined), shared: await solves(new ArenaPool()) }));

async function solves(arenas: ArenaPool | undefined): Promise<readonly number[]> {
  const inUse: number[] = [];
  for (let solve = 1; solve <= 200; solve++) {
    const run = start(graph, arenas && { arenas });
    while (!run.done) run.step();
    arenas?.recycle();
    if (solve % 10 > 0) continue;
    // WebAssembly memories are let go of between tasks.
    await new Promise((resolve) => setTimeout(resolve, 0));
    gc();
    // Array buffers are let go of in the background until the next collection.
    gc();
    const { heapUsed, external } = process.memoryUsage();
    inUse.push(heapUsed + external);
  }
  return inUse;
}
