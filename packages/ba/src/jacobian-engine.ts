import { pinhole, rgbd, snavely, stereo } from "@slam/camera";
import { type FP32, type FP64, fp64 } from "@slam/float";
import type { BsrPattern } from "@slam/sparse";
import { type ArenaPool, bytesFor, kernels, nameForModules } from "@slam/wasm";
import type { Anchors } from "./anchors.ts";
import type { Bundle } from "./bundle.ts";
import { jacobianKernel, PART, TABLE } from "./jacobian.kernel.ts";
import { type BundleJacobian, jacobianArena, jacobianBytes } from "./jacobian.ts";
import type { Observer } from "./observer.ts";
import { type Group, placeOf } from "./unknowns.ts";

nameForModules("ba", { jacobianKernel });
// @slam/camera knows of no modules. What tells a model is the object: another of the same name, or with the same formulas, has no name here.
nameForModules("camera", { pinhole, rgbd, snavely, stereo });

/** A Jacobian in memory of its own, and what evaluates it there. */
export interface Evaluated {
  readonly J: BundleJacobian;
  /** J <- that of the point x that the observer has moved to. */
  evaluate(observer: Observer, x: Float64Array): void;
}

/** Observations of a call: the engine goes over to optimised code between calls only. */
const OBSERVATIONS_A_CALL = 1024;

/** What a Jacobian is of. */
export interface Linearised {
  readonly bundle: Bundle;
  readonly groups: readonly Group[];
  readonly patterns: readonly BsrPattern[];
  /** Of landmarks by inverse depth. */
  readonly anchors: Anchors | undefined;
}

/** By a kernel, which the bundle's camera model has formulas for. */
export function jacobianEngine({ bundle, groups, patterns, anchors }: Linearised, format: FP64 | FP32, arenas: ArenaPool): Evaluated {
  const { model, camera, point, intrinsicsOf, poses, intrinsics, points } = bundle;
  const blocks = groups.map((group, k) => blocksOf(group, patterns[k]));
  const integers = [camera, point, intrinsicsOf, ...(anchors ? [anchors.camera] : []), ...blocks.flatMap(({ own, other }) => [own, other])];
  const rotationsLength = 9 * intrinsicsOf.length;
  const xLength = poses.length + intrinsics.length + points.length;
  const sidesLength = anchors?.side.length ?? 0;
  const tableLength = TABLE.length + PART.length * groups.length;
  const arena = arenas.take(
    jacobianBytes(patterns, format) +
      [xLength, rotationsLength, sidesLength].reduce((sum, n) => sum + bytesFor(fp64, n), 0) +
      [...integers.map(({ length }) => length), tableLength].reduce((sum, n) => sum + bytesFor(Int32Array, n), 0),
  );
  const { J, packed } = jacobianArena(patterns, format, arena);
  const [x, rotations, sides] = [xLength, rotationsLength, sidesLength].map((n) => arena.view(fp64, n) as Float64Array);
  if (anchors) sides.set(anchors.side);
  const copied = new Map(integers.map((array) => [array, arena.copy(array).byteOffset]));
  const lenses = x.byteOffset + 8 * poses.length;
  const addresses = {
    camera: copied.get(camera)!,
    point: copied.get(point)!,
    lensOf: copied.get(intrinsicsOf)!,
    poses: x.byteOffset,
    rotations: rotations.byteOffset,
    lenses,
    points: lenses + 8 * intrinsics.length,
    anchors: (anchors && copied.get(anchors.camera)) ?? 0,
    sides: sides.byteOffset,
  };
  const table = arena.view(Int32Array, tableLength);
  table.set([
    ...TABLE.map((name) => addresses[name]),
    ...packed.flatMap(({ structure, values }, k) => [
      structure.rowPtr.byteOffset,
      (values as unknown as Float64Array).byteOffset,
      copied.get(blocks[k].own)!,
      copied.get(blocks[k].other)!,
    ]),
  ]);
  const names = groups.map(({ name }) => name).join(" ");
  const landmarks = anchors ? "inverse-depth" : "position";
  return {
    J,
    evaluate(observer, at) {
      x.set(at);
      rotations.set(observer.rotations);
      const { jacobian } = kernels(arena, jacobianKernel, model, names, format.name, landmarks);
      for (let first = 0; first < camera.length; first += OBSERVATIONS_A_CALL) {
        jacobian(table.byteOffset, first, Math.min(first + OBSERVATIONS_A_CALL, camera.length));
      }
    },
  };
}

/** The block of each observation by a group's variable and that by its other, -1 for none; of a group that has no others nothing, one block a row being found by rowPtr. */
function blocksOf({ variable, column, other }: Group, { rowPtr }: BsrPattern): { readonly own: Int32Array; readonly other: Int32Array } {
  if (other === undefined) return { own: new Int32Array(0), other: new Int32Array(0) };
  const columns = [variable, other].map((variables) => variables.map((v) => (v < 0 ? -1 : column[v])));
  const blocks = (these: Int32Array, those: Int32Array): Int32Array => these.map((k, i) => (k < 0 ? -1 : rowPtr[i] + placeOf(k, those[i])));
  return { own: blocks(columns[0], columns[1]), other: blocks(columns[1], columns[0]) };
}
