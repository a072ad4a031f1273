import { type Arena, type ArenaPool, kernels, nameForModules } from "@slam/wasm";
import type { PoseGraph } from "../graph.ts";
import { rootOf } from "../root-of.ts";
import { spreadKernels } from "./spread.kernel.ts";
import type { Walk } from "./walk.ts";

nameForModules("pgo", { spreadKernels });

/** A walk whose arrays, those of the steps and `placed` too, lie in the arena. */
export function engineWalk(arena: Arena): Walk {
  const { listEdges, spread } = kernels(arena, spreadKernels);
  return {
    incidence({ ids, from, to }, scratch) {
      const [n, m] = [ids.length, from.length];
      const edges = { from: arena.copy(from), to: arena.copy(to), start: scratch.integers(n + 2), edge: scratch.integers(2 * m) };
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

/** Edges that are copied to the arena at once: it need not hold all of them beside the trees. */
const STAGED = 4096;

/** `freeComponents` of chain.ts, by kernels. */
export function findFreeInArena({ ids, from, to }: PoseGraph, held: Iterable<number>, arenas: ArenaPool): number[] {
  const [n, m] = [ids.length, from.length];
  const staged = Math.min(m, STAGED);
  return arenas.lend({ parent: n, from: staged, to: staged }, ({ arena, views: { parent, ...ends }, at }) => {
    const { plant, join, nextRoot } = kernels(arena, spreadKernels);
    plant(n, at.parent);
    for (let e = 0; e < m; e += STAGED) {
      const end = Math.min(e + STAGED, m);
      ends.from.set(from.subarray(e, end));
      ends.to.set(to.subarray(e, end));
      join(end - e, at.from, at.to, at.parent);
    }
    const isHeld = new Set(Array.from(held, (k) => rootOf(parent, k)));
    const found: number[] = [];
    for (let k = nextRoot(n, at.parent, 0); k < n; k = nextRoot(n, at.parent, k + 1)) if (!isHeld.has(k)) found.push(k);
    return found;
  });
}
