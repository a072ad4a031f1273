import { checkChoice, checkInteger } from "@slam/errors";
import type { Fill } from "@slam/ichol";
import type { LinearSolver, Operation, Work } from "@slam/linop";
import {
  type Cancellation,
  drive,
  type IterationRecord,
  type LinearSummary,
  type Method,
  newCounters,
  OPERATIONS,
  type Policy,
  presetPolicy,
  type Run,
  type SolveReport,
  start as startMinimization,
} from "@slam/nlls";
import { ArenaPool } from "@slam/wasm";
import { type CostName, costConvention } from "./cost-conventions.ts";
import { costAt, costOf } from "./costs.ts";
import { DirectSolver } from "./direct-solver.ts";
import { hasExtras } from "./factors/sets.ts";
import { affordableFactor } from "./graduate.ts";
import { checkGraph, type PoseGraph } from "./graph.ts";
import { freeComponents, fromFile, odometry, spanningTree } from "./init/chain.ts";
import { chordal } from "./init/chordal.ts";
import { INITIALIZATIONS, type Initialization } from "./init/initialization.ts";
import { randomPoses } from "./init/random.ts";
import { startPoint } from "./init/start-point.ts";
import type { BsrJacobian } from "./jacobian.ts";
import { CgnrSolver, type PreconditionerName } from "./normal-solver.ts";
import { withPoint } from "./point.ts";
import { PoseGraphProblem } from "./problem.ts";
import type { Refresh } from "./refresh.ts";
import { isGraduated, type LossOptions, type LossReport, RobustGraph } from "./robust.ts";

/** What policy "mixed" may store in 16 bits in a pose graph, where it is large: the factor that preconditions. */
export const SIXTEEN_BIT: readonly Operation[] = ["precondition"];

export interface PoseGraphOptions {
  /** What is minimised and reported. Default "g2o"; name another solver's to compare with it. */
  readonly cost?: CostName;
  /** Default "mixed". */
  readonly policy?: Policy;
  /** "lm" is Gauss-Newton until a step is rejected; "dogleg" keeps to a trust region. Default "lm". */
  readonly method?: Method;
  /** "direct": by the complete Cholesky factor in fp64 or fp32, refined; `preconditioner` ... `maxCgIterations` are then unused. Default "cgnr". */
  readonly linear?: "cgnr" | "direct";
  /** Default "ichol". */
  readonly preconditioner?: PreconditionerName;
  /**
   * Of the factor: "complete", or the levels of fill it keeps; 0: none. Default "complete"; with a graduated loss 0 and a `refresh` of "always" where false
   * loops make complete factors dear.
   */
  readonly fill?: Fill;
  /**
   * Of a factor that keeps fill by its size: blocks below this times their column's norm are dropped, and `fill` is unused. Made at the reference's speed.
   * Default: none is.
   */
  readonly drop?: number;
  /** When the preconditioner is factorised anew. Default "adaptive"; "static" is the method as published. */
  readonly refresh?: Refresh;
  /**
   * Default "odometry" with a loss, since a false loop spoils every other start; otherwise "chordal" where the graph has loops, at most one fixed pose or prior, and
   * no parts that landmarks or factors alone connect; else "file". "file", too, where there are poses and edges alone and their estimate costs at most twice what noise
   * as stated leaves at the optimum on average, one for each redundant number measured. Landmarks are placed from their measurements, with a loss at their median, with "file" only
   * those without an estimate.
   */
  readonly init?: Initialization;
  /** Of "random", an integer in 0 ... 2^32 - 1; the same seed gives the same start. Default 0. */
  readonly seed?: number;
  /**
   * Indices of the poses to hold. Default the file's FIX lines; where a component has none, and no prior or other measurement ties it to the world, its
   * first pose is held besides. Landmarks are held where the graph says so.
   */
  readonly fixed?: readonly number[];
  /**
   * Default 50, 200 from a start other than chordal, 500 with a graduated loss, and 12 for a policy that rounds every operation of the linear solve, which does
   * not end by itself.
   */
  readonly maxIterations?: number;
  /** CG iterations of one step. Default 1000, and 60 for such a policy. */
  readonly maxCgIterations?: number;
  /** Default 1e-6. */
  readonly ftol?: number;
  /** Default 1e-2. */
  readonly eta?: number;
  /** A robust loss on edges and measurements of landmarks, against false ones. Default none: each costs e'We. */
  readonly loss?: LossOptions;
  /** Takes the place of both; what is theirs is then unused. */
  readonly solver?: LinearSolver<BsrJacobian>;
  /**
   * What the solve takes its memory from; `arenas.recycle()`, once the report is read, makes it free for the next one, which is then spared the time for fresh
   * memory. Default a new pool.
   */
  readonly arenas?: ArenaPool;
  /** Called after each outer iteration; the record's cost is that of `cost`. */
  readonly onIteration?: (record: IterationRecord, index: number) => void;
}

