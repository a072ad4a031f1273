import { fp32 } from "@slam/float";
import { Arena, kernels } from "@slam/wasm";
import { type Contestant, timed } from "./contest.ts";
import { inNative, type Rig } from "./native-kernels.ts";
import { triadKernel } from "./triad.kernel.ts";

/** The triad of three vectors that take so many megabytes together. */
export async function triad(megabytes: number, { clock, native }: Rig): Promise<readonly Contestant[]> {
  const n = Math.ceil((megabytes * 1e6) / 12 / 16) * 16;
  const arena = new Arena(12 * n + 64);
  const [x, y, z] = [0, 1, 2].map(() => arena.address("triad", arena.view(fp32, n).fill(1)));
  const run = kernels(arena, triadKernel);
  const common = { kernel: "triad", format: "fp32", bytes: 12 * n, flops: 2 * n } as const;
  await native?.prepare("triad", megabytes);
  return [{ ...common, by: "slam", run: timed(clock, () => run.triad(x, y, z, n)) }, ...inNative(native, "triad", common)];
}
