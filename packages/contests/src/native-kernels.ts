import type { AnyPrecision } from "@slam/float";
import type { BsrPattern } from "@slam/sparse";
import type { Contestant } from "./contest.ts";

/** Kernels of another make, to compete with. */
export interface NativeKernels {
  /** "products fp32" and the like, with the size or the pattern: of a matrix by block rows, of L by block columns. */
  prepare(what: string, argument: number | BsrPattern): Promise<void>;
  seconds(kernel: string, format: string, repeats: number): Promise<number>;
  /** The sum of what a kernel computes. */
  sum(kernel: string, format: string): Promise<number>;
}

/** What contestants are timed by, and who competes besides. */
export interface Rig {
  /** Seconds, of the processor's time where the host can tell. */
  readonly clock: () => number;
  readonly native?: NativeKernels | undefined;
}

/** The kernel in C as a contestant, where there is one. */
export function inNative(native: NativeKernels | undefined, kernel: string, common: Omit<Contestant, "by" | "run">): readonly Contestant[] {
  if (native === undefined) return [];
  return [{ ...common, by: "C", run: (repeats) => native.seconds(kernel, common.format, repeats) }];
}

/** @throws Error where the sums of the results differ. */
export async function checkSum(native: NativeKernels | undefined, kernel: string, P: AnyPrecision, y: Iterable<number>): Promise<void> {
  if (native === undefined) return;
  let sum = 0;
  for (const value of y) sum += value;
  const other = await native.sum(kernel, P.name);
  if (sum !== other) throw new Error(`${kernel} ${P.name}: the sum is ${sum} here and ${other} in C`);
}
