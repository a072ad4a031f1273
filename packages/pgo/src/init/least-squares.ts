import { cgnr, cgnrWorkspace } from "@slam/cgnr";
import { type AnyPrecision, fp64, operationFormat } from "@slam/float";
import { choleskyWorkspace, factorize, isFactor, triangularPreconditioner, triangularWorkspace } from "@slam/ichol";
import { Work } from "@slam/linop";
import { newCounters } from "@slam/nlls";
import { type BsrMatrix, columnSquares, jacobiScaling } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import { scaledJacobian } from "../scaled-jacobian.ts";
import type { GraphStructure } from "../structure.ts";

/** Of the residual, relative, where CG has to find the solution. */
const RTOL = 1e-10;

/**
 * Solves min |A x - b| in fp64 for several right sides by a complete Cholesky factor of A'A, to the accuracy that a start needs; by CGNR with what there is
 * of a factor where A'A is singular to rounding.
 * The arenas are free again when it returns.
 * @param A of the pattern `structure.normal(r, c).A`.
 * @param b each of length rows.
 * @param work counts it. Default: nothing that is read does.
 * @returns an x for each.
 */
export function leastSquares(
  A: BsrMatrix<typeof fp64>,
  structure: GraphStructure,
  b: readonly Float64Array[],
  arenas: ArenaPool = new ArenaPool(),
  work: Work = new Work(),
): Float64Array[] {
  return arenas.during(() => solveEach(A, structure, b, arenas, work));
}

function solveEach(
  A: BsrMatrix<typeof fp64>,
  structure: GraphStructure,
  b: readonly Float64Array[],
  arenas: ArenaPool,
  work: Work,
): Float64Array[] {
  const format = operationFormat<AnyPrecision>(fp64);
  const { r, c } = A.pattern;
  const symbolic = structure.cholesky(c);
  const products = scaledJacobian({
    pattern: A.pattern,
    jacobian: fp64,
    matvec: format,
    vectors: format,
    normal: { symbolic: structure.normal(r, c), arithmetic: fp64 },
    // CG's workspace, x and the right side.
    rowVectors: 2,
    colVectors: 6,
    // In fp64 there is nothing to tell of events.
    counters: { ...newCounters(), work },
    arenas,
  });
  const scaling = jacobiScaling(columnSquares(A));
  products.replace(A as BsrMatrix<AnyPrecision>, scaling);
  const factor = factorize(symbolic, products.normal(), { work, workspace: choleskyWorkspace(symbolic, fp64, arenas) });
  const preconditioner = isFactor(factor)
    ? triangularPreconditioner(factor, format, products.space, work, triangularWorkspace(symbolic, format, arenas))
    : undefined;
  // A factor of a shifted matrix, or none, leaves the rest to CG.
  const isDirect = isFactor(factor) && factor.shifts === 0;
  const operator = products.operator();
  const workspace = cgnrWorkspace(operator);
  return b.map((right) =>
    products.scoped(() => {
      const x = products.space.zeros(operator.cols) as unknown as Float64Array;
      const rightSide = products.space.zeros(operator.rows) as unknown as Float64Array;
      rightSide.set(right);
      if (isDirect) {
        operator.multiplyTransposed(rightSide, workspace.s);
        preconditioner!.apply(workspace.s, x);
      } else cgnr(operator, { b: rightSide }, x, { preconditioner, rtol: RTOL, maxIterations: 100, workspace });
      return scaling.map((s, j) => s * x[j]);
    }),
  );
}
