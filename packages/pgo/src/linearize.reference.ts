import { type AnyPrecision, type OperationFormat, type Storage, storeCounted } from "@slam/float";
import { bsrMatrix } from "@slam/sparse";
import { arithmeticOf } from "./between.ts";
import { upperSize, whitened } from "./between-formulas.ts";
import { poseSize } from "./graph.ts";
import { BsrJacobian } from "./jacobian.ts";
import type { EdgeTerms, Linearization } from "./linearization.ts";

/** In any format: sums are rounded to its arithmetic term by term, and once more to its storage. */
export function linearizeReference(terms: EdgeTerms, { arithmetic: A, storage }: OperationFormat): Linearization {
  const { graph, factor, blocks, whitening } = terms;
  const { from, to, measurements } = graph;
  const { dof } = factor;
  const size = poseSize(graph);
  const numbers = arithmeticOf(A);
  return {
    residual(x, r) {
      const e = new Float64Array(dof);
      for (let edge = 0; edge < from.length; edge++) {
        factor.error(A, x, from[edge] * size, to[edge] * size, measurements, edge * size, e);
        const sums = whitened(numbers, weightsOf(A, whitening, edge, dof), e, 1);
        for (let a = 0; a < dof; a++) r[edge * dof + a] = storage.round(sums[a]);
      }
    },
    jacobian(x, events) {
      const matrix = bsrMatrix<AnyPrecision>(blocks.pattern, storage);
      const values = matrix.values as Storage;
      const Ji = new Float64Array(dof * dof);
      const Jj = new Float64Array(dof * dof);
      for (let edge = 0; edge < from.length; edge++) {
        factor.jacobians(A, x, from[edge] * size, to[edge] * size, measurements, edge * size, Ji, Jj);
        const W = weightsOf(A, whitening, edge, dof);
        const store = (J: Float64Array, block: number): void => {
          if (block < 0) return;
          const sums = whitened(numbers, W, J, dof);
          for (let k = 0; k < sums.length; k++) storeCounted(storage, values, block * dof * dof + k, sums[k], events);
        };
        store(Ji, blocks.ofFrom[edge]);
        store(Jj, blocks.ofTo[edge]);
      }
      return new BsrJacobian(matrix);
    },
  };
}

/** The upper triangle of an edge's W, row by row, rounded to A. */
function weightsOf(A: AnyPrecision, whitening: Float64Array, edge: number, dof: number): readonly number[] {
  const size = upperSize(dof);
  return Array.from(whitening.subarray(edge * size, (edge + 1) * size), (w) => A.round(w));
}
