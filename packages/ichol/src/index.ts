export { analyzeDiagonal } from "./analyze-diagonal.ts";
export { checkDirectFormat, DirectFactor } from "./direct-factor.ts";
export { type BadPivot, type CholeskyFactor, convertFactor, type FactorizeOptions, factorize, isFactor } from "./factorize.ts";
export { type BlockRow, type ForwardSolution, type ForwardSolver, forwardSolver } from "./forward-solver.ts";
export { solveOnce } from "./solve-once.ts";
export { type SparseInverse, sparseInverse } from "./sparse-inverse.ts";
export type { ColumnPattern, Supernodes } from "./supernodes.ts";
export {
  analyzeCholesky,
  type CholeskySymbolic,
  type Fill,
  type SymbolicOptions,
  withBlockSize,
} from "./symbolic.ts";
export { factorizeThreshold, type ThresholdOptions } from "./threshold.ts";
export { type ThresholdWorkspace, thresholdWorkspace } from "./threshold-workspace.ts";
export { triangularPreconditioner } from "./triangular.ts";
export { type TriangularWorkspace, triangularWorkspace } from "./triangular-workspace.ts";
export { type CholeskyWorkspace, choleskyWorkspace } from "./workspace.ts";
