import { checkLength } from "@slam/errors";
import {
  type AnyPrecision,
  decodeTable,
  fp32,
  fp64,
  type OperationFormat,
  powerOfTwoBelow,
  type Storage,
  storeCounted,
  type Vec,
} from "@slam/float";
import type { Preconditioner, VectorSpace, Work } from "@slam/linop";
import { type CholeskyFactor, convertFactor } from "./factorize.ts";
import type { CholeskySymbolic } from "./symbolic.ts";
import { solve16 } from "./triangular.codes.ts";
import { solve32 } from "./triangular.fp32.ts";
import { solve64 } from "./triangular.fp64.ts";
import { solveReference } from "./triangular.reference.ts";

/**
 * z = P' L^-T L^-1 P r with L stored in any format, each entry rounded once, and every operation of the two solves rounded to the arithmetic.
 *
 * Where the arithmetic's range is narrower than fp32's, r is scaled by a power of two to a norm in [1, 2) before and back after. What
 * overflows or is flushed when L is stored, and when z is, counts in the space's events.
 */
export function triangularPreconditioner<P extends AnyPrecision>(
  factor: CholeskyFactor<AnyPrecision>,
  format: OperationFormat,
  space: VectorSpace<P>,
  work?: Work,
): Preconditioner<P> {
  const { symbolic } = factor;
  const { b, n, order } = symbolic;
  const size = n * b;
  const A = format.arithmetic;
  const V: AnyPrecision = space.format.storage;
  const values = convertFactor(factor, format.storage, space.events).values as Storage;
  const { w, solve } = chooseSolve(symbolic, format, values);
  const narrow = A.maxFinite < fp32.maxFinite;
  function apply(r: Storage, z: Storage): void {
    checkLength("preconditioner: r", r.length, size);
    checkLength("preconditioner: z", z.length, size);
    const scale = narrow ? powerOfTwoBelow(norm(V, r)) : 1;
    for (let k = 0; k < n; k++) {
      for (let a = 0; a < b; a++) w[k * b + a] = A.round(V.load(r, order[k] * b + a) / scale);
    }
    solve();
    for (let k = 0; k < n; k++) {
      for (let a = 0; a < b; a++) storeCounted(V, z, order[k] * b + a, w[k * b + a] * scale, space.events);
    }
    // In each solve 2 for an entry off the diagonal and 1 for one on it.
    work?.count(
      "precondition",
      A.name,
      4 * symbolic.nonzeros - 2 * size,
      format.storage.name,
      2 * (values.byteLength + 4 * symbolic.L.rowIdx.length),
    );
  }
  return { size, space, storage: format.storage.name, apply: (r: Vec<P>, z: Vec<P>) => apply(r as Storage, z as Storage) };
}

interface Solve {
  /** The right side on entry, in the order of elimination; the solution on return. */
  readonly w: Float64Array | Float32Array;
  readonly solve: () => void;
}

function chooseSolve(symbolic: CholeskySymbolic, format: OperationFormat, values: Storage): Solve {
  const { storage, arithmetic } = format;
  const size = symbolic.n * symbolic.b;
  if (storage === fp64 && arithmetic === fp64) {
    const w = new Float64Array(size);
    return { w, solve: () => solve64(symbolic, values as Float64Array, w) };
  }
  if (arithmetic === fp32 && storage === fp32) {
    const w = new Float32Array(size);
    return { w, solve: () => solve32(symbolic, values as Float32Array, w) };
  }
  const table = arithmetic === fp32 ? decodeTable(storage) : undefined;
  if (table !== undefined) {
    const w = new Float32Array(size);
    return { w, solve: () => solve16(symbolic, values as Uint16Array, table, w) };
  }
  const w = new Float64Array(size);
  return { w, solve: () => solveReference(symbolic, format, values, w) };
}

function norm(V: AnyPrecision, r: Storage): number {
  let sum = 0;
  for (let i = 0; i < r.length; i++) sum += V.load(r, i) ** 2;
  return Math.sqrt(sum);
}
