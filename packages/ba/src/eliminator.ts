import { type AnyPrecision, type FP32, type FP64, fp64, type Storage } from "@slam/float";
import { type BsrPattern, type PackedBsr, valueCount } from "@slam/sparse";
import { type Arena, type ArenaPool, bytesFor, kernels, nameForModules } from "@slam/wasm";
import { eliminateKernel, TABLE } from "./eliminate.kernel.ts";
import { eliminateReference, FACTOR_SIZE, strideOf } from "./eliminate.reference.ts";
import type { BundleJacobian } from "./jacobian.ts";
import { isNumbers } from "./number-format.ts";
import type { ReducedPart, ReducedStructure } from "./reduced-structure.ts";

nameForModules("ba", { eliminateKernel });

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

/** On the engine where J is in fp64 or fp32, in memory of its own; on the reference, with its bits, otherwise. */
export function newEliminator(
  structure: ReducedStructure,
  patterns: readonly BsrPattern[],
  part: ReducedPart,
  jacobian: AnyPrecision,
  arenas: ArenaPool,
): Eliminator {
  if (!isNumbers(jacobian)) return onReference(structure, part);
  const ofValues = patterns.reduce((sum, pattern) => sum + bytesFor(jacobian, valueCount(pattern)), 0);
  const arena = arenas.take(eliminatorBytes(structure, part) + ofValues);
  const values = patterns.map((pattern) => arena.view(jacobian, valueCount(pattern)) as unknown as Float64Array);
  const { eliminate, ...arrays } = onEngine(structure, part, jacobian, values, arena);
  return {
    ...arrays,
    eliminate(J) {
      for (const [k, into] of values.entries()) into.set(J.parts[k].values as Float64Array);
      return eliminate();
    },
  };
}

/** On the engine, of matrices in an arena, which has room for it; `eliminate` takes them for J. In fp64 or fp32. */
export function eliminatorBeside(structure: ReducedStructure, part: ReducedPart, matrices: readonly PackedBsr[]): Eliminator {
  const [{ format, arena }] = matrices;
  const values = matrices.map((matrix) => matrix.values as unknown as Float64Array);
  return onEngine(structure, part, format as FP64 | FP32, values, arena);
}

/** Lengths of what is written. */
function sizesOf(
  { b, dofs, points, starts, pattern }: ReducedStructure,
  part: ReducedPart,
): { readonly [array in "damping" | "S" | "factors"]: number } {
  const blocks = part === "lower" ? pattern.colIdx.length : starts[dofs.length];
  return { damping: 3 * points, S: blocks * b * strideOf(b), factors: FACTOR_SIZE * points };
}

function onReference(structure: ReducedStructure, part: ReducedPart): Eliminator {
  const sizes = sizesOf(structure, part);
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

/** What the kernel reads of the structure, but for the values. */
function integersOf(
  { observationPtr, pointBlock, entryPtr, entryColumn, target, slots }: ReducedStructure,
  part: ReducedPart,
): readonly Int32Array[] {
  const ofSlots = slots.flatMap(({ blocks, entries }) => [blocks, entries]);
  return [observationPtr, pointBlock, entryPtr, entryColumn, ...ofSlots, ...(part === "lower" ? [target] : [])];
}

/** What `eliminatorBeside` takes in an arena. */
export function eliminatorBytes(structure: ReducedStructure, part: ReducedPart): number {
  const integers = [...integersOf(structure, part).map(({ length }) => length), TABLE.length + 3 * structure.slots.length];
  const numbers = [...Object.values(sizesOf(structure, part)), 3 * structure.mostEntries * strideOf(structure.b)];
  return integers.reduce((sum, n) => sum + bytesFor(Int32Array, n), 0) + numbers.reduce((sum, n) => sum + bytesFor(fp64, n), 0);
}

function onEngine(
  structure: ReducedStructure,
  part: ReducedPart,
  format: FP64 | FP32,
  values: readonly Float64Array[],
  arena: Arena,
): Omit<Eliminator, "eliminate"> & { eliminate(): number } {
  const { b, r, dofs, points, rows, observationPtr, pointBlock, slots, entryPtr, entryColumn, target, mostEntries } = structure;
  const sizes = sizesOf(structure, part);
  const tableSize = TABLE.length + 3 * slots.length;
  const copied = new Map(integersOf(structure, part).map((array) => [array, arena.copy(array)]));
  const at = (array: Int32Array): number => copied.get(array)!.byteOffset;
  const view = (n: number): Float64Array => arena.view(fp64, n) as Float64Array;
  const [damping, S, factors, Y] = [view(sizes.damping), view(sizes.S), view(sizes.factors), view(3 * mostEntries * strideOf(b))];
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
  const pairs = part === "lower" ? firstPairs(entryPtr).map((pair) => at(target) + 4 * pair) : undefined;
  return {
    damping,
    S,
    factors,
    eliminate() {
      const { eliminate } = kernels(arena, eliminateKernel, slots.map(({ group }) => dofs[group]).join(" "), r, part, format.name);
      for (let first = 0; first < rows; first += ROWS_A_CALL) {
        const end = Math.min(first + ROWS_A_CALL, rows);
        const bad = eliminate(table.byteOffset, pairs?.[first / ROWS_A_CALL] ?? 0, first, end, points);
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
