export { garage } from "./garage.ts";
export { type GridOptions, grid } from "./grid.ts";
export { manhattan } from "./manhattan.ts";
export { Random } from "./random.ts";
export { ring } from "./ring.ts";
export { driftScale, type ScaleDriftOptions, type SimilarityWorld } from "./scale-drift.ts";
export { sphere } from "./sphere.ts";
export { torus } from "./torus.ts";
export type { PoseGraphWorld, WorldOptions } from "./world.ts";
