import { type FP64, fp64, operationFormat } from "@slam/float";
import { vectorSpace, Work } from "@slam/linop";
import type { BsrMatrix } from "@slam/sparse";
import type { CholeskyFactor } from "../src/factorize.ts";
import { triangularPreconditioner } from "../src/triangular.ts";
import { denseMatrix, lowerTriangle, timesVector } from "./block-matrix.ts";

/** The five-point Laplacian on a square grid, plus a little. */
export function gridMatrix(side: number): BsrMatrix<FP64> {
  const node = (i: number): [number, number] => [i % side, Math.floor(i / side)];
  const entry = (i: number, j: number): number => {
    const [[x, y], [u, v]] = [node(i), node(j)];
    return i === j ? 4.01 : Math.abs(x - u) + Math.abs(y - v) === 1 ? -1 : 0;
  };
  return lowerTriangle(
    fp64,
    Array.from({ length: side ** 2 }, (_, i) => Array.from({ length: side ** 2 }, (_, j) => entry(i, j))),
  );
}

/** Of preconditioned conjugate gradients, to a residual of 1e-8 in the preconditioner's norm. */
export function iterations(A: BsrMatrix<FP64>, factor: CholeskyFactor<FP64>): number {
  const dense = denseMatrix(A);
  const n = dense.length;
  const space = vectorSpace(operationFormat(fp64), { events: { overflows: 0, flushed: 0 }, work: new Work() });
  const M = triangularPreconditioner(factor, operationFormat(fp64), space);
  const s = Float64Array.from({ length: n }, (_, i) => Math.cos(i));
  const z = new Float64Array(n);
  M.apply(s, z);
  let gamma = space.dot(s, z);
  const target = 1e-16 * gamma;
  const p = z.slice();
  for (let iteration = 0; ; iteration++) {
    if (gamma <= target) return iteration;
    const w = timesVector(dense, p);
    space.axpy(-gamma / space.dot(p, w), w, s);
    M.apply(s, z);
    const next = space.dot(s, z);
    space.xpby(z, next / gamma, p);
    gamma = next;
  }
}
