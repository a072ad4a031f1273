import { atan2, cos, fp64, operationFormat, sin } from "@slam/float";
import { nearestRotation, so3, symmetricEigen } from "@slam/lie";
import { bsrMatrix } from "@slam/sparse";
import { edgeBlocks } from "../edge-blocks.ts";
import { informationMatrix, type PoseGraph, poseDof } from "../graph.ts";
import { PoseGraphProblem } from "../problem.ts";
import { spanningTree } from "./chain.ts";
import { leastSquares } from "./least-squares.ts";

const EXACT = operationFormat(fp64);

/**
 * Rotations by the chordal relaxation min sum |(Rj - Ri Rij) Lambda^(1/2)|^2 over matrices, each then replaced by the nearest rotation; translations by
 * linear least squares with the full information for these rotations. Lambda = tr(W)/2 I - W for the rotation block W of the information, which
 * makes the cost right to first order in the error's angle; its eigenvalues are held above 1e-6 tr(W).
 *
 * @param held poses that keep their estimates; at least one in each component.
 * @see Carlone, Tron, Daniilidis and Dellaert, Initialization techniques for 3D SLAM, ICRA 2015.
 */
export function chordal(graph: PoseGraph, held: readonly number[]): Float64Array {
  const problem = new PoseGraphProblem(graph, held);
  const poses = spanningTree(graph, held);
  relaxRotations(graph, problem.column, poses);
  return relaxTranslations(graph, problem, poses);
}

function relaxRotations(graph: PoseGraph, column: Int32Array, poses: Float64Array): void {
  const d = graph.dimension;
  const { pattern, ofFrom, ofTo } = edgeBlocks(graph, column, d, d);
  const matrix = bsrMatrix(pattern, fp64);
  // One right side for each row of the rotations: row k of Rj = row k of Ri times Rij.
  const b = Array.from({ length: d }, () => new Float64Array(pattern.blockRows * d));
  for (let e = 0; e < pattern.blockRows; e++) {
    const root = rotationWeight(graph, e);
    const atFrom = product(d, root, transposed(d, rotationOf(graph, graph.measurements, e))).map((x) => -x);
    const ends = [
      { pose: graph.from[e], block: ofFrom[e], values: atFrom },
      { pose: graph.to[e], block: ofTo[e], values: root },
    ];
    for (const { pose, block, values } of ends) {
      if (block >= 0) matrix.values.set(values, block * d * d);
      else {
        const R = rotationOf(graph, poses, pose);
        for (let k = 0; k < d; k++) {
          for (let a = 0; a < d; a++) for (let c = 0; c < d; c++) b[k][e * d + a] -= values[a * d + c] * R[k * d + c];
        }
      }
    }
  }
  const rows = leastSquares(matrix, b);
  for (let pose = 0; pose < column.length; pose++) {
    const at = column[pose] * d;
    if (at < 0) continue;
    const M = Float64Array.from({ length: d * d }, (_, k) => rows[Math.floor(k / d)][at + (k % d)]);
    if (d === 2) poses[pose * 3 + 2] = atan2(M[2] - M[1], M[0] + M[3]);
    else nearestRotation(M, 0, poses, pose * 7 + 3);
  }
}

/** Lambda^(1/2), d x d, symmetric. */
function rotationWeight(graph: PoseGraph, e: number): Float64Array {
  const dof = poseDof(graph);
  const d = graph.dimension;
  const information = informationMatrix(graph, e);
  if (d === 2) {
    const w = Math.sqrt(Math.max(information[8], 0));
    return Float64Array.of(w, 0, 0, w);
  }
  const W = Float64Array.from({ length: 9 }, (_, k) => information[(3 + Math.floor(k / 3)) * dof + 3 + (k % 3)]);
  const trace = W[0] + W[4] + W[8];
  const { values, vectors } = symmetricEigen(
    3,
    W.map((w, k) => (k % 4 === 0 ? trace / 2 : 0) - w),
  );
  const roots = values.map((value) => Math.sqrt(Math.max(value, 1e-6 * trace, 0)));
  return product(
    3,
    vectors.map((v, k) => v * roots[k % 3]),
    transposed(3, vectors),
  );
}

/** Given the rotations, the residual is affine in the translations: one linear least-squares step in the Jacobian's columns of translation. */
function relaxTranslations(graph: PoseGraph, problem: PoseGraphProblem, poses: Float64Array): Float64Array {
  const d = graph.dimension;
  const dof = poseDof(graph);
  const J = problem.jacobian(poses, EXACT).wide;
  const matrix = bsrMatrix({ ...J.pattern, c: d }, fp64);
  for (let row = 0; row < J.values.length / dof; row++) {
    for (let a = 0; a < d; a++) matrix.values[row * d + a] = J.values[row * dof + a];
  }
  const r = new Float64Array(problem.rows);
  problem.residual(poses, EXACT, r);
  const [rho] = leastSquares(matrix, [r.map((x) => -x)]);
  const dx = new Float64Array(problem.cols);
  for (let k = 0; k < rho.length; k++) dx[Math.floor(k / d) * dof + (k % d)] = rho[k];
  return problem.retract(poses, dx, EXACT);
}

function rotationOf(graph: PoseGraph, poses: Float64Array, k: number): Float64Array {
  if (graph.dimension === 2) {
    const theta = poses[3 * k + 2];
    return Float64Array.of(cos(theta), -sin(theta), sin(theta), cos(theta));
  }
  const R = new Float64Array(9);
  so3.toMatrix(poses, 7 * k + 3, R, 0);
  return R;
}

function product(n: number, X: Float64Array, Y: Float64Array): Float64Array {
  const Z = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) Z[i * n + j] += X[i * n + k] * Y[k * n + j];
  return Z;
}

function transposed(n: number, X: Float64Array): Float64Array {
  return X.map((_, at) => X[(at % n) * n + Math.floor(at / n)]);
}
