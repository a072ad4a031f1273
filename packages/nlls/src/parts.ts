import { type Operation, totalOf } from "@slam/linop";
import { type Effort, PHASES, type Phase } from "./phases.ts";
import type { SolveReport } from "./report.ts";

/**
 * What a solve consists of, each once:
 * - `residuals`: r and g = J'r at the points linearised at, and the costs of the points tried, in fp64;
 * - `jacobians`: evaluating J;
 * - `factorization`: J'J or its diagonal blocks, scaling, their factors, those that a linear solve renews included; of direct solvers the factor that solves;
 * - `products`: those by J and J' in the iteration of the linear solves;
 * - `preconditioner`: the triangular solves there;
 * - `checks`: the products there with J as evaluated: true residuals, and refinement of direct solves;
 * - `vectors`: all else of the linear solves, dot products and sums of vectors above all;
 * - `updates`: moving a point;
 * - `start`: what comes before the first step, as finding where to start from;
 * - `rest`: judging steps by the linear model, the check in fp64 that ends a solve.
 *
 * `LINEAR_PARTS` are the linear solves.
 */
export const PARTS: readonly [
  "residuals",
  "jacobians",
  "factorization",
  "products",
  "preconditioner",
  "checks",
  "vectors",
  "updates",
  "start",
  "rest",
] = ["residuals", "jacobians", "factorization", "products", "preconditioner", "checks", "vectors", "updates", "start", "rest"];
export type Part = (typeof PARTS)[number];
export const LINEAR_PARTS: readonly Part[] = ["products", "preconditioner", "checks", "vectors"];

export type PartEfforts = { readonly [part in Part]: Effort };

/**
 * A report's seconds and work in parts.
 *
 * @param total seconds of the whole solve, the start included.
 * @param start what that took besides the report's work. Default: the rest holds it.
 */
export function partsOf(
  report: Pick<SolveReport, "seconds" | "phases" | "work">,
  total: number,
  start: Effort = { seconds: 0, flops: 0, bytes: 0 },
): PartEfforts {
  const jacobians = effortOf(report, "linearize", "jacobian");
  const products = effortOf(report, "linearSolve", "matvec");
  const preconditioner = effortOf(report, "linearSolve", "precondition");
  const checks = effortOf(report, "linearSolve", "residual");
  const costs = effortOf(report, "update", "residual");
  const phases = PHASES.map((phase) => effortOf(report, phase));
  const [linearize, factorization, linearSolve, update] = phases;
  const work = totalOf(report.work);
  const whole = { seconds: total, flops: work.flops + start.flops, bytes: work.bytes + start.bytes };
  return {
    residuals: less(linearize, [jacobians], [costs]),
    jacobians,
    factorization,
    products,
    preconditioner,
    checks,
    vectors: less(linearSolve, [products, preconditioner, checks]),
    updates: less(update, [costs]),
    start,
    rest: less(whole, [...phases, start]),
  };
}

/** Of one operation in a phase; of all by default, and of what of the phase was not timed by itself. */
function effortOf({ phases, seconds }: Pick<SolveReport, "phases" | "seconds">, phase: Phase, operation?: Operation): Effort {
  if (operation !== undefined) return phases[phase][operation] ?? { seconds: 0, flops: 0, bytes: 0 };
  const efforts = Object.values(phases[phase]);
  return { seconds: seconds[phase], flops: sumOf(efforts, "flops"), bytes: sumOf(efforts, "bytes") };
}

function sumOf<Key extends string>(items: readonly { readonly [key in Key]: number }[], key: Key): number {
  return items.reduce((sum, item) => sum + item[key], 0);
}

/** The whole less the parts, and others besides; what clocks leave below zero is zero. */
function less(whole: Effort, parts: readonly Effort[], others: readonly Effort[] = []): Effort {
  const amount = (key: keyof Effort): number => Math.max(0, whole[key] - sumOf(parts, key) + sumOf(others, key));
  return { seconds: amount("seconds"), flops: amount("flops"), bytes: amount("bytes") };
}
