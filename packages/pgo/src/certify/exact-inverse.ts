import { type FP64, fp64, type OperationFormat, operationFormat } from "@slam/float";
import { type CholeskyFactor, type TriangularWorkspace, triangularPreconditioner } from "@slam/ichol";
import { vectorSpace, Work } from "@slam/linop";

export const EXACT: OperationFormat<FP64> = operationFormat(fp64);

/** z <- (P' L L' P)^-1 r in fp64, which may be r. */
export type Inverse = (r: Float64Array, z: Float64Array) => void;

/** @param workspace in which the inverse lies until it takes another factor. */
export function exactInverse(factor: CholeskyFactor<FP64>, workspace: TriangularWorkspace): Inverse {
  const space = vectorSpace(EXACT, { events: { overflows: 0, flushed: 0 }, work: new Work() });
  const { apply } = triangularPreconditioner(factor, EXACT, space, undefined, workspace);
  return apply;
}
