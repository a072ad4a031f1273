import type { RoundingEvents } from "@slam/float";
import type { BetweenFactor } from "./between.ts";
import type { EdgeBlocks } from "./edge-blocks.ts";
import type { PoseGraph } from "./graph.ts";
import type { BsrJacobian } from "./jacobian.ts";

/** What the residuals of a graph are made of: r_e = W_e e_e. */
export interface EdgeTerms {
  readonly graph: PoseGraph;
  readonly factor: BetweenFactor;
  readonly blocks: EdgeBlocks;
  /** The upper triangle of W of each edge, row-major. */
  readonly whitening: Float64Array;
}

/** Residuals and Jacobians at poses x, in one format. */
export interface Linearization {
  /** r <- W e, for each edge. */
  residual(x: Float64Array, r: Float64Array): void;
  /** The blocks of W de/dxi, stored in the format; `events` counts what its range did to them. It may take the place of the one before. */
  jacobian(x: Float64Array, events: RoundingEvents): BsrJacobian;
}
