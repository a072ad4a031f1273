// The kernels as the packages offer them that `slam bench` does not time, each as contestants of one group: what changes when an API does.
import { type Contestant, engineSpace, inNative, type Rig, timed } from "@slam/contests";
import { type AnyPrecision, type FP32, fp32, fp64, operationFormat } from "@slam/float";
import { analyzeCholesky, choleskyWorkspace, factorize } from "@slam/ichol";
import { PoseGraphProblem } from "@slam/pgo";
import {
  type BsrMatrix,
  normalProduct,
  normalSymbolic,
  packBsr,
  packedBsr,
  packedBytes,
  packedNormalBytes,
  packedValuesBytes,
  packNormal,
  valueCount,
} from "@slam/sparse";
import { Arena } from "@slam/wasm";
import { worldGraph } from "./world-graph.ts";

/** dot, axpy and x + beta y on two vectors that take so many megabytes together in fp32. */
export async function vectors(megabytes: number, { clock, native }: Rig): Promise<readonly Contestant[]> {
  const n = Math.ceil((megabytes * 1e6) / 8);
  const list: Contestant[] = [];
  for (const P of [fp32, fp64] as readonly AnyPrecision[]) {
    const bytes = P.Storage.BYTES_PER_ELEMENT;
    const space = engineSpace(new Arena(2 * bytes * n + 64), P);
    const [x, y] = [space.zeros(n).fill(1), space.zeros(n).fill(1)];
    const dot = { kernel: "x'y", format: P.name, bytes: 2 * bytes * n, flops: 2 * n };
    const axpy = { ...dot, kernel: "y + a x", bytes: 3 * bytes * n };
    list.push({ ...dot, by: "slam", run: timed(clock, () => space.dot(x, y)) });
    list.push({ ...axpy, by: "slam", run: timed(clock, () => space.axpy(2 ** -4, x, y)) });
    list.push({ ...axpy, kernel: "x + b y", by: "slam", run: timed(clock, () => space.xpby(x, 0.5, y)) });
    await native?.prepare(`dot ${P.name}`, n);
    await native?.prepare(`axpy ${P.name}`, n);
    list.push(...inNative(native, "dot", dot), ...inNative(native, "axpy", axpy));
  }
  return list;
}

/** Residuals and Jacobians of a world whose Jacobian takes so many megabytes in fp32, and what is made of the Jacobian. */
export function linearisation(dimension: 2 | 3, megabytes: number, { clock }: Rig): readonly Contestant[] {
  const dof = dimension === 2 ? 3 : 6;
  // About two edges of two blocks for each pose.
  const graph = worldGraph(dimension, Math.max(10, Math.round((megabytes * 1e6) / (16 * dof * dof))));
  const problem = new PoseGraphProblem(graph, [0]);
  const edges = graph.from.length;
  const r = new Float64Array(problem.rows);
  const list: Contestant[] = [];
  for (const P of [fp32, fp64] as readonly AnyPrecision[]) {
    const format = operationFormat(P);
    const bytes = P.Storage.BYTES_PER_ELEMENT;
    const { matrix } = problem.jacobian(graph.poses, format);
    const common = { format: P.name, by: "slam" } as const;
    // Poses and information are read once, and the result is written.
    const read = bytes * (graph.poses.length + edges * (dof * (dof + 1)));
    const residual = { kernel: "residual", bytes: read + bytes * edges * dof, flops: edges * (dof * (dof + 1) + 40) };
    const jacobian = {
      kernel: "Jacobian",
      bytes: read + bytes * valueCount(matrix.pattern),
      flops: edges * (2 * dof * dof * (dof + 1) + 100),
    };
    list.push({ ...common, ...residual, run: timed(clock, () => problem.residual(graph.poses, format, r)) });
    list.push({ ...common, ...jacobian, run: timed(clock, () => problem.jacobian(graph.poses, format)) });
    list.push(...normalEquations(matrix as BsrMatrix<FP32>, { clock }));
  }
  return list;
}

/** Column norms, scaling by columns and J'J of J in fp32 or fp64, in the types of the former. */
function normalEquations(matrix: BsrMatrix<FP32>, { clock }: Rig): readonly Contestant[] {
  const { pattern, format: P } = matrix;
  const symbolic = normalSymbolic(pattern);
  const values = valueCount(pattern);
  const cols = pattern.blockCols * pattern.c;
  const arena = new Arena(packedBytes(pattern, P) + packedValuesBytes(pattern, P) + packedNormalBytes(symbolic, P) + 32 * cols);
  const J = packBsr(matrix, arena);
  const scaled = packedBsr(J.structure, P);
  const product = packNormal(symbolic, P, arena);
  const [squares, scale] = [arena.view(Float64Array, cols), arena.view(Float64Array, cols).fill(0.5)];
  const events = { overflows: 0, flushed: 0 };
  const bytes = P.Storage.BYTES_PER_ELEMENT;
  const pairs = symbolic.target.reduce((sum, target) => sum + (target < 0 ? 0 : 1), 0);
  const common = { format: P.name, by: "slam" } as const;
  const norms = { kernel: "column norms", bytes: bytes * values, flops: 2 * values };
  const scaling = { kernel: "J diag(s)", bytes: 2 * bytes * values, flops: values };
  const normal = { kernel: "J'J", bytes: bytes * (values + valueCount(symbolic.pattern)), flops: 2 * pairs * pattern.r * pattern.c ** 2 };
  return [
    { ...common, ...norms, run: timed(clock, () => J.columnSquares(squares)) },
    { ...common, ...scaling, run: timed(clock, () => scaled.replaceScaled(J, scale, events)) },
    { ...common, ...normal, run: timed(clock, () => product.replaceProduct(J)) },
  ];
}

/** The numeric factorisation of J'J of a world of so many poses, ordered by AMD. */
export function factorisation(dimension: 2 | 3, poses: number, { clock }: Rig): readonly Contestant[] {
  const graph = worldGraph(dimension, poses);
  const problem = new PoseGraphProblem(graph, [0]);
  const list: Contestant[] = [];
  for (const P of [fp32, fp64] as readonly AnyPrecision[]) {
    const { matrix } = problem.jacobian(graph.poses, operationFormat(P));
    const H = normalProduct(normalSymbolic(matrix.pattern), matrix);
    const symbolic = analyzeCholesky(H.pattern);
    const workspace = choleskyWorkspace(symbolic, P);
    const bytes = P.Storage.BYTES_PER_ELEMENT * (symbolic.nonzeros + valueCount(H.pattern));
    const run = timed(clock, () => factorize(symbolic, H, { workspace }));
    list.push({ kernel: "L L' = H", format: P.name, by: "slam", bytes, flops: symbolic.flops, run });
  }
  return list;
}
