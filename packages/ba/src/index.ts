export { type Bundle, checkBundle } from "./bundle.ts";
export { CgSolver, type CgSolverOptions, type ReducedPreconditioner } from "./cg-solver.ts";
export { readBal, writeBal } from "./io/bal.ts";
export { BundleJacobian } from "./jacobian.ts";
export { pointOf, withPoint } from "./observer.ts";
export { BundleProblem } from "./problem.ts";
export { SchurSolver, type SchurSolverOptions } from "./schur-solver.ts";
export { type BundleOptions, type BundleReport, type BundleRun, type Linear, SIXTEEN_BIT, solve, start } from "./solve.ts";
export type { Held } from "./unknowns.ts";
