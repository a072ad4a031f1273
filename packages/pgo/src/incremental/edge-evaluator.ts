import { fp64 } from "@slam/float";
import { type ArenaPool, bytesFor, kernels } from "@slam/wasm";
import { upperSize } from "../between-formulas.ts";
import { betweenSe2 } from "../between-se2.ts";
import { betweenSe3 } from "../between-se3.ts";
import { jacobianKernel, residualKernel } from "../linearize.kernel.ts";
import { planarKernels } from "../planar.kernel.ts";

/** Edges of one call of the kernels. */
const BATCH = 128;

/** Where edges get their numbers from and where they leave them: rows by pose or by edge. */
interface EdgeArrays {
  readonly poses: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly measurements: Float64Array;
  /** W with W'W the information: upper triangles, row-major. */
  readonly whitening: Float64Array;
  /** W e */
  readonly residuals: Float64Array;
  /** W de/dxi of both ends, 2 dof x dof. */
  readonly jacobians: Float64Array;
}

/** Writes the residuals and Jacobians of the edges named, the first `count` of a list. */
export type EdgeEvaluator = (edges: Int32Array, count: number, arrays: EdgeArrays) => void;

/** g2o's error in fp64, with the bits that `PoseGraphProblem` gives it before scaling: some edges at a time go through its kernels. */
export function edgeEvaluator(dimension: 2 | 3, arenas: ArenaPool): EdgeEvaluator {
  const { formulas } = dimension === 2 ? betweenSe2 : betweenSe3;
  const { dof, size } = formulas;
  const poseSize = dimension === 2 ? 3 : 7;
  const upper = upperSize(dof);
  const square = dof * dof;
  const widths = [2 * poseSize, poseSize, 2 * size, size, 2, upper, dof, 2 * square];
  const arena = arenas.take(widths.reduce((sum, width) => sum + bytesFor(fp64, BATCH * width), 2 * bytesFor(Int32Array, BATCH)));
  const [poses, z, ofPoses, ofZ, turns, W, r, J] = widths.map((width) => arena.view(fp64, BATCH * width));
  const from = arena.view(Int32Array, BATCH);
  const to = arena.view(Int32Array, BATCH);
  for (let k = 0; k < BATCH; k++) {
    from[k] = 2 * k;
    to[k] = 2 * k + 1;
  }
  const at = (array: Float64Array | Int32Array): number => arena.address("edgeEvaluator", array);
  const [fromAt, toAt, posesAt, zAt, ofPosesAt, ofZAt] = [from, to, poses, z, ofPoses, ofZ].map(at);
  const [turnsAt, WAt, rAt, JAt] = [turns, W, r, J].map(at);
  const { residual } = kernels(arena, residualKernel, formulas, fp64.name);
  const { jacobian } = kernels(arena, jacobianKernel, formulas, fp64.name);
  const planar = dimension === 2 ? kernels(arena, planarKernels, fp64.name) : undefined;

  function gather(edges: Int32Array, begin: number, items: number, arrays: EdgeArrays): void {
    for (let k = 0; k < items; k++) {
      const e = edges[begin + k];
      copy(arrays.poses, arrays.from[e] * poseSize, poses, 2 * k * poseSize, poseSize);
      copy(arrays.poses, arrays.to[e] * poseSize, poses, (2 * k + 1) * poseSize, poseSize);
      copy(arrays.measurements, e * poseSize, z, k * poseSize, poseSize);
      copy(arrays.whitening, e * upper, W, k * upper, upper);
    }
  }

  /** The addresses of what the formulas take: in space the poses themselves, in the plane with cosines and sines. */
  function evaluate(items: number): void {
    if (planar === undefined) {
      residual(fromAt, toAt, items, posesAt, zAt, turnsAt, WAt, rAt);
      jacobian(fromAt, toAt, items, posesAt, zAt, turnsAt, WAt, fromAt, toAt, JAt);
      return;
    }
    planar.place(posesAt, 2 * items, ofPosesAt);
    planar.place(zAt, items, ofZAt);
    planar.angles(fromAt, toAt, items, posesAt, zAt, turnsAt);
    residual(fromAt, toAt, items, ofPosesAt, ofZAt, turnsAt, WAt, rAt);
    planar.directions(fromAt, toAt, items, posesAt, zAt, turnsAt);
    jacobian(fromAt, toAt, items, ofPosesAt, ofZAt, turnsAt, WAt, fromAt, toAt, JAt);
  }

  return (edges, count, arrays) => {
    for (let begin = 0; begin < count; begin += BATCH) {
      const items = Math.min(BATCH, count - begin);
      gather(edges, begin, items, arrays);
      evaluate(items);
      for (let k = 0; k < items; k++) {
        const e = edges[begin + k];
        copy(r, k * dof, arrays.residuals, e * dof, dof);
        copy(J, 2 * k * square, arrays.jacobians, 2 * e * square, 2 * square);
      }
    }
  };
}

function copy(source: Float64Array, from: number, target: Float64Array, to: number, length: number): void {
  for (let k = 0; k < length; k++) target[to + k] = source[from + k];
}
