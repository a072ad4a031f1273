import { type AnyPrecision, fp32, fp64, operationFormat, type Storage } from "@slam/float";
import { analyzeCholesky, factorize, isFactor, triangularPreconditioner } from "@slam/ichol";
import { type BsrMatrix, type BsrPattern, valueCount } from "@slam/sparse";
import { Arena } from "@slam/wasm";
import { type Contestant, timed } from "./contest.ts";
import { engineSpace } from "./engine-space.ts";
import { FORMATS } from "./formats.ts";
import { inNative, type Rig } from "./native-kernels.ts";
import { bandPattern, filled } from "./patterns.ts";

/** M^-1 r with a factor in a band, of so many megabytes in fp32: forward and backward, permutations included. */
export async function triangularSolves(b: number, megabytes: number, { clock, native }: Rig): Promise<readonly Contestant[]> {
  const pattern = bandPattern(b, 16, megabytes);
  const symbolic = analyzeCholesky(pattern, { ordering: "natural" });
  const factor = factorize(symbolic, diagonallyDominant(pattern));
  if (!isFactor(factor)) throw new Error(`bug: pivot ${factor.pivot} in row ${factor.row}`);
  const n = pattern.blockRows * b;
  const list: Contestant[] = [];
  for (const P of FORMATS) {
    const space = engineSpace(new Arena(32 * n + 64), P === fp64 ? fp64 : fp32);
    const [r, z] = [space.zeros(n).fill(1), space.zeros(n)];
    const M = triangularPreconditioner(factor, operationFormat<AnyPrecision>(P), space);
    const bytes = 2 * (valueCount(pattern) * P.Storage.BYTES_PER_ELEMENT + 4 * pattern.colIdx.length + 2 * n * r.BYTES_PER_ELEMENT);
    const common = { kernel: "M^-1 r", format: P.name, bytes, flops: 4 * symbolic.nonzeros };
    list.push({ ...common, by: "slam", run: timed(clock, () => M.apply(r, z)) });
    await native?.prepare(`solves ${P.name}`, byColumns(pattern));
    list.push(...inNative(native, "solve", common));
  }
  return list;
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
