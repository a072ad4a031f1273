import { type AnyPrecision, fp32, fp64, type OperationFormat, type RoundingEvents, type Storage } from "@slam/float";
import type { BetweenFactor } from "./between.ts";
import type { EdgeBlocks } from "./edge-blocks.ts";
import type { PoseGraph } from "./graph.ts";
import { linearizeReference } from "./linearize.reference.ts";
import { linearizeEngine } from "./linearize-engine.ts";

/** What the residuals of a graph are made of: r_e = W_e e_e. */
export interface EdgeTerms {
  readonly graph: PoseGraph;
  readonly factor: BetweenFactor;
  readonly blocks: EdgeBlocks;
  /** W of each edge, dof x dof, upper triangular. */
  readonly whitening: Float64Array;
}

/** Residuals and Jacobians at poses x, in one format. */
export interface Linearization {
  /** r <- W e, for each edge. */
  residual(x: Float64Array, r: Float64Array): void;
  /** values <- the blocks of W de/dxi, stored in the format; `events` counts what its range did to them. */
  jacobian(x: Float64Array, values: Storage, events: RoundingEvents): void;
}

/**
 * The engine's kernels where storage and arithmetic are both fp64 or both fp32, the reference otherwise: with the same bits.
 *
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory.
 */
export function linearize(terms: EdgeTerms, format: OperationFormat): Linearization {
  const storage: AnyPrecision = format.storage;
  if (storage === format.arithmetic && storage === fp64) return linearizeEngine(terms, fp64);
  if (storage === format.arithmetic && storage === fp32) return linearizeEngine(terms, fp32);
  return linearizeReference(terms, format);
}
