import type { Fill } from "@slam/ichol";
import { graduatedTruncated, type Loss, type RobustProblem, type Stage, type Stages } from "@slam/nlls";
import { poseDof } from "./graph.ts";
import type { BsrJacobian } from "./jacobian.ts";
import type { JudgedFactor } from "./judged-factors.ts";
import { isLoop, spanOf } from "./loops.ts";
import type { PoseGraphProblem } from "./problem.ts";
import type { Refresh } from "./refresh.ts";
import { robustProblem } from "./robust-problem.ts";
import { rootOf } from "./root-of.ts";

type Goal = RobustProblem<Float64Array, BsrJacobian>;
type Steps<Result> = Generator<Stage<Float64Array, BsrJacobian>, Result, Float64Array>;

/** mu grows by this from stage to stage, as long as it is below LAST_MU: there the surrogate is the truncated square but for a narrow band. */
const GROWTH = 3;
const LAST_MU = 5;
/** Loops join by their span, which doubles from here. */
const FIRST_SPAN = 25;
/** In C^2: how far off a loop may be when it joins to pull. Drift over twice the span that is closed leaves true loops within. */
const REACH = 100;
/** For all loops at once from odometry: any, but for those whose numbers are broken. */
const ANY_REACH = 1e9;
/** Where more of the loops are rejected, the graduation as published is tried as well. */
const MANY = 0.4;

/** Flops: a second or two, of which a graduation needs some ten. */
const DEAR = 1e10;

/** With all loops in place, those that drift took out of reach are looked for farther off. */
const WIDER = [1e3, 1e4];

/** Measurements that may be false, in the order in which they join: loops, and where landmarks were seen. */
interface Candidates {
  /** Their block rows, by span, those of one span in the problem's order. */
  readonly rows: Int32Array;
  /** Of each of `rows`. */
  readonly spans: Int32Array;
  /** The bound of each of `rows`. */
  readonly bounds: Float64Array;
}

/** Of a measurement that has not joined. */
const NOTHING: Loss = { rho: () => 0, weight: () => 0 };

/**
 * Graduated non-convexity from odometry to `goal`.
 *
 * Measurements of landmarks are loops, too, from the first pose that saw it. Loops join in the order of their span, in steps that double it. Short ones are checked by little drift, and few of them are false, since false ones are of
 * any span; with them in place the estimate is good enough to tell the longer ones by. At each step the loops so far have the surrogate of the truncated
 * square, first with a small mu, at which those within 10 C pull, then with mu growing; edges that are no loops have no loss. Should more than two fifths of
 * all loops be rejected in the end, as where true ones are all long and drift takes them out of reach, the graduation as published, all loops from the start, is
 * tried too, and the cheaper result kept. Then all loops are looked for again with a wider reach, as long as that is cheaper. From there `goal` itself is
 * minimised.
 *
 * @param factors those that have a loss. @param bound the root of what a measurement costs that is believed at most, by the degrees of freedom of its error.
 * @param x0 poses by odometry, so that errors of odometry are small and those of loops tell how far it drifts.
 * @see Yang, Antonante, Tzoumas and Carlone, Graduated non-convexity for robust spatial perception, RA-L 5, 2020; decision 0010 says why its schedule
 *   is not the one here.
 */
export function* graduate(
  problem: PoseGraphProblem,
  goal: Goal,
  factors: readonly JudgedFactor[],
  bound: (dof: number) => number,
  x0: Float64Array,
): Stages<Float64Array, BsrJacobian> {
  const candidates = candidatesBySpan(problem, factors, bound);
  const { length } = candidates.rows;
  let x = x0;
  for (let span = FIRST_SPAN, joined = 0; joined < length; span *= 2) {
    const before = joined;
    while (joined < length && candidates.spans[joined] <= span) joined++;
    if (joined > before) x = yield* anneal(problem, goal, x, candidates, joined, REACH);
  }
  if (rejected(goal, x, candidates) > MANY * length) {
    const other = yield* anneal(problem, goal, x0, candidates, length, ANY_REACH);
    if (goal.cost(other) < goal.cost(x)) x = other;
  }
  for (const reach of WIDER) {
    const other = yield* anneal(problem, goal, x, candidates, length, reach);
    if (goal.cost(other) < goal.cost(x)) x = other;
  }
  return { problem: goal, x };
}

/**
 * Which factor of all edges preconditions: false loops join parts of the graph that have nothing to do with each other, and fill a complete one. Where that is
 * dear, one without fill, made anew for each step, as weights change with each.
 */
export function affordableFactor({ structure, blocks }: PoseGraphProblem): { readonly fill?: Fill; readonly refresh?: Refresh } {
  return structure.cholesky(blocks.pattern.c).flops > DEAR ? { fill: 0, refresh: "always" } : {};
}

/** From x0, with mu growing, the first so many candidates alone. */
function* anneal(
  problem: PoseGraphProblem,
  goal: Goal,
  x0: Float64Array,
  { rows, bounds }: Candidates,
  joined: number,
  reach: number,
): Steps<Float64Array> {
  const squares = goal.squaredNorms(x0);
  let farthest = 1;
  for (let k = 0; k < joined; k++) farthest = Math.max(farthest, squares[rows[k]] / bounds[k] ** 2);
  let x = x0;
  // The first mu is the largest at which the farthest loop in reach still has a weight.
  for (let mu = 1 / (2 * Math.min(farthest, reach) - 1); mu < LAST_MU; mu *= GROWTH) {
    const surrogates = new Map(Array.from(new Set(bounds), (C) => [C, graduatedTruncated(C, mu)]));
    const losses = new Map<number, Loss | undefined>();
    rows.forEach((row, k) => {
      losses.set(row, k < joined ? surrogates.get(bounds[k]) : NOTHING);
    });
    x = yield { problem: robustProblem(problem, (row) => losses.get(row)), x };
  }
  return x;
}

function rejected(goal: Goal, x: Float64Array, { rows, bounds }: Candidates): number {
  const squares = goal.squaredNorms(x);
  return rows.reduce((count, row, k) => count + (squares[row] > bounds[k] ** 2 ? 1 : 0), 0);
}

/**
 * The first loop that ties parts together which odometry leaves apart is not among them: nothing could tell whether it is false, and without it poses would be free.
 */
function candidatesBySpan({ graph }: PoseGraphProblem, factors: readonly JudgedFactor[], bound: (dof: number) => number): Candidates {
  const { from, to, ids } = graph;
  const parent = Int32Array.from(ids, (_, pose) => pose);
  const tie = (edge: number): boolean => {
    const [a, b] = [rootOf(parent, from[edge]), rootOf(parent, to[edge])];
    parent[a] = b;
    return a !== b;
  };
  const loops: number[] = [];
  for (let edge = 0; edge < from.length; edge++) {
    if (isLoop(graph, edge)) loops.push(edge);
    else tie(edge);
  }
  const untied = loops.filter((edge) => !tie(edge)).map((row) => ({ row, span: spanOf(graph, row), dof: poseDof(graph) }));
  const joining = [...untied, ...factors].sort((a, b) => a.span - b.span || a.row - b.row);
  return {
    rows: Int32Array.from(joining, ({ row }) => row),
    spans: Int32Array.from(joining, ({ span }) => span),
    bounds: Float64Array.from(joining, ({ dof }) => bound(dof)),
  };
}
