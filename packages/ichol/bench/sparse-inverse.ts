// The sparse inverse beside the factorisation in fp64 that it begins from, alternately in one run:
//   node --conditions=@slam/source packages/ichol/bench/sparse-inverse.ts [graph ...]
import { loadavg } from "node:os";
import { join } from "node:path";
import { analyzeCholesky, choleskyWorkspace, factorize, isFactor, sparseInverse } from "@slam/ichol";
import { ArenaPool } from "@slam/wasm";
import { poseGraphMatrix } from "./pose-graph-matrix.ts";

const PASSES = 9;
const [, , ...named] = process.argv;
const graphs = named.length > 0 ? named : ["sphere2500", "torus3D", "city10000"];
const data = process.env.SLAM_DATA ?? join(import.meta.dirname, "../../../../shared/data");

for (const graph of graphs) {
  const A = poseGraphMatrix(join(data, "pose-graphs", `${graph}.g2o`));
  const symbolic = analyzeCholesky(A.pattern);
  const workspace = choleskyWorkspace(symbolic, A.format);
  const arenas = new ArenaPool();
  const times: [factor: number, inverse: number][] = [];
  // The first pass compiles.
  for (let pass = 0; pass <= PASSES; pass++) {
    const begin = performance.now();
    const factor = factorize(symbolic, A, { workspace });
    const middle = performance.now();
    if (!isFactor(factor)) throw new Error(`bad pivot ${factor.pivot}`);
    sparseInverse(factor, arenas);
    times.push([middle - begin, performance.now() - middle]);
    arenas.recycle();
  }
  const [cold] = times.splice(0, 1);
  const [factor, inverse] = [0, 1].map((k) => times.map((pair) => pair[k]).toSorted((x, y) => x - y)[PASSES >> 1]);
  console.log(
    `${graph}: load ${loadavg()[0].toFixed(1)}, factorisation ${factor.toFixed(1)} ms, sparse inverse ${inverse.toFixed(1)} ms = ` +
      `${(inverse / factor).toFixed(2)} of it, median of pairs ${median(times).toFixed(2)}; cold ${cold.map((t) => t.toFixed(1)).join(" and ")} ms`,
  );
}

function median(times: readonly (readonly [number, number])[]): number {
  return times.map(([factor, inverse]) => inverse / factor).toSorted((x, y) => x - y)[times.length >> 1];
}
