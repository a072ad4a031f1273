import { median, triadKernel } from "@slam/contests";
import { fp32 } from "@slam/float";
import { Arena, kernels } from "@slam/wasm";

const TURNS = 9;

/** GB/s of STREAM's triad in WebAssembly on three vectors that take so many megabytes together. */
export function triadBandwidth(megabytes: number): number {
  const n = Math.ceil((megabytes * 1e6) / 12 / 16) * 16;
  const arena = new Arena(12 * n + 64);
  const [x, y, z] = [0, 1, 2].map(() => arena.address("triad", arena.view(fp32, n).fill(1)));
  const { triad } = kernels(arena, triadKernel);
  const seconds = Array.from({ length: TURNS + 2 }, () => {
    const began = performance.now();
    triad(x, y, z, n);
    return (performance.now() - began) / 1000;
  });
  // The first two are of code that is not optimised yet.
  return (12 * n) / median(seconds.slice(2)) / 1e9;
}
