export { garage } from "./garage.ts";
export { type GridOptions, grid } from "./grid.ts";
export { manhattan } from "./manhattan.ts";
export { Random } from "./random.ts";
export { ring } from "./ring.ts";
export { sphere } from "./sphere.ts";
export { torus } from "./torus.ts";
export type { PoseGraphWorld, WorldOptions } from "./world.ts";
