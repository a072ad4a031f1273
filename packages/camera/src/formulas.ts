/** What formulas are written in: numbers, or the expressions of a kernel. Every operation rounds once, to fp64. */
export interface CameraArithmetic<T> {
  constant(x: number): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  neg(x: T): T;
}

/** What `project` writes, row-major. */
export interface ProjectedDerivatives<T> {
  readonly byPoint: readonly T[];
  readonly byIntrinsics: readonly T[];
}

/** dz/dp and dz/dk in an arithmetic, with the operations of the model's `project` in their order: the same bits. */
export type DerivativeFormulas = <T>(A: CameraArithmetic<T>, k: readonly T[], p: readonly T[]) => ProjectedDerivatives<T>;
