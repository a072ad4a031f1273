// Prints the edges of a generated graph, and the bytes of WebAssembly's memories that solves of it in a row have written to: the first, and all of them.
import { presetPolicy } from "@slam/nlls";
import { type PoseGraph, SIXTEEN_BIT, start } from "@slam/pgo";
import { ArenaPool } from "@slam/wasm";
import { manhattanGraph } from "./world-graph.ts";

const PAGE = 4096;
const SOLVES = 3;

interface Memory {
  readonly buffer: ArrayBuffer;
}
const host = (globalThis as unknown as { readonly WebAssembly: { Memory: new (limits: object) => Memory } }).WebAssembly;
/** All that were ever made: one that nothing refers to any more stays resident until a collector looks for it. */
const memories: Memory[] = [];
host.Memory = new Proxy(host.Memory, {
  construct(target, [limits]: [object]) {
    const memory = new target(limits);
    memories.push(memory);
    return memory;
  },
});

console.log(JSON.stringify(written(manhattanGraph(30_000))));

function written(graph: PoseGraph): { readonly edges: number; readonly first: number; readonly all: number } {
  const arenas = new ArenaPool();
  // Which of 16 and 32 bits a mixed policy takes may change.
  const policy = presetPolicy("fp32", SIXTEEN_BIT);
  let first = 0;
  for (let solve = 0; solve < SOLVES; solve++) {
    const run = start(graph, { policy, arenas });
    while (!run.done) run.step();
    if (solve === 0) first = writtenBytes();
    arenas.recycle();
  }
  return { edges: graph.from.length, first, all: writtenBytes() };
}

/** Of pages that are not all zeros: what nothing has written to is not resident, however large a memory is. */
function writtenBytes(): number {
  let pages = 0;
  for (const { buffer } of memories) {
    for (let at = 0; at < buffer.byteLength; at += PAGE) if (new Float64Array(buffer, at, PAGE / 8).some((x) => x !== 0)) pages++;
  }
  return PAGE * pages;
}