export interface PoseGraphReport extends Omit<SolveReport, "initialCost" | "finalCost"> {
  readonly policy: Policy;
  readonly method: Method;
  readonly init: Initialization;
  /** In the convention that is named; with a loss, sum rho(e'We) of it. `initial` is the file's own estimate, `afterInit` follows the initialisation. */
  readonly cost: { readonly convention: string; readonly initial: number; readonly afterInit: number; readonly final: number };
  /** With a loss: what it rejects at the final poses. */
  readonly loss?: LossReport;
  readonly linear: LinearSummary & {
    /** Of the seconds of linear solves, what applying the preconditioner took; 0 where the solver does not say. */
    readonly preconditionSeconds: number;
  };
  /** Ids of landmarks whose position the measurements leave open, as a single bearing does; they are kept where they are in those directions. */
  readonly undetermined: readonly number[];
  /** Of checking the graph and starting, until the first iteration. */
  readonly initializeSeconds: number;
  /** What the start took besides `work`. */
  readonly initializeWork: Work;
}

/** A pose graph's solve in steps. */
export interface PoseGraphRun extends Omit<Run<Float64Array>, "report"> {
  readonly report: PoseGraphReport;
  /** The graph with the best poses and landmarks so far. */
  readonly graph: PoseGraph;
}

/**
 * Starts a solve: `while (!run.done) run.step()`.
 *
 * @throws OptionError for options out of range and for an edge whose information is indefinite; DimensionError, OptionError where `checkGraph` does.
 */
