import { cumulativeHistogram, percentiles, statistics } from "@slam/eval";
import { LINEAR_PARTS } from "@slam/nlls";
import { type KolmogorovSmirnov, kolmogorovSmirnov, LEAST_PAIRS, type PairedDifference, pairedDifference } from "./compare-samples.ts";
import type { EstimationResult } from "./estimation.ts";
import { GRAPH_SOLVES, type GraphResult, type GraphSolveName } from "./graph.ts";
import { POLICIES, type PolicyName } from "./policies.ts";
import { type PartShares, sharesOf } from "./shares.ts";
import type { Result } from "./tasks.ts";

/** What the published table gives of a set of errors, in metres. */
export interface Spread {
  readonly max: number;
  readonly p99: number;
  readonly p90: number;
  readonly mean: number;
  readonly median: number;
}

/** How many of the errors are at most each bound. */
export interface Curve {
  readonly name: string;
  readonly bounds: readonly number[];
  readonly shares: readonly number[];
}

export interface EstimationFindings {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly byPolicy: {
    readonly [policy in PolicyName]: Spread & {
      readonly converged: number;
      readonly cgIterations: number;
      readonly iterations: number;
      readonly rejectedSteps: number;
      readonly joules: number;
      readonly shares: PartShares;
    };
  };
  readonly histogram: readonly Curve[];
  /** mixed against double; undefined for too few runs to say. */
  readonly equivalence: (PairedDifference & KolmogorovSmirnov) | undefined;
}

export interface GraphFindings {
  readonly count: number;
  readonly odometry: Spread;
  readonly bySolve: {
    readonly [name in GraphSolveName]: Spread & {
      readonly converged: number;
      readonly cgIterations: number;
      readonly joules: number;
      readonly shares: PartShares;
      /** Linear-solve seconds over those of "single" with the same refresh: the median of the graphs, and of all graphs together; and the median of the joules. */
      readonly ofSingle: number;
      readonly allOfSingle: number;
      readonly joulesOfSingle: number;
    };
  };
  readonly histogram: readonly Curve[];
  /** 1 - mixed / single of the linear solve's seconds, sorted; static and adaptive. */
  readonly savings: { readonly static: readonly number[]; readonly adaptive: readonly number[] };
  /** In double: poses and seconds of each graph. */
  readonly growing: readonly { readonly scene: string; readonly poses: number; readonly seconds: number }[];
}

/** Motions to their end, of one kind: ATE without and with loop closure. */
export interface ClosureFindings {
  readonly motions: "simulated" | "recorded";
  readonly scenes: readonly string[];
  readonly count: number;
  readonly odometry: Spread;
  readonly byRefresh: { readonly static: Spread; readonly adaptive: Spread };
  readonly double: Spread;
}

export interface SweepPoint {
  readonly radius: number;
  readonly loopNoise: number;
  /** ATE: means over the seeds. */
  readonly without: number;
  readonly with: number;
}

/** What the results say; experiments without results are left out. */
export interface Findings {
  readonly estimations?: EstimationFindings;
  readonly graphs?: GraphFindings;
  readonly closures: readonly ClosureFindings[];
  readonly sweep: readonly SweepPoint[];
}

export function findingsOf(results: readonly Result[]): Findings {
  const estimations = results.filter((result) => result.kind === "estimation");
  const graphs = results.filter((result) => result.kind === "graph");
  const growing = graphs.filter(({ experiment }) => experiment === "growing");
  return {
    ...(estimations.length > 0 && { estimations: estimationFindings(estimations) }),
    ...(growing.length > 0 && { graphs: graphFindings(growing) }),
    closures: closuresOf(graphs.filter(({ experiment }) => experiment === "whole")),
    sweep: sweepOf(graphs.filter(({ experiment }) => experiment === "sweep")),
  };
}

function estimationFindings(results: readonly EstimationResult[]): EstimationFindings {
  const ates = (policy: PolicyName): Float64Array => Float64Array.from(results, ({ byPolicy }) => byPolicy[policy].ate);
  const byPolicy = POLICIES.map((policy) => {
    const mean = (of: (result: EstimationResult) => number): number => meanOf(results.map(of));
    return [
      policy,
      {
        ...spreadOf(ates(policy)),
        converged: results.filter(({ byPolicy }) => byPolicy[policy].termination === "converged").length,
        cgIterations: mean(({ byPolicy }) => byPolicy[policy].cgIterations),
        iterations: mean(({ byPolicy }) => byPolicy[policy].iterations),
        rejectedSteps: mean(({ byPolicy }) => byPolicy[policy].rejectedSteps),
        joules: mean(({ byPolicy }) => byPolicy[policy].joules),
        shares: sharesOf(results.map(({ byPolicy, seconds }) => ({ work: byPolicy[policy].work, seconds: seconds[policy].parts }))),
      },
    ];
  });
  const [mixed, double] = [ates("mixed"), ates("double")];
  const compared = POLICIES.filter((policy) => policy !== "single");
  return {
    count: results.length,
    rows: Math.round(meanOf(results.map(({ rows }) => rows))),
    columns: Math.round(meanOf(results.map(({ columns }) => columns))),
    byPolicy: Object.fromEntries(byPolicy),
    histogram: curvesOf(compared.map((policy) => [policy, ates(policy)])),
    equivalence: results.length < LEAST_PAIRS ? undefined : { ...pairedDifference(mixed, double), ...kolmogorovSmirnov(mixed, double) },
  };
}

