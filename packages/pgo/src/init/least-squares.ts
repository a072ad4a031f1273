import { cgnr } from "@slam/cgnr";
import { type FP64, fp64, operationFormat, type Vec } from "@slam/float";
import { choleskyWorkspace, factorize, isFactor, solveOnce, triangularPreconditioner, triangularWorkspace } from "@slam/ichol";
import { Work } from "@slam/linop";
import { newCounters } from "@slam/nlls";
import {
  bsrOperator,
  jacobiScaling,
  type NormalSymbolic,
  packedBsr,
  packedBytes,
  packedNormalBytes,
  packNormal,
  packPattern,
} from "@slam/sparse";
import { type Arena, ArenaPool, arenaSpace, bytesFor } from "@slam/wasm";
import type { GraphStructure } from "../structure.ts";

/** Of the residual, relative, where CG has to find the solution. */
const RTOL = 1e-10;
/** Vectors of as many numbers as there are columns: CG's, the scaling and what it is found from. Memory that is not touched costs nothing. */
const COLUMN_VECTORS = 7;

/** What says how much memory a system takes. */
export interface SystemShape {
  /** A has the pattern `structure.normal(r, c).A`. */
  readonly r: number;
  readonly c: number;
  readonly rightSides: number;
  /** What `write`, and then `read`, take in the arena. */
  readonly bytes: number;
}

/** The matrix and the right sides of one system, and what becomes of its solution. */
export interface System extends SystemShape {
  /** One that is solved later, for which the memory is to do as well. */
  readonly later?: SystemShape;
  /**
   * Writes the system into memory that is all zeros, and lent until it returns.
   *
   * @param A the blocks of the matrix, as `BsrMatrix` has them.
   * @param b each of length rows.
   * @param arena where all that lies.
   */
  write(A: Float64Array, b: readonly Float64Array[], arena: Arena): void;
  /** Takes what was found, an x for each right side, lent until it returns. */
  read(x: readonly Float64Array[], arena: Arena): void;
}

/**
 * Solves min |A x - b| in fp64 for several right sides by a complete Cholesky factor of A'A, to the accuracy that a start needs; by CGNR with what there is
 * of a factor where A'A is singular to rounding.
 * The arenas are free again when it returns: neither `write` nor `read` must take any to keep.
 * @param work counts it. Default: nothing that is read does.
 */
export function leastSquares(
  structure: GraphStructure,
  system: System,
  arenas: ArenaPool = new ArenaPool(),
  work: Work = new Work(),
): void {
  // Found before the arenas are taken that are freed here: it outlives them.
  const normal = structure.normal(system.r, system.c);
  const symbolic = structure.cholesky(system.c);
  const { later = system } = system;
  const bytes = Math.max(systemBytes(normal, system), systemBytes(structure.normal(later.r, later.c), later));
  arenas.during(() => {
    const arena = arenas.take(bytes);
    const numbers = (length: number): Float64Array => arena.view(fp64, length);
    const A = packedBsr(packPattern(normal.A, arena), fp64);
    const [rows, cols] = [normal.A.blockRows * system.r, normal.A.blockCols * system.c];
    const b = Array.from({ length: system.rightSides }, () => numbers(rows));
    arena.scoped(() => system.write(A.values as unknown as Float64Array, b, arena));
    const squares = numbers(cols);
    A.columnSquares(squares);
    const scaling = jacobiScaling(squares, { numbers, integers: (n) => arena.view(Int32Array, n) });
    // In fp64 there is nothing to tell of events.
    const counters = { ...newCounters(), work };
    A.replaceScaled(A, scaling, counters.events);
    const H = packNormal(normal, fp64, arena);
    H.replaceProduct(A, work);
    const workspace = choleskyWorkspace(symbolic, fp64, arenas);
    const factor = factorize(symbolic, H.H, { work, workspace });
    const format = operationFormat(fp64);
    const operator = bsrOperator(A, arenaSpace(arena, format, counters), { work });
    // A factor of a shifted matrix, or none, leaves the rest to CG.
    const isDirect = isFactor(factor) && factor.shifts === 0;
    const preconditioner =
      isFactor(factor) && !isDirect
        ? triangularPreconditioner(factor, format, operator.space, work, triangularWorkspace(symbolic, format, arenas))
        : undefined;
    const x = b.map((right) => {
      const z = numbers(cols) as Vec<FP64>;
      if (isDirect) {
        operator.multiplyTransposed(right as Vec<FP64>, z);
        solveOnce(factor, workspace, z, z, work);
      } else arena.scoped(() => cgnr(operator, { b: right as Vec<FP64> }, z, { preconditioner, rtol: RTOL, maxIterations: 100 }));
      for (let j = 0; j < cols; j++) z[j] *= scaling[j];
      return z;
    });
    system.read(x, arena);
  });
}

function systemBytes(normal: NormalSymbolic, { r, c, rightSides, bytes }: SystemShape): number {
  const rows = (1 + rightSides) * bytesFor(fp64, normal.A.blockRows * r);
  const cols = (COLUMN_VECTORS + rightSides) * bytesFor(fp64, normal.A.blockCols * c);
  return packedBytes(normal.A, fp64) + packedNormalBytes(normal, fp64) + rows + cols + bytes;
}
