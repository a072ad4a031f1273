import { checkLength, OptionError } from "@slam/errors";
import { type FP64, fp64, operationFormat } from "@slam/float";
import type { Work } from "@slam/linop";
import type { CholeskyFactor } from "./factorize.ts";
import { countSolves } from "./triangular.ts";
import type { CholeskyWorkspace } from "./workspace.ts";

/**
 * z = P' L^-T L^-1 P r in fp64 by the factor that lies in a workspace, by substitution: for a few right sides. A `triangularPreconditioner` takes twice L's
 * memory besides, copies L there for each of the two solves and inverts the blocks on its diagonal first.
 *
 * @param workspace the one that the factor was computed in, and nothing after it.
 * @param r length rows of A.
 * @param z as long; may be `r`.
 * @throws OptionError for another workspace, DimensionError.
 */
export function solveOnce(
  { symbolic, values }: CholeskyFactor<FP64>,
  workspace: CholeskyWorkspace,
  r: Float64Array,
  z: Float64Array,
  work?: Work,
): void {
  const { solve } = workspace;
  if ((values as unknown) !== workspace.L || solve === undefined) {
    throw new OptionError("solveOnce: workspace", { expected: "the factor's, in fp64", actual: `another, in ${workspace.format.name}` });
  }
  const size = symbolic.n * symbolic.b;
  checkLength("solveOnce: r", r.length, size);
  checkLength("solveOnce: z", z.length, size);
  solve(r, z);
  countSolves(symbolic, operationFormat(fp64), work);
}