function graphFindings(results: readonly GraphResult[]): GraphFindings {
  const ates = (name: GraphSolveName): Float64Array => Float64Array.from(results, ({ bySolve }) => bySolve[name].ate);
  const singleOf = (name: GraphSolveName): GraphSolveName => (name.endsWith("adaptive") ? "single, adaptive" : "single, static");
  const ratios = (name: GraphSolveName, of: (result: GraphResult, name: GraphSolveName) => number): Float64Array =>
    Float64Array.from(results, (result) => of(result, name) / of(result, singleOf(name)));
  const linearSeconds = ({ seconds }: GraphResult, name: GraphSolveName): number =>
    sumOf(LINEAR_PARTS, (part) => seconds[name].parts[part]);
  const bySolve = GRAPH_SOLVES.map(({ name }) => [
    name,
    {
      ...spreadOf(ates(name)),
      converged: results.filter(({ bySolve }) => bySolve[name].termination === "converged").length,
      cgIterations: meanOf(results.map(({ bySolve }) => bySolve[name].cgIterations)),
      joules: meanOf(results.map(({ bySolve }) => bySolve[name].joules)),
      shares: sharesOf(results.map(({ bySolve, seconds }) => ({ work: bySolve[name].work, seconds: seconds[name].parts }))),
      ofSingle: statistics(ratios(name, linearSeconds)).median,
      allOfSingle:
        sumOf(results, (result) => linearSeconds(result, name)) / sumOf(results, (result) => linearSeconds(result, singleOf(name))),
      joulesOfSingle: statistics(ratios(name, ({ bySolve }, name) => bySolve[name].joules)).median,
    },
  ]);
  const savings = (name: GraphSolveName): number[] => [...ratios(name, linearSeconds)].map((ratio) => 1 - ratio).sort((a, b) => a - b);
  const odometry = Float64Array.from(results, ({ odometryAte }) => odometryAte);
  return {
    count: results.length,
    odometry: spreadOf(odometry),
    bySolve: Object.fromEntries(bySolve),
    histogram: curvesOf([["odometry alone", odometry], ...GRAPH_SOLVES.map(({ name }) => [name, ates(name)] as const)]),
    savings: { static: savings("mixed, static"), adaptive: savings("mixed, adaptive") },
    growing: results.map(({ scene, poses, seconds }) => ({ scene, poses, seconds: seconds.double.solve })),
  };
}

function closuresOf(results: readonly GraphResult[]): ClosureFindings[] {
  const kinds = (["simulated", "recorded"] as const).map((motions) => {
    const of = results.filter(({ isRecorded }) => isRecorded === (motions === "recorded"));
    const spread = (error: (result: GraphResult) => number): Spread => spreadOf(Float64Array.from(of, error));
    return of.length === 0
      ? []
      : [
          {
            motions,
            scenes: [...new Set(of.map(({ scene }) => scene))],
            count: of.length,
            odometry: spread(({ odometryAte }) => odometryAte),
            byRefresh: {
              static: spread(({ bySolve }) => bySolve["mixed, static"].ate),
              adaptive: spread(({ bySolve }) => bySolve["mixed, adaptive"].ate),
            },
            double: spread(({ bySolve }) => bySolve.double.ate),
          },
        ];
  });
  return kinds.flat();
}

function sweepOf(results: readonly GraphResult[]): SweepPoint[] {
  const isFirst = ({ radius, loopNoise }: GraphResult, k: number): boolean =>
    results.findIndex((other) => other.radius === radius && other.loopNoise === loopNoise) === k;
  return results.filter(isFirst).map(({ radius, loopNoise }) => {
    const seeds = results.filter((result) => result.radius === radius && result.loopNoise === loopNoise);
    const mean = (of: (result: GraphResult) => number): number => meanOf(seeds.map(of));
    return {
      radius,
      loopNoise,
      without: mean(({ odometryAte }) => odometryAte),
      with: mean(({ bySolve }) => bySolve["mixed, static"].ate),
    };
  });
}

function spreadOf(errors: Float64Array): Spread {
  const [middle, p90, p99, max] = percentiles(errors, [50, 90, 99, 100]);
  return { max, p99, p90, mean: meanOf([...errors]), median: middle };
}

/** All over the same bounds, from the least error of any to the largest, their logarithms even. */
function curvesOf(samples: readonly (readonly [name: string, errors: Float64Array])[]): Curve[] {
  const all = samples.flatMap(([, errors]) => [...errors]).filter((error) => Number.isFinite(error) && error > 0);
  const [least, most] = [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), 0)];
  const bounds = Float64Array.from({ length: BOUNDS + 1 }, (_, k) => least * (most / least) ** (k / BOUNDS));
  return samples.map(([name, errors]) => ({ name, bounds: [...bounds], shares: [...cumulativeHistogram(errors, bounds)] }));
}

const BOUNDS = 100;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
