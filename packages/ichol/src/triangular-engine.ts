import type { AnyPrecision, Storage } from "@slam/float";
import { Arena, bytesFor, kernels } from "@slam/wasm";
import type { CholeskySymbolic } from "./symbolic.ts";
import { type TriangularStorage, triangularKernel } from "./triangular.kernel.ts";

/** Vectors may be read up to their full width from the last number of a block. */
const OVERREAD = 16;

/** Solves with the engine's kernels; w holds the right side on entry, in the order of elimination, and the solution on return. */
export interface TriangularEngine {
  readonly w: Float64Array | Float32Array;
  solve(): void;
}

/** Copies L, stored in `storage` under the arithmetic of w, into an arena: once with blocks by columns and once by rows. */
export function triangularEngine(
  symbolic: CholeskySymbolic,
  storage: AnyPrecision,
  kind: TriangularStorage,
  values: Storage,
): TriangularEngine {
  const { n, b, L } = symbolic;
  const wide = kind === "fp64";
  const W = wide ? Float64Array : Float32Array;
  const arena = new Arena(
    2 * (bytesFor(storage, values.length) + OVERREAD) +
      bytesFor(W, n * b) +
      OVERREAD +
      bytesFor(Int32Array, n + 1) +
      bytesFor(Int32Array, L.rowIdx.length),
  );
  const place = (array: Storage | Int32Array): number => arena.address("L", array);
  const byRows = arena.view(storage, values.length) as unknown as Storage;
  byRows.set(values as never);
  const byColumns = arena.view(storage, values.length) as unknown as Storage;
  for (let block = 0; block < values.length; block += b * b) {
    for (let i = 0; i < b; i++) for (let j = 0; j < b; j++) byColumns[block + j * b + i] = values[block + i * b + j];
  }
  const w = arena.view(W as typeof Float64Array, n * b) as Float64Array | Float32Array;
  const colPtr = arena.view(Int32Array, n + 1);
  const rowIdx = arena.view(Int32Array, L.rowIdx.length);
  colPtr.set(L.colPtr);
  rowIdx.set(L.rowIdx);
  const kernel = kernels(arena, triangularKernel, b, kind);
  return {
    w,
    solve() {
      kernel.forward(n, place(byColumns), place(colPtr), place(rowIdx), place(w));
      kernel.backward(n, place(byRows), place(colPtr), place(rowIdx), place(w));
    },
  };
}
