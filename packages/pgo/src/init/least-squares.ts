import { cgnr } from "@slam/cgnr";
import { type AnyPrecision, fp64, operationFormat } from "@slam/float";
import { type CholeskySymbolic, choleskyWorkspace, factorize, isFactor, triangularPreconditioner, triangularWorkspace } from "@slam/ichol";
import { Work } from "@slam/linop";
import { newCounters } from "@slam/nlls";
import { jacobiScaling, type NormalSymbolic } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import { scaledJacobian } from "../scaled-jacobian.ts";
import type { GraphStructure } from "../structure.ts";

/** Of the residual, relative, where CG has to find the solution. */
const RTOL = 1e-10;

/** The matrix and the right sides of one system. */
export interface SystemShape {
  /** A has the pattern `structure.normal(r, c).A`. */
  readonly r: number;
  readonly c: number;
  readonly rightSides: number;
}

/**
 * Writes a system into memory that is all zeros, and lent until it returns.
 *
 * @param A the blocks of the matrix, as `BsrMatrix` has them.
 * @param b each of length rows.
 */
export type WriteSystem = (A: Float64Array, b: readonly Float64Array[]) => void;

/**
 * Solves min |A x - b| in fp64 for several right sides by a complete Cholesky factor of A'A, to the accuracy that a start needs; by CGNR with what there is
 * of a factor where A'A is singular to rounding.
 * The arenas are free again when it returns: `write` must not take any to keep.
 * @param work counts it. Default: nothing that is read does.
 * @returns an x for each.
 */
export function leastSquares(
  structure: GraphStructure,
  shape: SystemShape,
  write: WriteSystem,
  arenas: ArenaPool = new ArenaPool(),
  work: Work = new Work(),
): Float64Array[] {
  const { r, c, rightSides } = shape;
  // Of the graph, for all that solves on it: found before what is freed.
  const normal = structure.normal(r, c);
  const symbolic = structure.cholesky(c);
  return arenas.during(() => solveEach(normal, symbolic, rightSides, write, arenas, work));
}

function solveEach(
  normal: NormalSymbolic,
  symbolic: CholeskySymbolic,
  rightSides: number,
  write: WriteSystem,
  arenas: ArenaPool,
  work: Work,
): Float64Array[] {
  const format = operationFormat<AnyPrecision>(fp64);
  const products = scaledJacobian({
    pattern: normal.A,
    jacobian: fp64,
    matvec: format,
    vectors: format,
    normal: { symbolic: normal, arithmetic: fp64 },
    // The right sides; CG's workspace and x.
    rowVectors: 1 + rightSides,
    colVectors: 6,
    // In fp64 there is nothing to tell of events.
    counters: { ...newCounters(), work },
    arenas,
  });
  const zeros = (length: number): Float64Array => products.space.zeros(length) as unknown as Float64Array;
  const A = products.own();
  const b = Array.from({ length: rightSides }, () => zeros(normal.A.blockRows * normal.A.r));
  write(A.matrix.values as unknown as Float64Array, b);
  const scaling = jacobiScaling(A.columnSquares());
  products.replace(A.matrix, scaling);
  const factor = factorize(symbolic, products.normal(), { work, workspace: choleskyWorkspace(symbolic, fp64, arenas) });
  const preconditioner = isFactor(factor)
    ? triangularPreconditioner(factor, format, products.space, work, triangularWorkspace(symbolic, format, arenas))
    : undefined;
  // A factor of a shifted matrix, or none, leaves the rest to CG.
  const isDirect = isFactor(factor) && factor.shifts === 0;
  const operator = products.operator();
  return b.map((right) =>
    products.scoped(() => {
      const x = zeros(operator.cols);
      if (isDirect) {
        const s = zeros(operator.cols);
        operator.multiplyTransposed(right, s);
        preconditioner!.apply(s, x);
      } else cgnr(operator, { b: right }, x, { preconditioner, rtol: RTOL, maxIterations: 100 });
      return product(scaling, x);
    }),
  );
}

/** s .* x */
function product(s: Float64Array, x: Float64Array): Float64Array {
  const scaled = new Float64Array(s.length);
  for (let j = 0; j < s.length; j++) scaled[j] = s[j] * x[j];
  return scaled;
}