export function start(graph: PoseGraph, options: PoseGraphOptions = {}): PoseGraphRun {
  const began = performance.now();
  checkGraph(graph);
  const {
    policy = presetPolicy("mixed", SIXTEEN_BIT),
    fixed = [...graph.fixed],
    cost = "g2o",
    method = "lm",
    seed = 0,
    arenas = new ArenaPool(),
    onIteration,
  } = options;
  const { text: convention, scale } = costConvention(cost, graph);
  if (options.init !== undefined) checkChoice("init", options.init, INITIALIZATIONS);
  checkInteger("seed", seed, 0, 2 ** 32 - 1);
  const counters = newCounters();
  const graduated = options.loss !== undefined && isGraduated(options.loss.loss);
  const wanted = options.init ?? (options.loss === undefined ? undefined : "odometry");
  const placing = options.loss === undefined ? "first" : "median";
  const extra = hasExtras(graph) ? startPoint(graph, fixed, { init: wanted, seed, counters, arenas, placing }) : undefined;
  const held = extra?.held ?? [...fixed, ...freeComponents(graph, fixed, arenas)];
  checkChoice("linear", options.linear ?? "cgnr", ["cgnr", "direct"]);
  const problem = new PoseGraphProblem(graph, held, { counters, arenas, directions: extra?.directions, cost });
  const robust = options.loss && new RobustGraph(problem, options.loss, cost);
  const inFile = extra?.fromFile ?? fromFile(graph, held, arenas);
  // What the problem takes for it stays: the solve needs it, too.
  const initialCost = robust === undefined ? arenas.lendNumbers(problem.rows, (r) => costAt(problem, inFile, r)) : robust.cost(inFile);
  const init = extra?.init ?? wanted ?? defaultInitialization(problem, fixed, held, initialCost / scale);
  const capped = OPERATIONS.some((operation) => policy[operation].arithmetic.significandBits < 24);
  const enough = graduated ? 500 : init === "chordal" ? 50 : 200;
  const { maxIterations = capped ? 12 : enough, maxCgIterations = capped ? 60 : 1000, solver, linear = "cgnr", ...rest } = options;
  const shared = { counters, structure: problem.structure, arenas };
  const own =
    solver !== undefined
      ? undefined
      : linear === "direct"
        ? new DirectSolver({ policy, ...shared })
        : new CgnrSolver({
            ...(graduated && options.fill === undefined && options.drop === undefined && affordableFactor(problem)),
            ...rest,
            policy,
            maxIterations: maxCgIterations,
            ...shared,
          });
  const x0 = problem.store(extra?.point ?? initialize(problem, init, held, seed), policy.update);
  // The policy is not the start's: its work is another tally.
  const initializeWork = counters.work.handOver();
  const settings = {
    ...rest,
    scratch: arenas,
    policy,
    method,
    maxIterations,
    counters,
    solver: solver ?? own!,
    ...(onIteration && { onIteration }),
  };
  const run = robust === undefined ? startMinimization(problem, x0, settings) : robust.start(x0, settings);
  const undetermined = (extra?.undetermined ?? []).map((k) => graph.landmarks?.ids[k] as number);
  // A step may take the memory of a point that was the best before it.
  const pointReached = (): Float64Array => (run.done ? run.x : run.x.slice());
  const initializeSeconds = (performance.now() - began) / 1000;
  return {
    get done() {
      return run.done;
    },
    get x() {
      return pointReached();
    },
    get graph() {
      return withPoint(graph, pointReached());
    },
    get report() {
      const { initialCost: afterInit, finalCost, ...report } = run.report;
      return {
        ...report,
        policy: own?.policy ?? policy,
        method,
        init,
        cost: { convention, initial: initialCost, afterInit, final: finalCost },
        ...(robust && { loss: robust.report(run.x) }),
        linear: {
          solver: (solver ?? own!).name,
          preconditioner: own?.preconditionerLabel ?? "the solver's own",
          factorizations: own?.factorizations ?? 0,
          cgIterations: report.cgIterations,
          factorNonzeros: own?.factorNonzeros ?? 0,
          preconditionSeconds: report.phases.linearSolve.precondition?.seconds ?? 0,
        },
        undetermined,
        initializeSeconds,
        initializeWork,
      };
    },
    step: () => run.step(),
    cancel: (message) => run.cancel(message),
  };
}

/** Runs `start` to its end, giving way to the event loop between outer iterations; an aborted signal ends it with the best poses so far. */
export async function solve(
  graph: PoseGraph,
  options: PoseGraphOptions & { readonly signal?: Cancellation } = {},
): Promise<{ readonly graph: PoseGraph; readonly report: PoseGraphReport }> {
  const run = start(graph, options);
  await drive(run, options.signal);
  return { graph: run.graph, report: run.report };
}

/** chi2 = sum e'We of the graph's poses and landmarks, in g2o's convention. */
export function chi2(graph: PoseGraph): number {
  return costOf(graph, "g2o");
}

/** @param fit sum e'We of the file's estimate. */
function defaultInitialization(problem: PoseGraphProblem, fixed: readonly number[], held: readonly number[], fit: number): Initialization {
  const { ids, from } = problem.graph;
  const loops = from.length - (ids.length - held.length);
  if (loops <= 0 || fixed.length > 1) return "file";
  const redundant = loops * (problem.rows / from.length);
  return fit <= 2 * redundant ? "file" : "chordal";
}

function initialize(problem: PoseGraphProblem, init: Initialization, held: readonly number[], seed: number): Float64Array {
  const { graph, arenas } = problem;
  switch (init) {
    case "file":
      // Which may be the graph's own array.
      return fromFile(graph, held, arenas).slice();
    case "odometry":
      return odometry(graph, held, arenas);
    case "spanning-tree":
      return spanningTree(graph, held, arenas);
    case "chordal":
      return chordal(problem);
    case "random":
      return randomPoses(graph, held, seed);
  }
}
