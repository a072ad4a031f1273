import { type FP32, type FP64, fp64, writeCosSin } from "@slam/float";
import { type Arena, bytesFor, kernels, nameForModules } from "@slam/wasm";
import type { BetweenFormulas } from "./between-formulas.ts";
import type { PoseGraph } from "./graph.ts";
import { planarKernels } from "./planar.kernel.ts";

nameForModules("pgo", { planarKernels });

export type Numbers = Float64Array | Float32Array;

/** What a factor's kernels read of poses and measurements, in an arena: `coordinates` and `turn` of the formulas, with their bits. */
export interface CoordinatesEngine {
  readonly poses: Numbers;
  readonly z: Numbers;
  /** Empty where the formulas take none. */
  readonly turns: Numbers;
  /** Poses at x, and one turn for each edge: an angle. */
  atAngles(x: Float64Array): void;
  /** Poses at x, and two for each edge: its cosine and its sine. */
  atDirections(x: Float64Array): void;
}

/** Poses or edges that one call of a kernel handles: one called often reaches the engine's optimised code within one evaluation. */
export const ITEMS_A_CALL = 512;

/** What `coordinatesEngine` takes in an arena. */
export function coordinatesBytes(graph: PoseGraph, { size }: BetweenFormulas, format: FP64 | FP32): number {
  const [n, m] = [graph.ids.length, graph.from.length];
  const inFormat = bytesFor(format, n * size) + bytesFor(format, m * size);
  return graph.dimension === 3 ? inFormat : inFormat + bytesFor(format, 2 * m) + bytesFor(fp64, n * 3) + bytesFor(fp64, m * 3);
}

/** @param from, to the graph's, in the arena. */
export function coordinatesEngine(
  graph: PoseGraph,
  formulas: BetweenFormulas,
  format: FP64 | FP32,
  arena: Arena,
  from: Int32Array,
  to: Int32Array,
): CoordinatesEngine {
  const [n, m] = [graph.ids.length, graph.from.length];
  const view = (length: number): Numbers => arena.uncleared(format.Storage as typeof Float64Array, length);
  const poses = view(n * formulas.size);
  const z = view(m * formulas.size);
  if (graph.dimension === 3) {
    z.set(graph.measurements);
    // Rounded by the array.
    const place = (x: Float64Array): void => poses.set(x);
    return { poses, z, turns: view(0), atAngles: place, atDirections: place };
  }
  const turns = view(2 * m);
  const wide = { poses: arena.uncleared(fp64, n * 3), z: arena.uncleared(fp64, m * 3) };
  const { place, angles, directions } = kernels(arena, planarKernels, format.name);
  const bytes = format.Storage.BYTES_PER_ELEMENT;
  const direction = new Float64Array(2);

  /** How many angles were beyond the kernel. */
  function placeAll(source: Float64Array, count: number, into: Numbers): number {
    let beyond = 0;
    for (let k = 0; k < count; k += ITEMS_A_CALL) {
      beyond += place(source.byteOffset + 24 * k, Math.min(ITEMS_A_CALL, count - k), into.byteOffset + 4 * bytes * k);
    }
    return beyond;
  }

  function coordinatesAt(x: Float64Array, count: number, source: Float64Array, into: Numbers): boolean {
    source.set(x);
    if (formulas.halfAngles) for (let k = 0; k < count; k++) source[3 * k + 2] *= 0.5;
    if (placeAll(source, count, into) === 0) return true;
    for (let k = 0; k < count; k++) formulas.coordinates(format, x, k * 3, into, k * formulas.size);
    return false;
  }

  function turnOf(x: Float64Array, edge: number): number {
    return formulas.turn!(format, x, graph.from[edge] * 3, graph.to[edge] * 3, graph.measurements, edge * 3);
  }

  /** False where an angle was beyond the kernel. */
  function turnAll(kernel: typeof angles, perTurn: 1 | 2): boolean {
    let beyond = 0;
    for (let e = 0; e < m; e += ITEMS_A_CALL) {
      const items = Math.min(ITEMS_A_CALL, m - e);
      const zAt = wide.z.byteOffset + 24 * e;
      const turnsAt = turns.byteOffset + perTurn * bytes * e;
      beyond += kernel(from.byteOffset + 4 * e, to.byteOffset + 4 * e, items, wide.poses.byteOffset, zAt, turnsAt);
    }
    return beyond === 0;
  }

  coordinatesAt(graph.measurements, m, wide.z, z);
  return {
    poses,
    z,
    turns,
    atAngles(x) {
      coordinatesAt(x, n, wide.poses, poses);
      if (formulas.turn === undefined || turnAll(angles, 1)) return;
      for (let edge = 0; edge < m; edge++) turns[edge] = turnOf(x, edge);
    },
    atDirections(x) {
      coordinatesAt(x, n, wide.poses, poses);
      if (formulas.turn === undefined || turnAll(directions, 2)) return;
      for (let edge = 0; edge < m; edge++) {
        writeCosSin(turnOf(x, edge), direction, 0);
        turns[2 * edge] = direction[0];
        turns[2 * edge + 1] = direction[1];
      }
    },
  };
}
