import { type AnyPrecision, type FP32, type FP64, fp64, type Storage } from "@slam/float";
import { type BsrMatrix, type BsrPattern, transposePattern, valueCount } from "@slam/sparse";
import { type ArenaPool, bytesFor, kernels, nameForModules } from "@slam/wasm";
import { isNumbers } from "../number-format.ts";
import { POSE_DOF } from "../unknowns.ts";
import { eliminatePointsKernel, TABLE } from "./eliminate-points.kernel.ts";
import {
  addPosesReference,
  backwardReference,
  eliminatePointsReference,
  FACTOR_SIZE,
  forwardReference,
  POINT,
  type PointMemory,
  type PointStructure,
  pointStructure,
  Y_SIZE,
} from "./eliminate-points.reference.ts";

nameForModules("ba", { eliminatePointsKernel });

/** Memory that the points of one J after another are eliminated in, and what eliminates them. */
export interface PointEliminator {
  readonly structure: PointStructure;
  /** n x n by rows, n = 6 poses; the lower triangle counts. */
  readonly S: Float64Array;
  /** D of points. */
  readonly damping: Float64Array;
  /** A vector in two parts: of poses, and of points. */
  readonly camera: Float64Array;
  readonly point: Float64Array;
  /** Takes the values of J = [poses, points]. */
  load(pose: BsrMatrix<AnyPrecision>, point: BsrMatrix<AnyPrecision>): void;
  /** The blocks on the diagonal of S += Jc'Jc of the first block rows, so many. */
  addPoses(rows: number): void;
  /** S -= W V^-1 W' of all points. @returns as `eliminatePointsReference`. */
  eliminate(): number;
  /** [camera; point] <- the inverse of the points' part of the lower factor times itself. */
  forward(): void;
  /** The same of its transpose, once the poses' part is solved for. */
  backward(): void;
}

/** The engine calls for so many at a time: it goes over to optimised code between calls only. */
const A_CALL = 1024;

/** On the engine where J is in fp64 or fp32; on the reference, with its bits, otherwise. */
export function newPointEliminator(pose: BsrPattern, point: BsrPattern, format: AnyPrecision, arenas: ArenaPool): PointEliminator {
  const structure = pointStructure(pose, transposePattern(point, arenas), arenas);
  return isNumbers(format) ? onEngine(structure, pose, point, format, arenas) : onReference(structure);
}

/** How long the vectors in fp64 are, all but J. */
function sizesOf({ poses, points, poseOf }: PointStructure) {
  const n = POSE_DOF * poses;
  return { damping: POINT * points, S: n * n, factors: FACTOR_SIZE * points, Y: Y_SIZE * poseOf.length, camera: n, x: POINT * points };
}

function onReference(structure: PointStructure): PointEliminator {
  const sizes = sizesOf(structure);
  const [damping, S, factors, Y, camera, x] = Object.values(sizes).map((n) => new Float64Array(n));
  const wide = ({ format, values }: BsrMatrix<AnyPrecision>): Float64Array =>
    Float64Array.from({ length: (values as Storage).length }, (_, k) => format.load(values as Storage, k));
  let memory: PointMemory = { pose: new Float64Array(0), point: new Float64Array(0), damping, S, factors, Y };
  return {
    structure,
    S,
    damping,
    camera,
    point: x,
    load(pose, point) {
      memory = { ...memory, pose: wide(pose), point: wide(point) };
    },
    addPoses: (rows) => addPosesReference(structure, memory, 0, rows),
    eliminate: () => eliminatePointsReference(structure, memory, 0, structure.points),
    forward: () => forwardReference(structure, memory, camera, x),
    backward: () => backwardReference(structure, memory, camera, x),
  };
}

function onEngine(structure: PointStructure, pose: BsrPattern, point: BsrPattern, format: FP64 | FP32, arenas: ArenaPool): PointEliminator {
  const { r, poses, points, ptr, rows, pointBlock, poseBlock, poseOf } = structure;
  const integers = { ptr, rows, pointBlock, poseBlock, poseOf };
  const ofJ = { pose: valueCount(pose), point: valueCount(point) };
  const sizes = sizesOf(structure);
  const bytes = (of: Parameters<typeof bytesFor>[0], lengths: readonly number[]): number =>
    lengths.reduce((sum, n) => sum + bytesFor(of, n), 0);
  const ofIntegers = [...Object.values(integers).map(({ length }) => length), TABLE.length];
  const arena = arenas.take(bytes(Int32Array, ofIntegers) + bytes(format, Object.values(ofJ)) + bytes(fp64, Object.values(sizes)));
  const views = {
    ...mapped(integers, (array) => arena.copy(array)),
    ...mapped(ofJ, (n) => arena.view<AnyPrecision>(format, n) as unknown as Float64Array),
    ...mapped(sizes, (n) => arena.view(fp64, n) as Float64Array),
  };
  const table = arena.view(Int32Array, TABLE.length);
  table.set(TABLE.map((name) => views[name].byteOffset));
  const kernel = kernels(arena, eliminatePointsKernel, r, format.name);
  const at = table.byteOffset;
  const n = POSE_DOF * poses;
  return {
    structure,
    S: views.S,
    damping: views.damping,
    camera: views.camera,
    point: views.x,
    load(ofPoses, ofPoints) {
      views.pose.set(ofPoses.values as unknown as Float64Array);
      views.point.set(ofPoints.values as unknown as Float64Array);
    },
    addPoses(count) {
      for (let first = 0; first < count; first += A_CALL) kernel.addPoses(at, n, first, Math.min(first + A_CALL, count));
    },
    eliminate() {
      for (let first = 0; first < points; first += A_CALL) {
        const bad = kernel.eliminate(at, n, first, Math.min(first + A_CALL, points));
        if (bad >= 0) return bad;
      }
      return -1;
    },
    forward() {
      for (let first = 0; first < points; first += A_CALL) kernel.forward(at, first, Math.min(first + A_CALL, points));
    },
    backward() {
      for (let first = 0; first < points; first += A_CALL) kernel.backward(at, first, Math.min(first + A_CALL, points));
    },
  };
}

function mapped<K extends string, A, B>(values: { readonly [key in K]: A }, to: (value: A) => B): { readonly [key in K]: B } {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, to(value as A)])) as { readonly [key in K]: B };
}
