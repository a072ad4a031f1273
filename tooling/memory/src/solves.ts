// Prints the bytes in use, after a collection, after each tenth of 200 solves in a row: each in memory of its own, and all in the same.
import { start } from "@slam/pgo";
import { ArenaPool } from "@slam/wasm";
import { bytesInUse } from "./bytes-in-use.ts";
import { sphereGraph } from "./world-graph.ts";

const graph = sphereGraph(60);

console.log(JSON.stringify({ own: await solves(undefined), shared: await solves(new ArenaPool()) }));

async function solves(arenas: ArenaPool | undefined): Promise<readonly number[]> {
  const inUse: number[] = [];
  for (let solve = 1; solve <= 200; solve++) {
    const run = start(graph, arenas && { arenas });
    while (!run.done) run.step();
    arenas?.recycle();
    if (solve % 10 > 0) continue;
    inUse.push(await bytesInUse());
  }
  return inUse;
}
