import { cgnr } from "@slam/cgnr";
import { fp64, operationFormat } from "@slam/float";
import { analyzeCholesky, factorize, isFactor, triangularPreconditioner } from "@slam/ichol";
import { vectorSpace, Work } from "@slam/linop";
import { type BsrMatrix, bsrOperator, columnSquares, jacobiScaling, normalProduct, normalSymbolic, scaleColumns } from "@slam/sparse";

/**
 * Solves min |A x - b| in fp64 for several right sides: CGNR with a complete Cholesky factor, which takes a step or two.
 * @param b each of length rows. @returns an x for each.
 */
export function leastSquares(A: BsrMatrix<typeof fp64>, b: readonly Float64Array[]): Float64Array[] {
  const counters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
  const space = vectorSpace(operationFormat(fp64), counters);
  const scaling = jacobiScaling(columnSquares(A));
  const scaled = scaleColumns(A, scaling, fp64, counters.events);
  const normal = normalSymbolic(A.pattern);
  const factor = factorize(analyzeCholesky(normal.pattern), normalProduct(normal, scaled));
  const preconditioner = isFactor(factor) ? triangularPreconditioner(factor, operationFormat(fp64), space) : undefined;
  const operator = bsrOperator(scaled, space);
  return b.map((right) => {
    const x = space.zeros(operator.cols);
    cgnr(operator, { b: right }, x, { preconditioner, rtol: 1e-12, maxIterations: 100 });
    return x.map((value, j) => value * scaling[j]);
  });
}
