import { type FP32, fp32, fp64 } from "@slam/float";
import type { LinearOperator } from "@slam/linop";
import { bsrOperator, packBsr, packedBytes, valueCount } from "@slam/sparse";
import { Arena } from "@slam/wasm";
import { type Contestant, timed } from "./contest.ts";
import { engineSpace } from "./engine-space.ts";
import { FORMATS } from "./formats.ts";
import { checkSum, inNative, type Rig } from "./native-kernels.ts";
import { filled, jacobianPattern, type Shape } from "./patterns.ts";

/** J x, J'r and J'J x in one pass, J of so many megabytes in fp32. @throws Error where the sums of the results differ. */
export async function products(shape: Shape, megabytes: number, { clock, native }: Rig): Promise<readonly Contestant[]> {
  const pattern = jacobianPattern(shape, megabytes);
  const list: Contestant[] = [];
  for (const P of FORMATS) {
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
    list.push({ ...forward, by: "slam", run: timed(clock, () => A.multiply(x, y)) });
    list.push({ ...transposed, by: "slam", run: timed(clock, () => A.multiplyTransposed(r, z)) });
    const { multiplyNormal } = A;
    if (multiplyNormal !== undefined) {
      const fused = { ...forward, kernel: "J'J x", bytes: bytes + A.cols * V.Storage.BYTES_PER_ELEMENT, flops: 4 * entries };
      list.push({ ...fused, by: "slam", run: timed(clock, () => multiplyNormal.call(A, x, y, z)) });
    }
    await native?.prepare(`products ${P.name}`, pattern);
    list.push(...inNative(native, "multiply", forward), ...inNative(native, "multiplyTransposed", transposed));
    A.multiply(x, y);
    A.multiplyTransposed(r, z);
    await checkSum(native, "multiply", P, y);
    await checkSum(native, "multiplyTransposed", P, z);
  }
  return list;
}
