export { type BlockKernels, referenceKernels } from "./factor.reference.ts";
export { inverseReference } from "./sparse-inverse.reference.ts";
export { solveReference } from "./triangular.reference.ts";
