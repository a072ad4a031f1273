import type { LinearReport } from "@slam/linop";
import { DenseSolver } from "./dense.ts";

/** A solver that reports success and returns something else than the solution. */
export class Lying extends DenseSolver {
  override readonly name = "lying";
  /** As asked for. */
  readonly rtols: number[] = [];
  readonly #spoil: (dx: Float64Array, warm: boolean) => Float64Array;

  constructor(spoil: (dx: Float64Array, warm: boolean) => Float64Array) {
    super();
    this.#spoil = spoil;
  }

  override solve(g: Float64Array, dx: Float64Array, rtol: number, warm: boolean): LinearReport {
    const report = super.solve(g, dx, rtol, warm);
    this.rtols.push(rtol);
    dx.set(this.#spoil(dx, warm));
    return report;
  }
}
