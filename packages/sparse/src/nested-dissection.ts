import { checkInteger, checkNumber } from "@slam/errors";
import type { AmdOptions } from "./amd.ts";
import { denseLast } from "./dense-rows.ts";
import { postordered } from "./etree.ts";
import { type Groups, minimumDegree } from "./minimum-degree.ts";
import { naturalOrder } from "./permutation.ts";
import { RandomIndex } from "./random-index.ts";
import { SEPARATOR } from "./separation.ts";
import { smallDegreesFirst } from "./small-degrees.ts";
import { type SymmetricGraph, symmetricGraph } from "./symmetric-graph.ts";
import { vertexSeparator } from "./vertex-separator.ts";
import { type Subgraph, subgraph, unitWeights } from "./weighted-graph.ts";

export interface NestedDissectionOptions extends Pick<AmdOptions, "denseRatio"> {
  /** Graphs of at most so many vertices are not dissected. Default 400; smaller takes longer and may fill more, AMD being good at those. */
  readonly leafSize?: number;
  /** Of the random choices. Default 1. The same seed gives the same order everywhere. */
  readonly seed?: number;
}

/**
 * Nested dissection ordering: a few vertices, a separator, are set aside so that the rest falls in two, and so on with each of the two. The
 * leaves are ordered first, then the separators, all levels together (multisection), each by approximate minimum degree in the graph with
 * the fill so far. Before all that go vertices of degree 2 and less, if they are many, as in pose graphs. The elimination tree of P A P',
 * (P A P')(k, l) = A(order[k], order[l]), is postordered.
 *
 * @param n rows and columns of A, or of its blocks.
 * @param rowPtr length n + 1; with `colIdx` the CSR pattern of A: either triangle or both, duplicates allowed.
 * @returns order, length n: order[k] is the old index of the k-th pivot.
 * @throws DimensionError if a length does not fit, OptionError if an index is outside 0 ... n - 1, `leafSize` or `seed` no positive
 * integer, or `denseRatio` is negative.
 * @see George, Nested dissection of a regular finite element mesh, SIAM J. Numer. Anal. 10 (1973); Ashcraft, Liu, Robust ordering of sparse
 * matrices using multisection, SIAM J. Matrix Anal. Appl. 19 (1998).
 */
export function nestedDissection(n: number, rowPtr: Int32Array, colIdx: Int32Array, options: NestedDissectionOptions = {}): Int32Array {
  const { denseRatio = 10, leafSize = 400, seed = 1 } = options;
  checkNumber("nestedDissection: denseRatio", denseRatio, 0, Number.POSITIVE_INFINITY);
  checkInteger("nestedDissection: leafSize", leafSize, 1);
  checkInteger("nestedDissection: seed", seed, 1);
  const graph = symmetricGraph("nestedDissection", n, rowPtr, colIdx);
  const random = new RandomIndex(seed);
  const dissected = (rest: SymmetricGraph): Int32Array => minimumDegree(rest, dissect(rest, leafSize, random));
  return postordered(
    graph,
    denseLast(graph, denseRatio, (sparse) => smallDegreesFirst(sparse, dissected)),
  );
}

/** Groups 0, 1, ... are the leaves, of which no two are joined by an edge; the last one is all separators. */
export function dissect(graph: SymmetricGraph, leafSize: number, random: RandomIndex): Groups {
  const group = new Int32Array(graph.n).fill(-1);
  const byGroup = new Int32Array(graph.n);
  let leaves = 0;
  let leavesEnd = 0;
  let separatorsStart = graph.n;
  const setAside = (vertices: Int32Array): void => {
    separatorsStart -= vertices.length;
    byGroup.set(vertices, separatorsStart);
  };
  const visit = (whole: Subgraph): void => {
    if (whole.graph.n > leafSize) {
      const part = vertexSeparator(unitWeights(whole.graph), random);
      const first = subgraph(whole, part, 0);
      const second = subgraph(whole, part, 1);
      if (first.graph.n > 0 && second.graph.n > 0) {
        visit(first);
        visit(second);
        setAside(whole.vertices.filter((_, v) => part[v] === SEPARATOR));
        return;
      }
    }
    for (const v of whole.vertices) group[v] = leaves;
    byGroup.set(whole.vertices, leavesEnd);
    leavesEnd += whole.vertices.length;
    leaves++;
  };
  visit({ graph, vertices: naturalOrder(graph.n) });
  for (let k = separatorsStart; k < graph.n; k++) group[byGroup[k]] = leaves;
  return { group, byGroup };
}
