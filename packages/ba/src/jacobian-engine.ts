import { type FP32, type FP64, fp64 } from "@slam/float";
import type { BsrPattern } from "@slam/sparse";
import { type ArenaPool, bytesFor, kernels } from "@slam/wasm";
import type { Bundle } from "./bundle.ts";
import { jacobianKernel, TABLE } from "./jacobian.kernel.ts";
import { type BundleJacobian, jacobianArena, jacobianBytes } from "./jacobian.ts";
import type { Observer } from "./observer.ts";
import type { Group } from "./unknowns.ts";

/** A Jacobian in memory of its own, and what evaluates it there. */
export interface Evaluated {
  readonly J: BundleJacobian;
  /** J <- that of the point x that the observer has moved to. */
  evaluate(observer: Observer, x: Float64Array): void;
}

/** Observations of a call: the engine goes over to optimised code between calls only. */
const OBSERVATIONS_A_CALL = 1024;

/** By a kernel, which the bundle's camera model has formulas for. */
export function jacobianEngine(
  bundle: Bundle,
  groups: readonly Group[],
  patterns: readonly BsrPattern[],
  format: FP64 | FP32,
  arenas: ArenaPool,
): Evaluated {
  const { model, camera, point, intrinsicsOf, poses, intrinsics, points } = bundle;
  const integers = { camera, point, lensOf: intrinsicsOf };
  const rotationsLength = 9 * intrinsicsOf.length;
  const xLength = poses.length + intrinsics.length + points.length;
  const tableLength = TABLE.length + 2 * groups.length;
  const arena = arenas.take(
    jacobianBytes(patterns, format) +
      bytesFor(fp64, xLength) +
      bytesFor(fp64, rotationsLength) +
      [camera.length, point.length, intrinsicsOf.length, tableLength].reduce((sum, n) => sum + bytesFor(Int32Array, n), 0),
  );
  const { J, packed } = jacobianArena(patterns, format, arena);
  const x = arena.view(fp64, xLength) as Float64Array;
  const rotations = arena.view(fp64, rotationsLength) as Float64Array;
  const copied = Object.fromEntries(
    Object.entries(integers).map(([name, array]) => {
      const copy = arena.view(Int32Array, array.length);
      copy.set(array);
      return [name, copy.byteOffset];
    }),
  );
  const lenses = x.byteOffset + 8 * poses.length;
  const addresses: { readonly [name: string]: number } = {
    ...copied,
    poses: x.byteOffset,
    rotations: rotations.byteOffset,
    lenses,
    points: lenses + 8 * intrinsics.length,
  };
  const table = arena.view(Int32Array, tableLength);
  table.set([
    ...TABLE.map((name) => addresses[name]),
    ...packed.flatMap(({ structure, values }) => [structure.rowPtr.byteOffset, (values as unknown as Float64Array).byteOffset]),
  ]);
  const names = groups.map(({ name }) => name).join(" ");
  return {
    J,
    evaluate(observer, at) {
      x.set(at);
      rotations.set(observer.rotations);
      const { jacobian } = kernels(arena, jacobianKernel, model, names, format.name);
      for (let first = 0; first < camera.length; first += OBSERVATIONS_A_CALL) {
        jacobian(table.byteOffset, first, Math.min(first + OBSERVATIONS_A_CALL, camera.length));
      }
    },
  };
}
