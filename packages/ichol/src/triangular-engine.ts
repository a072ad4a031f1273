import { type AnyPrecision, f16k, fp16, fp32, fp64, type LaneCodec, type RoundingEvents, type Storage } from "@slam/float";
import type { Scratch } from "@slam/linop";
import { inversePermutation } from "@slam/sparse";
import { type ArenaArray, type ArenaArrayConstructor, type ArenaPool, kernels, nameForModules } from "@slam/wasm";
import { type Area, placeAreas } from "./areas.ts";
import { diagonalKernel } from "./diagonal.kernel.ts";
import type { EngineFormat } from "./engine-format.ts";
import type { CholeskyFactor } from "./factorize.ts";
import { invertDiagonalKernel } from "./invert-diagonal.kernel.ts";
import { encodeKernel, packKernel } from "./pack.kernel.ts";
import { forgetCounts, largestMagnitude, takeCounts } from "./survey.ts";
import type { CholeskySymbolic } from "./symbolic.ts";
import { layoutOf, packedIndex, type TileStorage, tileBytes, tileVectors, triangularKernel } from "./triangular.kernel.ts";
import { storedFactor } from "./triangular.reference.ts";
import { tileLayout, writeTileRows } from "./triangular-layout.ts";

nameForModules("ichol", { packKernel, encodeKernel, triangularKernel, diagonalKernel, invertDiagonalKernel });

type Numbers = Float64Array | Float32Array;

/** A factor in an arena, packed for the kernels, and its solves. */
export interface TriangularEngine {
  /** In the order of A: r before `solve`, M^-1 r after it. */
  readonly vector: Numbers;
  /** Takes the place of the factor before; counts in `events` what its format does to it. */
  load(factor: CholeskyFactor<AnyPrecision>, events: RoundingEvents): void;
  /** Counts in `events` what V will do to the result. */
  solve(V: AnyPrecision, events: RoundingEvents): void;
}

/** Columns that one call of a kernel handles: between calls the engine changes to the code that it has optimised meanwhile. */
const CHUNK = 128;
/** Bytes that a kernel may read beyond the last number, or write beyond the last segment of a vector. */
const BEYOND = 64;

