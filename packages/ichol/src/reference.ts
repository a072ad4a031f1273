export { type BlockKernels, referenceKernels } from "./factor.reference.ts";
export { inverseReference } from "./sparse-inverse.reference.ts";
export { referenceSolver } from "./triangular.reference.ts";
