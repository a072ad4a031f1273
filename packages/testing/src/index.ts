export { expectClose } from "./expect-close.ts";
export { expectSameBits } from "./expect-same-bits.ts";
export { type Camera, cameraLaws } from "./laws/camera.ts";
export { type Group, groupLaws } from "./laws/group.ts";
export { type Operator, operatorLaws } from "./laws/operator.ts";
export { preconditionerLaws, type SymmetricMap } from "./laws/preconditioner.ts";
export { identityMatrix, inverse, product } from "./matrix.ts";
