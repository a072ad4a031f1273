import { type Effort, PARTS, type Part, type PartEfforts } from "@slam/nlls";

/** Counted, and so the same in every run. */
export type PartWork = { readonly [part in Part]: { readonly flops: number; readonly bytes: number } };
/** Of a wall clock. */
export type PartSeconds = { readonly [part in Part]: number };
/** Of all a solve's seconds, flops and bytes: 1 together. */
export type PartShares = { readonly [part in Part]: Effort };

export function workOf(parts: PartEfforts): PartWork {
  return byPart((part) => ({ flops: parts[part].flops, bytes: parts[part].bytes }));
}

export function secondsOf(parts: PartEfforts): PartSeconds {
  return byPart((part) => parts[part].seconds);
}

/** Shares of all runs together: a long run weighs more than a short one. */
export function sharesOf(runs: readonly { readonly work: PartWork; readonly seconds: PartSeconds }[]): PartShares {
  const amounts = byPart((part) => ({
    seconds: sum(runs.map(({ seconds }) => seconds[part])),
    flops: sum(runs.map(({ work }) => work[part].flops)),
    bytes: sum(runs.map(({ work }) => work[part].bytes)),
  }));
  const share = (part: Part, amount: keyof Effort): number => amounts[part][amount] / sum(PARTS.map((other) => amounts[other][amount]));
  return byPart((part) => ({ seconds: share(part, "seconds"), flops: share(part, "flops"), bytes: share(part, "bytes") }));
}

export function byPart<T>(of: (part: Part) => T): { readonly [part in Part]: T } {
  return Object.fromEntries(PARTS.map((part) => [part, of(part)])) as { readonly [part in Part]: T };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
