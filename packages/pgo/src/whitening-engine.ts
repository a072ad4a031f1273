import { fp64 } from "@slam/float";
import { type ArenaPool, bytesFor, kernels, nameForModules } from "@slam/wasm";
import { upperSize } from "./between-formulas.ts";
import { ITEMS_A_CALL } from "./coordinates-engine.ts";
import { whiteningKernels } from "./whitening.kernel.ts";

nameForModules("pgo", { whiteningKernels });

/** Roots of matrices, one after another. */
export interface Roots {
  readonly W: Float64Array;
  /** The first matrix that has none, or -1. */
  readonly bad: number;
  largest(): number;
  multiplyBy(factor: number): void;
}

/**
 * The roots of matrices of dof rows, upper triangles by rows, in an arena: with the bits of plain loops.
 *
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory.
 */
export function whiteningEngine(information: Float64Array, dof: number, arenas: ArenaPool): Roots {
  const arena = arenas.take(bytesFor(fp64, information.length));
  const W = arena.view(fp64, information.length);
  W.set(information);
  const { factorise, largest, scale } = kernels(arena, whiteningKernels, dof);
  const size = upperSize(dof);
  const count = W.length / size;
  /** So many matrices from this one on, at this address. */
  const forEachChunk = (run: (first: number, matrices: number, at: number) => void): void => {
    for (let k = 0; k < count; k += ITEMS_A_CALL) run(k, Math.min(ITEMS_A_CALL, count - k), W.byteOffset + 8 * size * k);
  };
  let bad = -1;
  forEachChunk((first, matrices, at) => {
    const found = bad < 0 ? factorise(at, matrices) : -1;
    if (found >= 0) bad = first + found;
  });
  return {
    W,
    bad,
    largest() {
      let most = 0;
      forEachChunk((_, matrices, at) => {
        most = largest(at, matrices * size, most);
      });
      return most;
    },
    multiplyBy: (factor) => forEachChunk((_, matrices, at) => scale(at, matrices * size, factor)),
  };
}
