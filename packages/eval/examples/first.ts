import { ate, planarPoses } from "@slam/eval";

// The corners of a square, and an estimate of them in a frame of its own: shifted, with one corner 0.3 m off.
const reference = planarPoses(Float64Array.of(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0));
const estimate = planarPoses(Float64Array.of(5, 7, 0, 6, 7, 0, 6, 8.3, 0, 5, 8, 0));
for (const align of ["none", "se3"] as const) {
  const { pairs, rmse, max } = ate(reference, estimate, { align });
  console.log(`${align}: ${pairs} pairs, rmse ${rmse.toFixed(3)} m, max ${max.toFixed(3)} m`);
}
