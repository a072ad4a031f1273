import { checkLength } from "@slam/errors";
import { type AnyPrecision, fp32, type OperationFormat, powerOfTwoBelow, type Storage, storeCounted, type Vec } from "@slam/float";
import type { Preconditioner, VectorSpace, Work } from "@slam/linop";
import type { CholeskyFactor } from "./factorize.ts";
import type { CholeskySymbolic } from "./symbolic.ts";
import { lanesOf, referenceSolver } from "./triangular.reference.ts";
import { checkTriangularWorkspace, type TriangularWorkspace, triangularWorkspace } from "./triangular-workspace.ts";

/**
 * z = P' L^-T L^-1 P r with L stored in any format, each entry rounded once, and every operation of the two solves rounded to the
 * arithmetic. Blocks on the diagonal, a small part of L that acts on all of the solution, are inverted and kept in the arithmetic; where L has no other, their
 * inverses are what is stored.
 *
 * Where the arithmetic's range is narrower than fp32's, r is scaled by a power of two to a norm in [1, 2) before and back after. What
 * overflows or is flushed when L is stored, and when z is, counts in the space's events.
 *
 * @param workspace memory that preconditioners of this structure and format can share: this one lies in it until the next does. Default:
 *   new.
 * @throws OptionError for a workspace of another structure or format.
 */
export function triangularPreconditioner<P extends AnyPrecision>(
  factor: CholeskyFactor<AnyPrecision>,
  format: OperationFormat,
  space: VectorSpace<P>,
  work?: Work,
  workspace: TriangularWorkspace = triangularWorkspace(factor.symbolic, format),
): Preconditioner<P> {
  const { symbolic } = factor;
  checkTriangularWorkspace(workspace, symbolic, format);
  const size = symbolic.n * symbolic.b;
  const { storage } = format;
  const solve =
    workspace.engine === undefined ? referenceSolve(factor, format, space) : engineSolve(factor, format, workspace.engine, space);
  countInversion(symbolic, format, work);
  function apply(r: Storage, z: Storage): void {
    checkLength("preconditioner: r", r.length, size);
    checkLength("preconditioner: z", z.length, size);
    solve(r, z);
    countSolves(symbolic, format, work, lanesOf(format.arithmetic));
  }
  return { size, space, storage: storage.name, apply: (r: Vec<P>, z: Vec<P>) => apply(r as Storage, z as Storage) };
}

function countInversion({ n, b }: CholeskySymbolic, { arithmetic }: OperationFormat, work: Work | undefined): void {
  // b divisions, and 2 (i - j) for each entry (i, j) below the diagonal. Read and written.
  const bytes = n * b * (b + 1) * arithmetic.Storage.BYTES_PER_ELEMENT;
  work?.count("precondition", arithmetic.name, (n * (b ** 3 + 2 * b)) / 3, arithmetic.name, bytes);
}

/**
 * Counts a solve with L and one with L'.
 * @param parts of the sums with L'. Default: they have none.
 */
export function countSolves(symbolic: CholeskySymbolic, { storage, arithmetic }: OperationFormat, work: Work | undefined, parts = 0): void {
  const { n, b, L } = symbolic;
  const below = L.rowIdx.length - n;
  // In each 2 for an entry off the diagonal and 1 for one on it.
  if (below > 0) {
    const bytes = 2 * below * (b ** 2 * storage.Storage.BYTES_PER_ELEMENT + 4);
    work?.count("precondition", arithmetic.name, 4 * below * b ** 2 + parts * n * b, storage.name, bytes);
  }
  const kept = below > 0 ? arithmetic : storage;
  work?.count("precondition", arithmetic.name, 2 * n * b ** 2, kept.name, n * b * (b + 1) * kept.Storage.BYTES_PER_ELEMENT);
}

type Solve = (r: Storage, z: Storage) => void;

/** All but copies of the vectors in kernels. */
function engineSolve(
  factor: CholeskyFactor<AnyPrecision>,
  format: OperationFormat,
  engine: NonNullable<TriangularWorkspace["engine"]>,
  { format: { storage: V }, events }: VectorSpace<AnyPrecision>,
): Solve {
  const { vector } = engine;
  engine.load(factor, events);
  // Typed arrays of numbers round as the formats do.
  const plain = V.Storage === (Float64Array as unknown) || V.Storage === (Float32Array as unknown);
  if (plain && !isNarrow(format)) {
    return (r, z) => {
      vector.set(r as never);
      engine.solve(V, events);
      z.set(vector as never);
    };
  }
  const uncounted = { overflows: 0, flushed: 0 };
  return (r, z) => {
    const scale = scaleOf(format, V, r);
    for (let i = 0; i < r.length; i++) vector[i] = format.arithmetic.round(V.load(r, i) / scale);
    engine.solve(V, uncounted);
    for (let i = 0; i < z.length; i++) storeCounted(V, z, i, vector[i] * scale, events);
  };
}

/** Any format, any arithmetic. */
function referenceSolve(factor: CholeskyFactor<AnyPrecision>, format: OperationFormat, space: VectorSpace<AnyPrecision>): Solve {
  const { symbolic } = factor;
  const { n, b, order } = symbolic;
  const A = format.arithmetic;
  const V = space.format.storage;
  const solve = referenceSolver(factor, format, space.events);
  const w = new Float64Array(n * b);
  return (r, z) => {
    const scale = scaleOf(format, V, r);
    for (let k = 0; k < n; k++) {
      for (let a = 0; a < b; a++) w[k * b + a] = A.round(V.load(r, order[k] * b + a) / scale);
    }
    solve(w);
    for (let k = 0; k < n; k++) {
      for (let a = 0; a < b; a++) storeCounted(V, z, order[k] * b + a, w[k * b + a] * scale, space.events);
    }
  };
}

function isNarrow({ arithmetic }: OperationFormat): boolean {
  return arithmetic.maxFinite < fp32.maxFinite;
}

function scaleOf(format: OperationFormat, V: AnyPrecision, r: Storage): number {
  if (!isNarrow(format)) return 1;
  let sum = 0;
  for (let i = 0; i < r.length; i++) {
    const ri = V.load(r, i);
    sum += ri * ri;
  }
  return powerOfTwoBelow(Math.sqrt(sum));
}
