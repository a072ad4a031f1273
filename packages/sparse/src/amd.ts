import { checkNumber } from "@slam/errors";
import type { ArenaPool } from "@slam/wasm";
import { amdEngine } from "./amd-engine.ts";
import { denseLast } from "./dense-rows.ts";
import { postordered } from "./etree.ts";
import { minimumDegree } from "./minimum-degree.ts";
import { smallDegreesFirst } from "./small-degrees.ts";
import { checkRows, symmetricGraph } from "./symmetric-graph.ts";

export interface AmdOptions {
  /**
   * Rows with more than max(16, denseRatio sqrt(n)) neighbours are ordered last, unseen. Default 10. Lower it where a few rows slow the
   * ordering down; `Infinity` sees every row.
   */
  readonly denseRatio?: number;
  /** Where kernels order one triangle with ascending rows and no row as dense as that; the order lasts as the arrays taken from there do. Default none: JavaScript does. */
  readonly arenas?: ArenaPool | undefined;
}

/**
 * Approximate minimum degree ordering: few entries in L of P A P' = L L', where (P A P')(k, l) = A(order[k], order[l]). The elimination
 * tree of P A P' is postordered. The result depends only on the graph of A + A', not on how it is stored.
 *
 * @param n rows and columns of A, or of its blocks.
 * @param rowPtr length n + 1; with `colIdx` the CSR pattern of A: either triangle or both, duplicates allowed.
 * @returns order, length n: order[k] is the old index of the k-th pivot.
 * @throws DimensionError if a length does not fit, OptionError if an index is outside 0 ... n - 1 or `denseRatio` is negative.
 * @see Amestoy, Davis, Duff, An approximate minimum degree ordering algorithm, SIAM J. Matrix Anal. Appl. 17 (1996);
 * absorption is aggressive.
 */
export function amd(n: number, rowPtr: Int32Array, colIdx: Int32Array, options: AmdOptions = {}): Int32Array {
  const { denseRatio = 10, arenas } = options;
  checkNumber("amd: denseRatio", denseRatio, 0, Number.POSITIVE_INFINITY);
  checkRows("amd", n, rowPtr, colIdx);
  return (arenas && amdEngine(n, rowPtr, colIdx, denseRatio, arenas)) ?? amdReference(n, rowPtr, colIdx, denseRatio);
}

/** The order that `amd` finds, in JavaScript. */
export function amdReference(n: number, rowPtr: Int32Array, colIdx: Int32Array, denseRatio: number): Int32Array {
  const graph = symmetricGraph("amd", n, rowPtr, colIdx);
  return postordered(
    graph,
    denseLast(graph, denseRatio, (sparse) => smallDegreesFirst(sparse, minimumDegree)),
  );
}
