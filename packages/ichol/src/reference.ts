export { type BlockKernels, referenceKernels } from "./factor.reference.ts";
export { solveReference } from "./triangular.reference.ts";
