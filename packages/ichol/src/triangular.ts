import { checkLength } from "@slam/errors";
import {
  type AnyPrecision,
  bf16,
  decodeTable,
  fp16,
  fp32,
  fp64,
  type OperationFormat,
  powerOfTwoBelow,
  type Storage,
  scaleFp16Codes,
  storeCounted,
  type Vec,
} from "@slam/float";
import type { Preconditioner, VectorSpace, Work } from "@slam/linop";
import { type CholeskyFactor, convertFactor } from "./factorize.ts";
import type { CholeskySymbolic } from "./symbolic.ts";
import { solve16 } from "./triangular.codes.ts";
import type { TriangularStorage } from "./triangular.kernel.ts";
import { solveReference } from "./triangular.reference.ts";
import { triangularEngine } from "./triangular-engine.ts";

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
  const solve = chooseSolve(symbolic, format, values);
  const narrow = A.maxFinite < fp32.maxFinite;
  function apply(r: Storage, z: Storage): void {
    checkLength("preconditioner: r", r.length, size);
    checkLength("preconditioner: z", z.length, size);
    const scale = narrow ? powerOfTwoBelow(norm(V, r)) : 1;
    const w = solve((right) => {
      for (let k = 0; k < n; k++) {
        for (let a = 0; a < b; a++) right[k * b + a] = A.round(V.load(r, order[k] * b + a) / scale);
      }
    });
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

type Workspace = Float64Array | Float32Array;

/** Fills w with the right side in the order of elimination, and returns the solution, valid until the next call. */
type Solve = (fill: (w: Workspace) => void) => Workspace;

/** The engine where it has the format, plain loops for other 16-bit codes under fp32 arithmetic, otherwise the reference: all with the same bits. */
function chooseSolve(symbolic: CholeskySymbolic, format: OperationFormat, values: Storage): Solve {
  const { storage, arithmetic } = format;
  if (storage === fp64 && arithmetic === fp64) return engineSolve(symbolic, storage, "fp64", values);
  if (storage === fp32 && arithmetic === fp32) return engineSolve(symbolic, storage, "fp32", values);
  const table = arithmetic === fp32 ? decodeTable(storage) : undefined;
  if (storage === (bf16 as AnyPrecision) && table !== undefined) return engineSolve(symbolic, storage, "bf16", values);
  if (storage === (fp16 as AnyPrecision) && table !== undefined) return halfSolve(symbolic, values as Uint16Array);
  const w = table === undefined ? new Float64Array(symbolic.n * symbolic.b) : new Float32Array(symbolic.n * symbolic.b);
  // The factor may lie in a workspace that is used again; the engine has its own copies anyway.
  const own = values.slice();
  return (fill) => {
    fill(w);
    if (table === undefined) solveReference(symbolic, format, own, w as Float64Array);
    else solve16(symbolic, own as Uint16Array, table, w as Float32Array);
    return w;
  };
}

function engineSolve(symbolic: CholeskySymbolic, storage: AnyPrecision, kind: TriangularStorage, values: Storage): Solve {
  const engine = triangularEngine(symbolic, storage, kind, values);
  return (fill) => {
    fill(engine.w);
    engine.solve();
    return engine.w;
  };
}

/** fp16 in the layout f16k where the factor's range allows it; a solution that leaves the range of w is computed again in the safe layout. */
function halfSolve(symbolic: CholeskySymbolic, values: Uint16Array): Solve {
  const scaled = new Uint16Array(values.length);
  if (!scaleFp16Codes(values, scaled)) return engineSolve(symbolic, fp16, "fp16", values);
  const fast = engineSolve(symbolic, fp16, "f16k", scaled);
  const own = values.slice();
  let safe: Solve | undefined;
  return (fill) => {
    const w = fast(fill);
    if (w.every(Number.isFinite)) return w;
    safe ??= engineSolve(symbolic, fp16, "fp16", own);
    return safe(fill);
  };
}

function norm(V: AnyPrecision, r: Storage): number {
  let sum = 0;
  for (let i = 0; i < r.length; i++) sum += V.load(r, i) ** 2;
  return Math.sqrt(sum);
}
