import { type Bundle, start } from "@slam/ba";
import { pinhole } from "@slam/camera";

// Two cameras a metre apart along x that look along z, and four points 4 m away which both have measured; the second camera is given 10 cm off.
const points = Float64Array.of(-1, -1, 4, 1, -1, 4.5, 1, 1, 4, -1, 1, 5);
const pixels = (cx: number): number[] =>
  [0, 1, 2, 3].flatMap((k) => [500 * ((points[3 * k] - cx) / points[3 * k + 2]), (500 * points[3 * k + 1]) / points[3 * k + 2]]);
const bundle: Bundle = {
  model: pinhole,
  poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1.1, 0.05, 0, 0, 0, 0, 1),
  intrinsics: Float64Array.of(500, 500, 0, 0),
  intrinsicsOf: Int32Array.of(0, 0),
  points,
  camera: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1),
  point: Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3),
  measurements: Float64Array.from([...pixels(0), ...pixels(1)]),
};
const run = start(bundle, { held: { cameras: [0], intrinsics: true, points: [0, 1] } });
while (!run.done) run.step();
const { termination, initialCost, finalCost } = run.report;
console.log(`${termination}: ${initialCost.toFixed(1)} -> ${finalCost.toFixed(6)} squared pixels`);
console.log(`the second camera is at x = ${run.bundle.poses[7].toFixed(4)}`);
