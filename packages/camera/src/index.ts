export { type CameraModel, newProjection, type Projection } from "./camera.ts";
export { fisheye } from "./fisheye.ts";
export type { CameraArithmetic, DerivativeFormulas, ProjectedDerivatives } from "./formulas.ts";
export { pinhole } from "./pinhole.ts";
export { radialTangential } from "./radial-tangential.ts";
export { type Restriction, restrictIntrinsics } from "./restrict-intrinsics.ts";
export { rgbd } from "./rgbd.ts";
export { snavely } from "./snavely.ts";
export { stereo } from "./stereo.ts";
