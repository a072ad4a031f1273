export type { LieGroup } from "./lie-group.ts";
export { nearestRotation } from "./nearest-rotation.ts";
export { se2 } from "./se2.ts";
export { se3 } from "./se3.ts";
export { sim3 } from "./sim3.ts";
export { so2 } from "./so2.ts";
export { so3 } from "./so3.ts";
export { type SymmetricEigen, symmetricEigen } from "./symmetric-eigen.ts";
export { wrapAngle } from "./wrap-angle.ts";
