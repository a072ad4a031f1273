import { type AnyPrecision, fp32, fp64, type Storage } from "@slam/float";
import { type BsrPattern, valueCount } from "@slam/sparse";
import { type ArenaPool, bytesFor, kernels } from "@slam/wasm";
import { eliminateKernel, TABLE } from "./eliminate.kernel.ts";
import { eliminateReference, FACTOR_SIZE, strideOf } from "./eliminate.reference.ts";
import type { BundleJacobian } from "./jacobian.ts";
import type { ReducedStructure } from "./reduced-structure.ts";

/** "lower": S, by the lower triangle of its blocks. "diagonal": the blocks on its diagonal alone. */
export type ReducedPart = "lower" | "diagonal";

/** Memory that points are eliminated in, of one J after another, and what eliminates them. */
export interface Eliminator {
  /** As `eliminateReference` has them; to be set before `eliminate`. */
  readonly damping: Float64Array;
  readonly S: Float64Array;
  /** Overwritten. */
  readonly factors: Float64Array;
  /** What `eliminateReference` does, on all rows, and returns. */
  eliminate(J: BundleJacobian): number;
}

/** The engine calls for so many points at a time: it goes over to optimised code between calls only. */
const ROWS_A_CALL = 1024;

/** On the engine where J is in fp64 or fp32; on the reference, with its bits, otherwise. */
export function newEliminator(
  structure: ReducedStructure,
  patterns: readonly BsrPattern[],
  part: ReducedPart,
  jacobian: AnyPrecision,
  arenas: ArenaPool,
): Eliminator {
  const { b, dofs, points, starts, pattern } = structure;
  const blocks = part === "lower" ? pattern.colIdx.length : starts[dofs.length];
  const sizes = { damping: 3 * points, S: blocks * b * strideOf(b), factors: FACTOR_SIZE * points };
  return jacobian === fp64 || jacobian === fp32
    ? onEngine(structure, patterns, part, jacobian, sizes, arenas)
    : onReference(structure, part, sizes);
}

type Sizes = { readonly [array in "damping" | "S" | "factors"]: number };

function onReference(structure: ReducedStructure, part: ReducedPart, sizes: Sizes): Eliminator {
  const arrays = {
    damping: new Float64Array(sizes.damping),
    S: new Float64Array(sizes.S),
    factors: new Float64Array(sizes.factors),
  };
  return {
    ...arrays,
    eliminate(J) {
      const parts = J.parts.map(({ format, values }) => {
        const stored = values as Storage;
        return Float64Array.from({ length: stored.length }, (_, k) => format.load(stored, k));
      });
      return eliminateReference(structure, part, { ...arrays, parts });
    },
  };
}

function onEngine(
  structure: ReducedStructure,
  patterns: readonly BsrPattern[],
  part: ReducedPart,
  format: AnyPrecision,
  sizes: Sizes,
  arenas: ArenaPool,
): Eliminator {
  const { b, r, dofs, points, rows, observationPtr, pointBlock, slots, entryPtr, entryColumn, target, mostEntries } = structure;
  const integers = [
    observationPtr,
    pointBlock,
    entryPtr,
    entryColumn,
    target,
    ...slots.flatMap(({ blocks, entries }) => [blocks, entries]),
  ];
  const sizeOfY = 3 * mostEntries * strideOf(b);
  const tableSize = TABLE.length + 3 * slots.length;
  const arena = arenas.take(
    [...integers.map(({ length }) => length), tableSize].reduce((sum, n) => sum + bytesFor(Int32Array, n), 0) +
      patterns.reduce((sum, pattern) => sum + bytesFor(format, valueCount(pattern)), 0) +
      [...Object.values(sizes), sizeOfY].reduce((sum, n) => sum + bytesFor(fp64, n), 0),
  );
  const copied = new Map(integers.map((array) => [array, arena.view(Int32Array, array.length)]));
  for (const [array, copy] of copied) copy.set(array);
  const at = (array: Int32Array): number => copied.get(array)!.byteOffset;
  const values = patterns.map((pattern) => arena.view(format, valueCount(pattern)) as unknown as Float64Array);
  const view = (n: number): Float64Array => arena.view(fp64, n) as Float64Array;
  const [damping, S, factors, Y] = [view(sizes.damping), view(sizes.S), view(sizes.factors), view(sizeOfY)];
  const table = arena.view(Int32Array, tableSize);
  const addresses = {
    observationPtr: at(observationPtr),
    pointBlock: at(pointBlock),
    pointValues: values[dofs.length].byteOffset,
    entryPtr: at(entryPtr),
    entryColumn: at(entryColumn),
    damping: damping.byteOffset,
    factors: factors.byteOffset,
    S: S.byteOffset,
    Y: Y.byteOffset,
  };
  table.set([
    ...TABLE.map((name) => addresses[name]),
    ...slots.flatMap(({ group, blocks, entries }) => [values[group].byteOffset, at(blocks), at(entries)]),
  ]);
  const pairs = firstPairs(entryPtr);
  return {
    damping,
    S,
    factors,
    eliminate(J) {
      for (const [k, into] of values.entries()) into.set(J.parts[k].values as Float64Array);
      const { eliminate } = kernels(
        arena,
        eliminateKernel,
        slots.map(({ group }) => dofs[group]).join(" "),
        r,
        part,
        format === fp64 ? "fp64" : "fp32",
      );
      for (let first = 0; first < rows; first += ROWS_A_CALL) {
        const end = Math.min(first + ROWS_A_CALL, rows);
        const bad = eliminate(table.byteOffset, at(target) + 4 * pairs[first / ROWS_A_CALL], first, end, points);
        if (bad >= 0) return bad;
      }
      return -1;
    },
  };
}

/** How many pairs of entries lie before the rows of each call. */
function firstPairs(entryPtr: Int32Array): readonly number[] {
  const first: number[] = [];
  let pairs = 0;
  for (let row = 0; row < entryPtr.length - 1; row++) {
    if (row % ROWS_A_CALL === 0) first.push(pairs);
    const count = entryPtr[row + 1] - entryPtr[row];
    pairs += (count * (count + 1)) / 2;
  }
  return first;
}
