import {
  type AnyPrecision,
  bf16,
  defineFloat,
  fp16,
  fp32,
  fp64,
  type OperationFormat,
  operationFormat,
  pack,
  type Storage,
  storeCounted,
  type Vec,
} from "@slam/float";
import { type LinearOperator, type Preconditioner, type VectorSpace, vectorSpace, Work } from "@slam/linop";
import fc from "fast-check";

export type Rows = readonly (readonly number[])[];

/** fp64, fp32, and 16-bit storage with fp32 arithmetic. */
export const formats: readonly OperationFormat[] = [
  operationFormat(fp64),
  operationFormat(fp32),
  operationFormat(fp16),
  operationFormat(bf16),
  operationFormat(defineFloat({ name: "fp14", exponentBits: 5, significandBits: 9 })),
];

export function newSpace<P extends AnyPrecision>(format: OperationFormat<P>): VectorSpace<P> {
  return vectorSpace(format, { events: { overflows: 0, flushed: 0 }, work: new Work() });
}

/** An operator such as a user may write: a dense matrix, its entries rounded to M, every sum in the arithmetic of the space. */
export function dense<P extends AnyPrecision>(
  space: VectorSpace<P>,
  rows: Rows,
  M: AnyPrecision = space.format.storage,
): LinearOperator<P> {
  const { storage, arithmetic: A } = space.format;
  const entries = rows.map((row) => row.map((x) => A.round(M.round(x))));
  const cols = rows[0].length;
  const multiply = (matrix: Rows, x: Storage, y: Storage): void => {
    matrix.forEach((row, i) => {
      const sum = row.reduce((partial, entry, j) => A.add(partial, A.mul(entry, A.round(storage.load(x, j)))), 0);
      storeCounted(storage, y, i, sum, space.events);
    });
  };
  const transposed = transpose(entries);
  return {
    rows: rows.length,
    cols,
    space,
    storage: M.name,
    multiply: (x, y) => multiply(entries, x as Storage, y as Storage),
    multiplyTransposed: (x, y) => multiply(transposed, x as Storage, y as Storage),
  };
}

/** z <- Z r, Z given as M^-1, which need not be positive definite. */
export function inverse<P extends AnyPrecision>(space: VectorSpace<P>, Z: Rows): Preconditioner<P> {
  const { multiply, storage } = dense(space, Z);
  return { size: Z.length, space, storage, apply: multiply };
}

export function transpose(rows: Rows): number[][] {
  return rows[0].map((_, j) => rows.map((row) => row[j]));
}

export function diagonal(entries: readonly number[]): number[][] {
  return entries.map((d, i) => entries.map((_, j) => (i === j ? d : 0)));
}

export function product(a: Rows, b: Rows): number[][] {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, x, k) => sum + x * column[k], 0)));
}

/** A'(b - A x) - d .* x in fp64. */
export function trueResidual(A: Rows, b: ArrayLike<number>, x: ArrayLike<number>, d?: ArrayLike<number>): number[] {
  const r = A.map((row, i) => b[i] - row.reduce((sum, entry, j) => sum + entry * x[j], 0));
  return transpose(A).map((column, j) => column.reduce((sum, entry, i) => sum + entry * r[i], 0) - (d ? d[j] * x[j] : 0));
}

export function norm(v: readonly number[]): number {
  return Math.hypot(...v);
}

/** I - 2 v v' / v'v with v = (1, 2, ..., n): orthogonal, without zeros. */
function reflection(n: number): number[][] {
  const v = Array.from({ length: n }, (_, i) => i + 1);
  const square = v.reduce((sum, x) => sum + x * x, 0);
  return v.map((x, i) => v.map((y, j) => (i === j ? 1 : 0) - (2 * x * y) / square));
}

/** With the given singular values: H diag(sigma) H, H a reflection. */
export function withSingularValues(sigma: readonly number[]): number[][] {
  const H = reflection(sigma.length);
  return product(product(H, diagonal(sigma)), H);
}

/** [2 I; R] and b, entries k / 8 of at most 1: full rank, condition at most 4 or so. */
export const wellPosed: fc.Arbitrary<{ readonly A: number[][]; readonly b: number[] }> = fc.integer({ min: 1, max: 6 }).chain((n) => {
  const numbers = (length: number) =>
    fc.array(
      fc.integer({ min: -8, max: 8 }).map((k) => k / 8),
      { minLength: length, maxLength: length },
    );
  return fc.record({
    A: fc.array(numbers(n), { minLength: 1, maxLength: 4 }).map((R) => [...diagonal(new Array<number>(n).fill(2)), ...R]),
    b: numbers(n + 4),
  });
});

/** A vector of the space. */
export function vector<P extends AnyPrecision>(space: VectorSpace<P>, values: ArrayLike<number>): Vec<P> {
  return pack(space.format.storage, values);
}