export function triangularEngine(
  symbolic: CholeskySymbolic,
  { storage, kind, rounding }: EngineFormat,
  arenas: ArenaPool,
  scratch: Scratch,
): TriangularEngine {
  const { n, b, L, order } = symbolic;
  const arithmetic = kind === "fp64" ? fp64 : fp32;
  const Type = arithmetic.Storage as ArenaArrayConstructor<Numbers & ArenaArray>;
  const width = Type.BYTES_PER_ELEMENT;
  const { lanes } = layoutOf(kind);
  const layout = tileLayout(symbolic, lanes, scratch);
  const { tilePtr, parts } = layout;
  const encoded = typeof kind !== "string";
  const vectors = tileVectors(b, kind);
  const triangle = (b * (b + 1)) / 2;
  const groups = Math.ceil(n / lanes);
  const isDiagonal = tilePtr[n] === 0;
  const storesInverses = isDiagonal && encoded && rounding === "none";
  /** Such a solve needs no second try. */
  const isInPlace = isDiagonal && order.every((row, k) => row === k);
  const numbers = (length: number): Area => [Type, length + BEYOND / width];
  const uncleared = (length: number): Area => [Type, length + BEYOND / width, "uncleared"];
  const part = uncleared(encoded ? (layout.partTiles * vectors * 16) / width : 0);
  const { arena, views, at } = placeAreas(arenas, {
    tiles: [Int32Array, (tilePtr[n] * tileBytes(b, kind) + BEYOND) / 4, "uncleared"],
    staging: uncleared(layout.partBlocks * b * b),
    part,
    zeros: numbers(b * b),
    diagonal: numbers(groups * lanes * triangle),
    groups: numbers(isDiagonal ? groups * lanes * triangle : 0),
    w: numbers((groups * lanes + 1) * b),
    vector: numbers(isInPlace ? 0 : n * b),
    tilePtr,
    rows: [Int32Array, layout.rows],
    order,
    inverse: inversePermutation(order, scratch),
    colPtr: L.colPtr,
    counts: [Int32Array, 8],
    largest: [Float32Array, 4],
  });
  writeTileRows(symbolic, lanes, layout, views.rows as Int32Array);
  const staging = views.staging as Numbers;
  const w = views.w as Numbers;
  const surveyed = { counts: views.counts as Int32Array, largest: views.largest as Float32Array, lanes: width / 4 };
  const pack = kernels(arena, packKernel, b, kind);
  const inversion = kernels(arena, invertDiagonalKernel, b, arithmetic.name, rounding);
  const vectorEnd = at.w + Math.ceil((n * b * width) / 16) * 16;
  const diagonalEnd = at.diagonal + Math.ceil((n * triangle * width) / 16) * 16;
  /** The layout at hand: for fp16 it depends on the range. */
  let stored: TileStorage = kind;
  /** w <- L^-T L^-1 w */
  let sweep: (() => void) | undefined;

  function survey(P: AnyPrecision, from: number, to: number): void {
    pack.survey(from, to, at.counts, P.overflowThreshold, P.minSubnormal / 2);
  }

  function invert(): void {
    inversion.invert(at.diagonal, at.diagonal + n * triangle * width);
  }

  /** L's numbers in the arithmetic, part by part, through `each`. */
  function packParts(values: Storage, each: (firstTile: number, lastTile: number) => void): void {
    for (let p = 1; p < parts.length; p++) {
      const [from, to] = [parts[p - 1], parts[p]];
      staging.set(values.subarray(L.colPtr[from] * b * b, L.colPtr[to] * b * b) as never);
      const target = encoded ? at.part : at.tiles + tilePtr[from] * tileBytes(b, kind);
      pack.arrange(at.staging, at.colPtr, from, to, at.zeros, target, at.diagonal + from * triangle * width);
      each(tilePtr[from], tilePtr[to]);
    }
  }

  function encodeWith(codec: LaneCodec, values: Storage, events: RoundingEvents): number {
    const coder = kernels(arena, encodeKernel, codec);
    packParts(values, (first, last) => {
      const bytes = (last - first) * vectors * 16;
      survey(storage, at.part, at.part + bytes);
      coder.encode(at.part, at.part + bytes, at.tiles + first * tileBytes(b, codec));
    });
    const roundDiagonal = (): void => {
      survey(storage, at.diagonal, diagonalEnd);
      coder.round(at.diagonal, diagonalEnd);
    };
    if (rounding !== "none") roundDiagonal();
    invert();
    if (storesInverses) roundDiagonal();
    const magnitude = largestMagnitude(surveyed);
    takeCounts(surveyed, events);
    return magnitude;
  }

  /** Sets the layout. */
  function encode(values: Storage, events: RoundingEvents): void {
    stored = storage === fp16 ? (f16k(1) as LaneCodec) : kind;
    const magnitude = encodeWith(stored as LaneCodec, values, events);
    if (storage !== fp16 || magnitude <= (stored as LaneCodec).limit) return;
    stored = f16k(fp16.round(magnitude)) ?? kind;
    encodeWith(stored as LaneCodec, values, { overflows: 0, flushed: 0 });
  }

  function sweepTiles(storage: TileStorage, fold: "vector" | "numbers"): () => void {
    const kernel = kernels(arena, triangularKernel, b, storage, fold, rounding);
    return () => {
      // What tiles are filled up with points behind the last segment.
      w.fill(0, n * b);
      for (let j = 0; j < n; j += CHUNK) {
        kernel.forward(at.tiles, at.diagonal, at.tilePtr, at.rows, at.w, j, Math.min(j + CHUNK, n));
      }
      w.fill(0, n * b);
      for (let j = Math.floor((n - 1) / CHUNK) * CHUNK; j >= 0; j -= CHUNK) {
        kernel.backward(at.tiles, at.diagonal, at.tilePtr, at.rows, at.w, j, Math.min(j + CHUNK, n));
      }
    };
  }

  /** Where L has no tiles. */
  function sweepDiagonal(): () => void {
    const kernel = kernels(arena, diagonalKernel, b, arithmetic.name, rounding);
    kernel.interleave(at.diagonal, at.groups, 0, groups);
    return () => {
      // Where the last group is filled up: its blocks there are unit matrices.
      w.fill(0, n * b);
      for (let g = 0; g < groups; g += CHUNK) kernel.solve(at.groups, at.w, g, Math.min(g + CHUNK, groups));
    };
  }

  function run(solveInPlace: () => void): void {
    if (!isInPlace) pack.permute(at.vector, at.w, at.order, 0, n);
    solveInPlace();
  }

  if (isDiagonal) {
    const triangles = views.diagonal as Numbers;
    for (let k = n; k < groups * lanes; k++) for (let i = 0; i < b; i++) triangles[k * triangle + packedIndex(b, i, i)] = 1;
  }

  return {
    vector: (isInPlace ? w : (views.vector as Numbers)).subarray(0, n * b),
    load(factor, events) {
      const isReady = factor.format === arithmetic;
      const values = isReady
        ? (factor.values as Storage)
        : storedFactor(factor, { storage, arithmetic: rounding === "none" ? arithmetic : storage }, events);
      if (encoded) {
        const wasCounted = !isReady && !storesInverses;
        encode(values, wasCounted ? { overflows: 0, flushed: 0 } : events);
      } else {
        packParts(values, () => {});
        invert();
      }
      sweep = isDiagonal ? sweepDiagonal() : sweepTiles(stored, "vector");
    },
    solve(V, events) {
      run(sweep as () => void);
      survey(V, at.w, vectorEnd);
      if (typeof stored !== "string" && stored.scale !== 1 && !isDiagonal && !Number.isFinite(largestMagnitude(surveyed))) {
        // The vector may have left the range that the fold leaves it.
        forgetCounts(surveyed);
        run(sweepTiles(stored, "numbers"));
        survey(V, at.w, vectorEnd);
      }
      takeCounts(surveyed, events);
      if (!isInPlace) pack.permute(at.w, at.vector, at.inverse, 0, n);
    },
  };
}
