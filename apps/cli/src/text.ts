import type { Statistics } from "@slam/eval";

/** A cost with ten digits, without an exponent where that is no longer. */
export function costText(cost: number): string {
  return `${Number(cost.toPrecision(10))}`;
}

/** Three digits: "0.0123 s". */
export function secondsText(seconds: number): string {
  return `${Number(seconds.toPrecision(3))} s`;
}

/** With three digits and a decimal prefix: "1.53 G". */
export function amountText(amount: number): string {
  const power = amount < 1000 ? 0 : Math.min(Math.floor(Math.log10(amount) / 3), 5);
  const prefix = ["", " k", " M", " G", " T", " P"][power];
  return `${Number((amount / 1000 ** power).toPrecision(3))}${prefix}`;
}

/** "1 pose", "2 poses". */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A trajectory's error, in metres. */
export function errorText({ rmse, max, pairs }: Pick<Statistics, "rmse" | "max" | "pairs">): string {
  return `${rmse.toPrecision(4)} m rmse, ${max.toPrecision(4)} m at most, over ${countText(pairs, "pose")}`;
}

/** "40 s", "3 min", "1 h 20 min". */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
