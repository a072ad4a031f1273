export { type BlockKernels, referenceKernels } from "./block-kernels.ts";
export { solveReference } from "./triangular.reference.ts";
