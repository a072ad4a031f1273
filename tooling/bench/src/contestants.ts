// The kernels as the packages offer them, each as contestants of one group: what changes when an API does.
import { type AnyPrecision, bf16, type FP32, fp16, fp32, fp64, operationFormat, type Storage } from "@slam/float";
import { analyzeCholesky, choleskyWorkspace, factorize, isFactor, triangularPreconditioner } from "@slam/ichol";
import { type LinearOperator, type SpaceCounters, type VectorSpace, Work } from "@slam/linop";
import { PoseGraphProblem } from "@slam/pgo";
import {
  type BsrMatrix,
  type BsrPattern,
  bsrOperator,
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
import { Arena, arenaSpace, kernels } from "@slam/wasm";
import type { CKernels } from "./c-kernels.ts";
import { type Contestant, timed } from "./contest.ts";
import { bandPattern, filled, jacobianPattern, type Shape, worldGraph } from "./patterns.ts";
import { triadKernel } from "./triad.kernel.ts";

const formats: readonly AnyPrecision[] = [fp32, fp64, fp16, bf16];

/** The triad of three vectors that take so many megabytes together. */
export async function triad(megabytes: number, c: CKernels | undefined): Promise<readonly Contestant[]> {
  const n = Math.ceil((megabytes * 1e6) / 12 / 16) * 16;
  const arena = new Arena(12 * n + 64);
  const [x, y, z] = [0, 1, 2].map(() => arena.address("triad", arena.view(fp32, n).fill(1)));
  const run = kernels(arena, triadKernel);
  const common = { kernel: "triad", format: "fp32", bytes: 12 * n, flops: 2 * n } as const;
  await c?.prepare("triad", megabytes);
  return [{ ...common, by: "slam", run: timed(() => run.triad(x, y, z, n)) }, ...inC(c, "triad", common)];
}

/** dot, axpy and x + beta y on two vectors that take so many megabytes together in fp32. */
export async function vectors(megabytes: number, c: CKernels | undefined): Promise<readonly Contestant[]> {
  const n = Math.ceil((megabytes * 1e6) / 8);
  const list: Contestant[] = [];
  for (const P of [fp32, fp64] as readonly AnyPrecision[]) {
    const bytes = P.Storage.BYTES_PER_ELEMENT;
    const space = engineSpace(new Arena(2 * bytes * n + 64), P);
    const [x, y] = [space.zeros(n).fill(1), space.zeros(n).fill(1)];
    const dot = { kernel: "x'y", format: P.name, bytes: 2 * bytes * n, flops: 2 * n };
    const axpy = { ...dot, kernel: "y + a x", bytes: 3 * bytes * n };
    list.push({ ...dot, by: "slam", run: timed(() => space.dot(x, y)) });
    list.push({ ...axpy, by: "slam", run: timed(() => space.axpy(2 ** -4, x, y)) });
    list.push({ ...axpy, kernel: "x + b y", by: "slam", run: timed(() => space.xpby(x, 0.5, y)) });
    await c?.prepare(`dot ${P.name}`, n);
    await c?.prepare(`axpy ${P.name}`, n);
    list.push(...inC(c, "dot", dot), ...inC(c, "axpy", axpy));
  }
  return list;
}

/** J x and J'r, J of so many megabytes in fp32. @throws Error where the sums of the results differ. */
export async function products(shape: Shape, megabytes: number, c: CKernels | undefined): Promise<readonly Contestant[]> {
  const pattern = jacobianPattern(shape, megabytes);
  const list: Contestant[] = [];
  for (const P of formats) {
    const V = P === fp64 ? fp64 : fp32;
    const vectorBytes = V.Storage.BYTES_PER_ELEMENT * (pattern.blockRows * pattern.r + pattern.blockCols * pattern.c);
    const arena = new Arena(packedBytes(pattern, P) + 2 * vectorBytes + 4096);
    const A = bsrOperator(packBsr(filled(pattern, P), arena), engineSpace(arena, V)) as LinearOperator<FP32>;
    const [x, r] = [A.space.zeros(A.cols).fill(1), A.space.zeros(A.rows).fill(1)];
    const [y, z] = [A.space.zeros(A.rows), A.space.zeros(A.cols)];
    const entries = valueCount(pattern);
    const bytes = entries * P.Storage.BYTES_PER_ELEMENT + 4 * pattern.colIdx.length + vectorBytes;
    const forward = { kernel: "J x", format: P.name, bytes, flops: 2 * entries };
    const transposed = { ...forward, kernel: "J'r" };
    list.push({ ...forward, by: "slam", run: timed(() => A.multiply(x, y)) });
    list.push({ ...transposed, by: "slam", run: timed(() => A.multiplyTransposed(r, z)) });
    await c?.prepare(`products ${P.name}`, pattern);
    list.push(...inC(c, "multiply", forward), ...inC(c, "multiplyTransposed", transposed));
    A.multiply(x, y);
    A.multiplyTransposed(r, z);
    await checkSum(c, "multiply", P, y);
    await checkSum(c, "multiplyTransposed", P, z);
  }
  return list;
}

/** M^-1 r with a factor in a band, of so many megabytes in fp32: forward and backward, permutations included. */
export async function solves(b: number, megabytes: number, c: CKernels | undefined): Promise<readonly Contestant[]> {
  const pattern = bandPattern(b, 16, megabytes);
  const symbolic = analyzeCholesky(pattern, { ordering: "natural" });
  const factor = factorize(symbolic, diagonallyDominant(pattern));
  if (!isFactor(factor)) throw new Error(`bug: pivot ${factor.pivot} in row ${factor.row}`);
  const n = pattern.blockRows * b;
  const list: Contestant[] = [];
  for (const P of formats) {
    const space = engineSpace(new Arena(32 * n + 64), P === fp64 ? fp64 : fp32);
    const [r, z] = [space.zeros(n).fill(1), space.zeros(n)];
    const M = triangularPreconditioner(factor, operationFormat<AnyPrecision>(P), space);
    const bytes = 2 * (valueCount(pattern) * P.Storage.BYTES_PER_ELEMENT + 4 * pattern.colIdx.length + 2 * n * r.BYTES_PER_ELEMENT);
    const common = { kernel: "M^-1 r", format: P.name, bytes, flops: 4 * symbolic.nonzeros };
    list.push({ ...common, by: "slam", run: timed(() => M.apply(r, z)) });
    await c?.prepare(`solves ${P.name}`, byColumns(pattern));
    list.push(...inC(c, "solve", common));
  }
  return list;
}

/** Residuals and Jacobians of a world whose Jacobian takes so many megabytes in fp32, and what is made of the Jacobian. */
export function linearisation(dimension: 2 | 3, megabytes: number): readonly Contestant[] {
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
    list.push({ ...common, ...residual, run: timed(() => problem.residual(graph.poses, format, r)) });
    list.push({ ...common, ...jacobian, run: timed(() => problem.jacobian(graph.poses, format)) });
    list.push(...normalEquations(matrix as BsrMatrix<FP32>));
  }
  return list;
}

