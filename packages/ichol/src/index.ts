export { type BadPivot, type CholeskyFactor, convertFactor, type FactorizeOptions, factorize, isFactor } from "./factorize.ts";
export { analyzeCholesky, type CholeskySymbolic, type ColumnPattern, type Fill, type SymbolicOptions } from "./symbolic.ts";
export { triangularPreconditioner } from "./triangular.ts";
export { type CholeskyWorkspace, choleskyWorkspace } from "./workspace.ts";
