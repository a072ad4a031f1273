import { presetPolicy } from "@slam/nlls";
import { SIXTEEN_BIT, start, readG2o } from "@slam/pgo";
import { readFileSync } from "node:fs";
import { garage, grid, manhattan, ring, sphere, torus } from "@slam/sim";
import { worldGraph } from "./world-graph.ts";
for (const [name, world] of Object.entries({ sphere: sphere({ poses: 100, seed: 1, noise: 5 }), torus: torus({ poses: 100, seed: 1, noise: 5 }), grid: grid({ poses: 64, seed: 1, noise: 3 }), pgrid: grid({ poses: 100, dimension: 2, seed: 1, noise: 4 }), manhattan: manhattan({ poses: 200, seed: 1, noise: 5 }), ring: ring({ poses: 150, seed: 1, noise: 5 }) })) {
  for (const method of ["gn", "lm"] as const) for (const init of ["file", "chordal"] as const) {
    const run = start(worldGraph(world), { policy: presetPolicy("fp64"), method, init });
    while (!run.done) run.step();
    const r = run.report;
    console.log(name, method, init, r.termination, r.cost.afterInit.toPrecision(6), r.cost.final.toPrecision(12), r.iterations.map((i) => i.cgIterations).join(" "), r.message);
  }
}
for (const g of ["tinyGrid3D", "smallGrid3D", "ring", "MIT", "intel", "kitti_00", "CSAIL"]) for (const p of ["fp64", "half", "naive"] as const) {
    const t = performance.now();
    const run = start(readG2o(readFileSync(`../shared/data/pose-graphs/${g}.g2o`), g).graph, { policy: presetPolicy(p, SIXTEEN_BIT) });
    while (!run.done) run.step();
    const r = run.report;
    console.log(g, p, r.termination, r.cost.afterInit.toPrecision(6), r.cost.final.toPrecision(12), r.iterations.map((i) => i.cgIterations).join(" "), "fact", r.linear.factorizations, JSON.stringify(r.precision), Math.round(performance.now() - t), r.message);
}
