import { cgnr } from "@slam/cgnr";
import { type FP64, fp64, operationFormat } from "@slam/float";
import { type LinearReport, type LinearSolver, type Preconditioner, type VectorSpace, vectorSpace, Work } from "@slam/linop";
import { type BsrJacobian, solve } from "@slam/pgo";
import { bsrOperator } from "@slam/sparse";
import { expect, test } from "vitest";
import { laps } from "./laps.ts";

/** z_j = r_j / m_j */
function diagonalPreconditioner(m: Float64Array, space: VectorSpace<FP64>): Preconditioner<FP64> {
  return {
    size: m.length,
    space,
    storage: "fp64",
    apply: (r, z) => {
      for (let j = 0; j < m.length; j++) z[j] = r[j] / m[j];
    },
  };
}

/** CGNR in fp64 with diag(J'J + D) for a preconditioner. */
class DiagonalCg implements LinearSolver<BsrJacobian> {
  readonly name = "diagonal CG";
  readonly #space = vectorSpace(operationFormat(fp64), { events: { overflows: 0, flushed: 0 }, work: new Work() });
  #J: BsrJacobian | undefined;
  #damping: Float64Array | undefined;
  #m: Float64Array = new Float64Array(0);

  analyze(): void {}

  factor(J: BsrJacobian, d: Float64Array | undefined): undefined {
    this.#J = J;
    this.#damping = d?.slice();
    this.#m = J.columnSquares().map((square, j) => square + (d?.[j] ?? 0));
  }

  solve(g: Float64Array, dx: Float64Array, rtol: number, warm: boolean): LinearReport {
    if (this.#J === undefined) throw new Error("solve before factor");
    if (!warm) dx.fill(0);
    const A = bsrOperator(this.#J.matrix, this.#space, { arithmetic: fp64 });
    const preconditioner = diagonalPreconditioner(this.#m, this.#space);
    return cgnr(A, { g: g.map((x) => -x) }, dx, { preconditioner, damping: this.#damping, rtol });
  }

  norm(v: Float64Array): number {
    return Math.sqrt(v.reduce((sum, x, j) => sum + (x * x) / this.#m[j], 0));
  }
}

test("a solver with a preconditioner, both written outside, finds the optimum of the built-in one", async () => {
  const builtIn = await solve(laps());

  const { report } = await solve(laps(), { solver: new DiagonalCg() });

  expect([report.termination, report.linear.solver]).toEqual(["converged", "diagonal CG"]);
  expect(report.cgIterations).toBeGreaterThan(builtIn.report.cgIterations);
  // Solves end where a step gains at most ftol = 1e-6 of the cost.
  expect(Math.abs(report.cost.final / builtIn.report.cost.final - 1)).toBeLessThan(1e-6);
});
