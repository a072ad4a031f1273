import type { Machine } from "./machine.ts";

/** Of a machine that does not say how large its caches are: in the second level, around the third, beyond it on most. */
const USUAL = [0.9, 32, 96] as const;
/** What all formats of a kernel together take, their making included, of its working set in fp32. */
const COPIES = 9;
/** Of free memory. */
const SHARE = 0.8;
/** Megabytes: more takes longer to make than to time. */
const MOST = 200;

/**
 * The working sets of kernels in megabytes of fp32: one that fits a core's second-level cache in fp64 too, one as large as the third level, one beyond it.
 *
 * @param freeBytes memory for them. @returns those too large for it besides.
 */
export function workingSets(
  { l2Bytes, l3Bytes }: Pick<Machine, "l2Bytes" | "l3Bytes">,
  freeBytes: number,
): { readonly megabytes: readonly number[]; readonly skipped: readonly number[] } {
  const [inside, around, beyond] = USUAL;
  const sizes = [
    l2Bytes === undefined ? inside : Math.min(inside, rounded((0.45 * l2Bytes) / 1e6)),
    l3Bytes === undefined ? around : Math.min(rounded(l3Bytes / 1e6), MOST / 2),
    l3Bytes === undefined ? beyond : Math.min(Math.max(beyond, rounded((3 * l3Bytes) / 1e6)), MOST),
  ];
  const fits = (mb: number): boolean => 1e6 * COPIES * mb <= SHARE * freeBytes;
  return { megabytes: sizes.filter(fits), skipped: sizes.filter((mb) => !fits(mb)) };
}

/** Two digits. */
function rounded(mb: number): number {
  return Number(mb.toPrecision(2));
}
