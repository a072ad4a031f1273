import { cgnr, cgnrWorkspace } from "@slam/cgnr";
import { type AnyPrecision, fp64, operationFormat, type Storage } from "@slam/float";
import { analyzeCholesky, factorize, isFactor, triangularPreconditioner } from "@slam/ichol";
import { newCounters } from "@slam/nlls";
import { type BsrMatrix, columnSquares, jacobiScaling, normalProduct, normalSymbolic, scaleColumns } from "@slam/sparse";
import { ProductSpace } from "../product-space.ts";

/**
 * Solves min |A x - b| in fp64 for several right sides: CGNR with a complete Cholesky factor, which takes a step or two.
 * @param b each of length rows.
 * @returns an x for each.
 */
export function leastSquares(A: BsrMatrix<typeof fp64>, b: readonly Float64Array[]): Float64Array[] {
  const format = operationFormat<AnyPrecision>(fp64);
  const counters = newCounters();
  // CG's workspace, x and the right side.
  const products = new ProductSpace(A.pattern, {
    matrix: format,
    vectors: format,
    operation: "matvec",
    rowVectors: 2,
    colVectors: 6,
    counters,
  });
  const scaling = jacobiScaling(columnSquares(A));
  const scaled = scaleColumns(A, scaling, fp64, counters.events);
  const normal = normalSymbolic(A.pattern);
  const factor = factorize(analyzeCholesky(normal.pattern), normalProduct(normal, scaled));
  const preconditioner = isFactor(factor) ? triangularPreconditioner(factor, format, products.space) : undefined;
  const operator = products.operator(scaled);
  const workspace = cgnrWorkspace(operator);
  return b.map((right) =>
    products.scoped(() => {
      const x = products.space.zeros(operator.cols);
      const rightSide = products.vector(operator.rows, (i) => right[i]);
      cgnr(operator, { b: rightSide }, x, { preconditioner, rtol: 1e-12, maxIterations: 100, workspace });
      return scaling.map((s, j) => s * fp64.load(x as Storage as Float64Array, j));
    }),
  );
}
