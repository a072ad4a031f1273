import { fp64 } from "@slam/float";
import { type ArenaPool, bytesFor, kernels, nameForModules } from "@slam/wasm";
import { ITEMS_A_CALL } from "./coordinates-engine.ts";
import { retractKernel } from "./retract.kernel.ts";

nameForModules("pgo", { retractKernel });

/** poses <- X Exp(xi) of each pose that has a block column, in fp64; false where an angle is beyond the kernel, and nothing is written. */
export type Retraction = (poses: Float64Array, dx: Float64Array) => boolean;

/**
 * The bits of `se2.retract` for all poses of a graph in the plane.
 *
 * @param column the block column of each pose, -1 for those held.
 * @param cols length of dx.
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory.
 */
export function retractEngine(column: Int32Array, cols: number, arenas: ArenaPool): Retraction {
  const n = column.length;
  const arena = arenas.take(bytesFor(fp64, 3 * n) + bytesFor(fp64, cols) + bytesFor(Int32Array, n));
  const moved = arena.uncleared(fp64, 3 * n);
  const steps = arena.uncleared(fp64, cols);
  const columns = arena.copy(column);
  const { retract } = kernels(arena, retractKernel);
  return (poses, dx) => {
    moved.set(poses);
    steps.set(dx);
    let beyond = 0;
    for (let k = 0; k < n; k += ITEMS_A_CALL) {
      const count = Math.min(ITEMS_A_CALL, n - k);
      beyond += retract(moved.byteOffset + 24 * k, columns.byteOffset + 4 * k, count, steps.byteOffset);
    }
    if (beyond === 0) poses.set(moved);
    return beyond === 0;
  };
}
