import { type AnyPrecision, type FP32, type FP64, fp64 } from "@slam/float";
import { bsrMatrix } from "@slam/sparse";
import { upperSize } from "./between-formulas.ts";
import { poseSize } from "./graph.ts";
import { BsrJacobian } from "./jacobian.ts";
import type { EdgeTerms, Linearization } from "./linearization.ts";

/** out[at ...] <- W X of n rows, W an upper triangle at whitening[from ...]. */
type Whiten = (
  whitening: Float64Array,
  from: number,
  X: Float64Array,
  n: number,
  columns: number,
  out: Float64Array | Float32Array,
  at: number,
) => void;

/** The reference's bits without its closures, for factors that have no kernels: the factor's own arithmetic is then most of the time. */
export function linearizePlain({ graph, factor, blocks, whitening }: EdgeTerms, format: FP64 | FP32): Linearization {
  const { from, to, measurements } = graph;
  const { dof } = factor;
  const size = poseSize(graph);
  const triangle = upperSize(dof);
  const whiten = format === fp64 ? whiten64 : whiten32;
  const matrix = bsrMatrix<AnyPrecision>(blocks.pattern, format);
  const values = matrix.values as Float64Array | Float32Array;
  const e = new Float64Array(dof);
  const Ji = new Float64Array(dof * dof);
  const Jj = new Float64Array(dof * dof);
  return {
    residual(x, r) {
      for (let edge = 0; edge < from.length; edge++) {
        factor.error(format, x, from[edge] * size, to[edge] * size, measurements, edge * size, e);
        whiten(whitening, edge * triangle, e, dof, 1, r, edge * dof);
      }
    },
    jacobian(x, events) {
      for (let edge = 0; edge < from.length; edge++) {
        factor.jacobians(format, x, from[edge] * size, to[edge] * size, measurements, edge * size, Ji, Jj);
        const [i, j] = [blocks.ofFrom[edge], blocks.ofTo[edge]];
        if (i >= 0) whiten(whitening, edge * triangle, Ji, dof, dof, values, i * dof * dof);
        if (j >= 0) whiten(whitening, edge * triangle, Jj, dof, dof, values, j * dof * dof);
      }
      for (let k = 0; k < values.length; k++) if (values[k] === Infinity || values[k] === -Infinity) events.overflows++;
      // A new matrix of the old array: solvers tell by the object that it is another Jacobian.
      return new BsrJacobian(bsrMatrix<AnyPrecision>(blocks.pattern, format, matrix.values));
    },
  };
}

// The same loop twice: one that rounds by a flag would round in fp64 too.

const whiten64: Whiten = (whitening, from, X, n, columns, out, at) => {
  for (let a = 0, row = from; a < n; row += n - a, a++) {
    for (let b = 0; b < columns; b++) {
      let sum = 0;
      for (let k = a; k < n; k++) sum += whitening[row + k - a] * X[k * columns + b];
      out[at + a * columns + b] = sum;
    }
  }
};

const whiten32: Whiten = (whitening, from, X, n, columns, out, at) => {
  for (let a = 0, row = from; a < n; row += n - a, a++) {
    for (let b = 0; b < columns; b++) {
      let sum = 0;
      for (let k = a; k < n; k++) {
        sum = Math.fround(sum + Math.fround(Math.fround(whitening[row + k - a]) * Math.fround(X[k * columns + b])));
      }
      out[at + a * columns + b] = sum;
    }
  }
};
