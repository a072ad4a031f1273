import { type Contestant, compete, median, pairedRatio, products, type Rig, type Timing, triad, triangularSolves } from "@slam/contests";
import type { BenchControl, BenchJob, KernelFigure } from "./bench-job.ts";

/** Blocks as edges in space have them, two in a row. */
const EDGES = { r: 6, c: 6, pair: true } as const;

/** Of the processor, all threads together: the others sleep. */
const RIG: Rig = {
  clock: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
};

/** Products with J and triangular solves in every format, beside the triad, in each size. */
export async function benchKernels({ rounds, megabytes }: BenchJob, { isStopped, tell }: BenchControl): Promise<void> {
  for (const mb of megabytes) {
    for (const [name, contestants] of [
      ["products with J", () => products(EDGES, mb, RIG)],
      ["triangular solves", () => triangularSolves(EDGES.r, mb, RIG)],
    ] as const) {
      if (isStopped()) return;
      tell({ kind: "begins", what: `${name}, ${mb} MB in fp32` });
      const figures = await timeOne(await triad(mb, RIG), await contestants(), rounds, mb, isStopped);
      if (figures !== undefined) tell({ kind: "kernels", figures });
    }
  }
}

/** @returns undefined where it is stopped. */
async function timeOne(
  triads: readonly Contestant[],
  contestants: readonly Contestant[],
  rounds: number,
  megabytes: number,
  isStopped: () => boolean,
): Promise<readonly KernelFigure[] | undefined> {
  const timings = await compete([...triads, ...contestants], rounds, isStopped);
  return isStopped() ? undefined : kernelFigures(timings, megabytes);
}

/** @param timings of the triad, and of each kernel in fp32 besides. */
export function kernelFigures(timings: readonly Timing[], megabytes: number): readonly KernelFigure[] {
  const secondsOf = (kernel: string): Timing =>
    timings.find(({ contestant }) => contestant.kernel === kernel && contestant.format === "fp32")!;
  const stream = secondsOf("triad");
  return timings.map(({ contestant: { kernel, format, bytes }, seconds }) => ({
    kernel,
    megabytes,
    format,
    milliseconds: 1e3 * median(seconds),
    gigabytesPerSecond: bytes / median(seconds) / 1e9,
    ofTriad: (bytes / stream.contestant.bytes) * pairedRatio(stream.seconds, seconds),
    ofFp32: pairedRatio(seconds, secondsOf(kernel).seconds),
  }));
}
