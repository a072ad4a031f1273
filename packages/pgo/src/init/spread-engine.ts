import { type Arena, type ArenaPool, kernels, nameForModules } from "@slam/wasm";
import type { PoseGraph } from "../graph.ts";
import { spreadKernels } from "./spread.kernel.ts";
import type { Walk } from "./walk.ts";

nameForModules("pgo", { spreadKernels });

/** A walk whose arrays, those of the steps and `placed` too, lie in the arena. */
export function engineWalk(arena: Arena): Walk {
  const { listEdges, spread } = kernels(arena, spreadKernels);
  return {
    incidence({ ids, from, to }, scratch) {
      const [n, m] = [ids.length, from.length];
      const edges = {
        from: scratch.integers(m),
        to: scratch.integers(m),
        start: scratch.integers(n + 2),
        edge: scratch.integers(2 * m),
      };
      edges.from.set(from);
      edges.to.set(to);
      listEdges(n, m, edges.from.byteOffset, edges.to.byteOffset, edges.start.byteOffset, edges.edge.byteOffset);
      return edges;
    },
    spread({ from, to, start, edge }, placed, steps, scratch) {
      steps.count = spread(
        placed.length,
        from.byteOffset,
        to.byteOffset,
        start.byteOffset,
        edge.byteOffset,
        placed.byteOffset,
        scratch.integers(placed.length).byteOffset,
        steps.parents.byteOffset,
        steps.children.byteOffset,
        steps.edges.byteOffset,
        steps.count,
      );
    },
  };
}

/** `freeComponents` of chain.ts, by a kernel. */
export function findFreeInArena({ ids, from, to }: PoseGraph, held: Iterable<number>, arenas: ArenaPool): number[] {
  const [n, m] = [ids.length, from.length];
  return arenas.lend({ from: m, to: m, parent: n, isHeld: n, found: n }, ({ arena, views, at }) => {
    views.from.set(from);
    views.to.set(to);
    for (const k of held) views.isHeld[k] = 1;
    const count = kernels(arena, spreadKernels).findFree(n, m, at.from, at.to, at.parent, at.isHeld, at.found);
    return [...views.found.subarray(0, count)];
  });
}
