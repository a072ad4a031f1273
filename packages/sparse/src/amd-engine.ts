import { type ArenaPool, kernels, type LentIntegers, nameForModules } from "@slam/wasm";
import { type AmdKernels, amdKernel } from "./amd.kernel.ts";
import { mostNeighbours } from "./dense-rows.ts";
import { QUOTIENT_ARRAYS, QUOTIENT_NUMBERS } from "./minimum-degree.kernel.ts";
import { WORTHWHILE } from "./small-degrees.ts";
import { ABOVE, BELOW } from "./symmetric-graph.kernel.ts";

nameForModules("sparse", { amdKernel });

/** Rows, or pivots, that one call of a kernel handles: between calls the engine changes to the code that it has optimised meanwhile. */
const CHUNK = 1024;

/** The graph, the order of all its vertices, names and lists of those that the quotient graph has, and its own arrays, whose memory serves what comes before and after it too. */
const ARRAYS = ["rowPtr", "colIdx", "whole", "names", "starts", ...QUOTIENT_ARRAYS, "table"] as const;

type Name = (typeof ARRAYS)[number];

/** An ordering's arrays, and its kernels on them. */
interface Memory extends LentIntegers<Name> {
  readonly n: number;
  readonly run: AmdKernels;
}

/**
 * The order of `amd`, found by kernels.
 *
 * @returns taken from the arenas; undefined where rows do not ascend or are not of one triangle, or one is dense: those are not for kernels.
 */
export function amdEngine(
  n: number,
  rowPtr: Int32Array,
  colIdx: Int32Array,
  denseRatio: number,
  arenas: ArenaPool,
): Int32Array | undefined {
  return arenas.lend(lengthsOf(n, colIdx.length), (lent) => {
    const memory = { ...lent, n, run: kernels(lent.arena, amdKernel) };
    const { views, at, run } = memory;
    if (!isMirrored(memory, rowPtr, colIdx)) return undefined;
    const small = run.countSmall(n, at.rowPtr, Math.min(mostNeighbours(n, denseRatio), n));
    if (small < 0) return undefined;
    views.lists.set(views.colIdx.subarray(0, views.rowPtr[n]));
    const found = small < WORTHWHILE * n ? minimumDegree(memory, n, views.rowPtr) : eliminateSmallFirst(memory);
    run.findTree(n, at.rowPtr, at.colIdx, found, at.start, at.length, at.elements);
    run.orderByTree(n, found, at.length, at.size, at.mark, at.next);
    const order = arenas.integers(n);
    order.set(views.next);
    return order;
  });
}

function lengthsOf(n: number, nnz: number): { readonly [name in Name]: number } {
  const entries = 2 * nnz;
  return {
    ...(Object.fromEntries(ARRAYS.map((name) => [name, n])) as { readonly [name in Name]: number }),
    rowPtr: n + 1,
    colIdx: entries,
    starts: n + 1,
    lists: listsCapacity(n, entries),
    buckets: bucketsOf(n),
    table: QUOTIENT_ARRAYS.length + QUOTIENT_NUMBERS.length,
  };
}

/** As `QuotientGraph` has it. */
function listsCapacity(n: number, entries: number): number {
  return entries + Math.floor(entries / 5) + n;
}

function bucketsOf(n: number): number {
  return 2 ** (32 - Math.clz32(n));
}

/** Whether the rows are fit for it: then the graph is what `symmetricGraph` makes of them. */
function isMirrored({ n, views, at, run }: Memory, rowPtr: Int32Array, colIdx: Int32Array): boolean {
  views.starts.set(rowPtr);
  views.lists.set(colIdx);
  let found = 0;
  for (let i = 0; i < n; i += CHUNK) {
    found |= run.countNeighbours(n, colIdx.length, at.starts, at.lists, at.rowPtr, i, Math.min(i + CHUNK, n));
  }
  if (found !== 0 && found !== ABOVE && found !== BELOW) return false;
  run.countsToStarts(n, at.rowPtr);
  for (let i = 0; i < n; i += CHUNK) run.mirror(at.starts, at.lists, at.rowPtr, at.colIdx, i, Math.min(i + CHUNK, n));
  return true;
}

/** As `smallDegreesFirst` has it, where that is worthwhile. Returns where the order is. */
function eliminateSmallFirst(memory: Memory): number {
  const { n, views, at, run } = memory;
  views.starts[0] = 0;
  const count = run.eliminateSmall(n, at.rowPtr, at.lists, at.degree, at.mark, at.whole, at.previous, at.firstOfDegree);
  const size = run.renameRest(n, at.degree, at.mark, at.next, at.names, at.starts);
  run.gatherRest(n, at.rowPtr, at.lists, at.degree, at.mark, at.next);
  run.nameRest(size, at.names, minimumDegree(memory, size, views.starts), at.whole + 4 * count);
  return at.whole;
}

/** As `minimumDegree` has it, of `size` vertices whose lists are in `lists`. Returns where the order is. */
function minimumDegree({ views, at, run }: Memory, size: number, starts: Int32Array): number {
  const entries = starts[size];
  const numbers: { readonly [name in (typeof QUOTIENT_NUMBERS)[number]]: number } = {
    n: size,
    capacity: listsCapacity(size, entries),
    bucketMask: bucketsOf(size) - 1,
    listsEnd: entries,
    stamp: 2,
    largestElement: 0,
    leastDegree: 0,
    remaining: size,
    ordered: 0,
  };
  views.table.set(QUOTIENT_ARRAYS.map((name) => at[name]));
  views.table.set(
    QUOTIENT_NUMBERS.map((name) => numbers[name]),
    QUOTIENT_ARRAYS.length,
  );
  run.beginElimination(at.table, starts.byteOffset);
  while (run.eliminate(at.table, CHUNK) > 0);
  return at.order;
}