/** Column norms, scaling by columns and J'J of J in fp32 or fp64, in the types of the former. */
function normalEquations(matrix: BsrMatrix<FP32>): readonly Contestant[] {
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
    { ...common, ...norms, run: timed(() => J.columnSquares(squares)) },
    { ...common, ...scaling, run: timed(() => scaled.replaceScaled(J, scale, events)) },
    { ...common, ...normal, run: timed(() => product.replaceProduct(J)) },
  ];
}

/** The numeric factorisation of J'J of a world of so many poses, ordered by AMD. */
export function factorisation(dimension: 2 | 3, poses: number): readonly Contestant[] {
  const graph = worldGraph(dimension, poses);
  const problem = new PoseGraphProblem(graph, [0]);
  const list: Contestant[] = [];
  for (const P of [fp32, fp64] as readonly AnyPrecision[]) {
    const { matrix } = problem.jacobian(graph.poses, operationFormat(P));
    const H = normalProduct(normalSymbolic(matrix.pattern), matrix);
    const symbolic = analyzeCholesky(H.pattern);
    const workspace = choleskyWorkspace(symbolic, P);
    const bytes = P.Storage.BYTES_PER_ELEMENT * (symbolic.nonzeros + valueCount(H.pattern));
    const run = timed(() => factorize(symbolic, H, { workspace }));
    list.push({ kernel: "L L' = H", format: P.name, by: "slam", bytes, flops: symbolic.flops, run });
  }
  return list;
}

/** The kernel in C as a contestant, where there is one. */
function inC(c: CKernels | undefined, kernel: string, common: Omit<Contestant, "by" | "run">): readonly Contestant[] {
  if (c === undefined) return [];
  return [{ ...common, by: "C", run: (repeats) => c.seconds(kernel, common.format, repeats) }];
}

async function checkSum(c: CKernels | undefined, kernel: string, P: AnyPrecision, y: Iterable<number>): Promise<void> {
  if (c === undefined) return;
  let sum = 0;
  for (const value of y) sum += value;
  const other = await c.sum(kernel, P.name);
  if (sum !== other) throw new Error(`${kernel} ${P.name}: the sum is ${sum} here and ${other} in C`);
}

/** Of blocks near 0, and 4 on the diagonal. */
function diagonallyDominant(pattern: BsrPattern): BsrMatrix<AnyPrecision> {
  const A = filled(pattern, fp64);
  const values = A.values as Storage;
  const { r, rowPtr } = pattern;
  for (let k = 0; k < values.length; k++) values[k] /= 256;
  for (let i = 0; i < pattern.blockRows; i++) {
    const at = (rowPtr[i + 1] - 1) * r * r;
    for (let k = 0; k < r * r; k++) values[at + k] = k % (r + 1) === 0 ? 4 : 0;
  }
  return A;
}

/** A band's lower triangle by block columns. */
function byColumns(pattern: BsrPattern): BsrPattern {
  const n = pattern.blockRows;
  const width = n > 1 ? pattern.rowPtr[n] - pattern.rowPtr[n - 1] - 1 : 0;
  const rowPtr = new Int32Array(n + 1);
  for (let j = 0; j < n; j++) rowPtr[j + 1] = rowPtr[j] + Math.min(width, n - 1 - j) + 1;
  const colIdx = new Int32Array(rowPtr[n]);
  for (let j = 0, k = 0; j < n; j++) for (let i = j; i <= Math.min(n - 1, j + width); i++) colIdx[k++] = i;
  return { ...pattern, rowPtr, colIdx };
}

/** The engine's space for fp64 or fp32, in the types of the latter. */
function engineSpace(arena: Arena, P: AnyPrecision): VectorSpace<FP32> {
  const counters: SpaceCounters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
  return arenaSpace(arena, operationFormat(P as FP32), counters);
}
