import { presetPolicy } from "@slam/nlls";
import { test } from "vitest";
import { COST_NAMES } from "../src/cost-conventions.ts";
import { costs } from "../src/costs.ts";
import { readG2o } from "../src/io/g2o.ts";
import { start } from "../src/solve.ts";
import { publicData } from "./public-data.ts";
const K: Record<string, number> = { M3500_original: 193.8623, M3500a: 1597.636, M3500b: 3675.921, city10000: 638.6246, CSAIL: 31.70372, intel: 52.34823, MIT: 61.15412, kitti_00: 125.6935, kitti_02: 108.3511, ring: 11.2575, sphere2500: 1687.0058, torus3D: 24227.046, "parking-garage": 1.262524, smallGrid3D: 1025.398, cubicle: 717.1260 };
test("table", { timeout: 600000 }, () => {
  for (const [name, F] of Object.entries(K)) {
    const { graph } = readG2o(publicData(`pose-graphs/${name}.g2o`)!, name);
    for (const cost of COST_NAMES) {
      try {
        const t = performance.now();
        const run = start(graph, { cost, policy: presetPolicy("fp64"), ftol: 1e-9 });
        while (!run.done) run.step();
        const { report } = run;
        const all = name === "cubicle" ? {} : costs(run.graph);
        console.log(name, cost, report.termination, report.iterations.length, ((performance.now() - t) / 1000).toFixed(2), report.cost.final.toPrecision(10), cost === "sesync" ? `${F} rel ${(report.cost.final / F - 1).toExponential(2)}` : "", JSON.stringify(all));
      } catch (e) { console.log(name, cost, (e as Error).message); }
    }
  }
});
