import { type AnyPrecision, type OperationFormat, type RoundingEvents, type Storage, storeCounted } from "@slam/float";
import type { ArenaPool } from "@slam/wasm";
import type { EdgeTerms, Linearization } from "../linearization.ts";
import { linearize } from "../linearize.ts";
import type { GraphBlocks } from "./blocks.ts";
import { FactorEvaluation } from "./evaluate.ts";
import type { HeldDirections } from "./free-directions.ts";
import type { FactorTerms } from "./terms.ts";

/** What the residuals of a graph are made of besides its edges. */
export interface ExtraTerms {
  readonly factors: readonly FactorTerms[];
  readonly directions: readonly HeldDirections[];
  readonly blocks: GraphBlocks;
  /** As in `BsrJacobian`. */
  readonly padding: Float64Array | undefined;
}

/**
 * Edges as `linearize`, factors in the rows below them: evaluated in fp64 and rounded once to the format's storage, whatever its arithmetic. Rows and
 * columns of a block beyond those of its factor and its variable are zero.
 */
export function linearizeGraph(edges: EdgeTerms, extra: ExtraTerms, format: OperationFormat, arenas: ArenaPool): Linearization {
  const { dof } = edges.factor;
  const ofEdges = linearize(edges, format, arenas);
  const poseNumbers = edges.graph.poses.length;
  const { storage } = format;
  return {
    residual(x, r) {
      ofEdges.residual(x.subarray(0, poseNumbers), r);
      r.fill(0, edges.graph.from.length * dof);
      extra.factors.forEach((terms, s) => {
        writeResiduals(terms, x, storage, dof, extra.blocks.ofFactors[s].firstRow, r);
      });
    },
    jacobian(x, events) {
      const J = ofEdges.jacobian(x.subarray(0, poseNumbers), events);
      const into: BlockTarget = { storage, values: J.matrix.values as Storage, dof, events };
      extra.factors.forEach((terms, s) => {
        writeBlocks(terms, x, extra.blocks.ofFactors[s].blocks, into);
      });
      extra.directions.forEach(({ rows, columns }, k) => {
        storeBlock(rows, columns, extra.blocks.ofDirections.blocks[k], into);
      });
      return J.withPadding(extra.padding);
    },
  };
}

/** r <- W e of a set, from a block row on. */
function writeResiduals(
  terms: FactorTerms,
  point: Float64Array,
  storage: AnyPrecision,
  dof: number,
  firstRow: number,
  r: Float64Array,
): void {
  const evaluation = new FactorEvaluation(terms);
  for (let k = 0; k < terms.count; k++) {
    const sums = evaluation.residual(point, k);
    for (let a = 0; a < sums.length; a++) r[(firstRow + k) * dof + a] = storage.round(sums[a]);
  }
}

interface BlockTarget {
  readonly storage: AnyPrecision;
  readonly values: Storage;
  readonly dof: number;
  readonly events: RoundingEvents;
}

/** The blocks of W de/dxi of a set. */
function writeBlocks(terms: FactorTerms, point: Float64Array, blocks: Int32Array, into: BlockTarget): void {
  const evaluation = new FactorEvaluation(terms);
  const { variables, rows } = terms.factor;
  for (let k = 0; k < terms.count; k++) {
    evaluation.jacobians(point, k).forEach((J, v) => {
      storeBlock(J, J.length / rows, blocks[k * variables.length + v], into);
    });
  }
}

/** A block <- J in its upper left corner, zeros elsewhere. */
function storeBlock(J: ArrayLike<number>, columns: number, block: number, { storage, values, dof, events }: BlockTarget): void {
  if (block < 0) return;
  for (let a = 0; a < dof; a++) {
    for (let b = 0; b < dof; b++) {
      const at = a * columns + b;
      storeCounted(storage, values, (block * dof + a) * dof + b, b < columns && at < J.length ? J[at] : 0, events);
    }
  }
}
