import { type Bundle, type BundleOptions, start } from "@slam/ba";
import { pinhole } from "@slam/camera";
import type { Loss } from "@slam/nlls";
import { solve } from "@slam/pgo";
import { expect, test } from "vitest";
import { laps } from "./laps.ts";

/** Welsch's: rho = C^2 (1 - exp(-s / C^2)). */
function welsch(C: number): Loss {
  return { rho: (s) => C * C * -Math.expm1(-s / (C * C)), weight: (s) => Math.exp(-s / (C * C)) };
}

/** Three cameras side by side and 12 points before them, all held but the points; each tenth measurement is 60 pixels off. */
const truth = Float64Array.from({ length: 36 }, (_, i) => [((i / 3) % 4) - 1.5, Math.floor(i / 12) - 1, 5][i % 3]);
const camera = Int32Array.from({ length: 36 }, (_, i) => i % 3);
const point = Int32Array.from({ length: 36 }, (_, i) => Math.floor(i / 3));
const bundle: Bundle = {
  model: pinhole,
  poses: Float64Array.of(-1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1),
  intrinsics: Float64Array.of(500, 500, 0, 0),
  intrinsicsOf: new Int32Array(3),
  points: truth.map((x, i) => x + 0.02 * Math.sin(7 * i)),
  camera,
  point,
  measurements: Float64Array.from({ length: 72 }, (_, i) => {
    const [c, p] = [camera[i >> 1], 3 * point[i >> 1]];
    const across = i % 2 === 0 ? truth[p] - (c - 1) : truth[p + 1];
    return (500 * across) / truth[p + 2] + (i % 20 === 0 ? 60 : 0);
  }),
};

test("a loss written outside: bundle adjustment does not hear false measurements", () => {
  const worst = (options: BundleOptions): number => {
    const run = start(bundle, { held: { cameras: [0, 1, 2], intrinsics: true }, ...options });
    while (!run.done) run.step();
    return Math.max(...run.bundle.points.map((x, i) => Math.abs(x - truth[i])));
  };

  expect(worst({})).toBeGreaterThan(0.05);
  expect(worst({ loss: { loss: welsch, C: 5 } })).toBeLessThan(1e-4);
});

test("nor does a pose graph a false loop, and the report has the function's name", async () => {
  const graph = laps();
  const measurements = graph.measurements.slice();
  // Of the edge between poses 0 and 20, which are one place.
  const loop = graph.from.findIndex((from, e) => from === 0 && graph.to[e] === 20);
  measurements[3 * loop] += 5;
  const loss = { loss: welsch, C: 4 };
  const honest = await solve(graph, { loss });
  const plain = await solve({ ...graph, measurements });
  const robust = await solve({ ...graph, measurements }, { loss });
  const away = (poses: Float64Array): number => Math.max(...poses.map((x, i) => Math.abs(x - honest.graph.poses[i])));

  // What is left is what the true measurement would have told.
  expect(away(robust.graph.poses)).toBeLessThan(0.2);
  expect(away(plain.graph.poses)).toBeGreaterThan(5 * away(robust.graph.poses));
  expect(robust.report.loss?.name).toBe("welsch");
  expect(robust.report.loss?.rejected.map(({ edge }) => edge)).toEqual([loop]);
});
