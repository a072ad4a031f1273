import { analyzeCholesky, type CholeskySymbolic } from "@slam/ichol";
import { garage, manhattan } from "@slam/sim";
import { normalSymbolic } from "@slam/sparse";
import { expectSameBits } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import { expect, test } from "vitest";
import { type PoseGraph, readG2o } from "../src/index.ts";
import { PoseGraphProblem } from "../src/problem.ts";
import { hasPublicData, publicData } from "./public-data.ts";
import { worldGraph } from "./world-graph.ts";

function indicesOf({ order, L, supernodes, destination }: CholeskySymbolic): Int32Array[] {
  return [order, L.colPtr, L.rowIdx, supernodes.first, supernodes.updatePtr, supernodes.updates, destination];
}

/** One after the other on the same arenas: what kernels find in memory that was used is what JavaScript finds in new arrays. */
function expectReference(graph: PoseGraph): void {
  const arenas = new ArenaPool();
  for (let solve = 0; solve < 2; solve++) {
    const { structure, blocks } = new PoseGraphProblem(graph, [0], { arenas });
    const { r, c } = blocks.pattern;
    const normal = structure.normal(r, c);
    const symbolic = structure.cholesky(c);

    const expected = normalSymbolic(blocks.pattern);
    const factor = analyzeCholesky(expected.pattern);
    const found = [normal.pattern.rowPtr, normal.pattern.colIdx, normal.target, ...indicesOf(symbolic)];
    const wanted = [expected.pattern.rowPtr, expected.pattern.colIdx, expected.target, ...indicesOf(factor)];
    for (const [k, indices] of found.entries()) expectSameBits(indices, wanted[k]);
    expect([symbolic.blockUpdates, symbolic.nonzeros, symbolic.flops]).toEqual([factor.blockUpdates, factor.nonzeros, factor.flops]);
    arenas.recycle();
  }
}

test.each([manhattan, garage])("of a world, in arenas, is that of new arrays", (world) => {
  expectReference(worldGraph(world({ poses: 1500, seed: 2 })));
});

test.skipIf(!hasPublicData).each(["intel", "kitti_00", "M3500_original", "parking-garage", "sphere2500", "torus3D", "city10000"])(
  "of %s, in arenas, is that of new arrays",
  (name) => expectReference(readG2o(publicData(`pose-graphs/${name}.g2o`)!, name).graph),
);
