import { checkChoice } from "@slam/errors";
import type { LinearSolver, Operation } from "@slam/linop";
import {
  type Cancellation,
  drive,
  type IterationRecord,
  type LinearSummary,
  type Method,
  newCounters,
  type Policy,
  presetPolicy,
  type Run,
  type SolveReport,
  start as startMinimization,
} from "@slam/nlls";
import { ArenaPool } from "@slam/wasm";
import type { Landmarks } from "./anchors.ts";
import { type Bundle, checkBundle } from "./bundle.ts";
import { CgSolver, type CgSolverOptions, type Forcing, type ReducedPreconditioner } from "./cg-solver.ts";
import { chooseLinear } from "./choose-linear.ts";
import type { BundleJacobian } from "./jacobian.ts";
import { type BundleLoss, lossOf, type NamedLoss, namedLoss, robust } from "./loss.ts";
import { NormalizedBundle } from "./normalized-bundle.ts";
import { pointOf, withPoint } from "./observer.ts";
import type { Priors } from "./priors.ts";
import { BundleProblem } from "./problem.ts";
import { type Normalization, type Scene, sceneOf } from "./scene.ts";
import { SchurSolver, type SchurSolverOptions } from "./schur-solver.ts";
import { TimeBudget } from "./time-budget.ts";
import type { Held } from "./unknowns.ts";

/** What policy "mixed" may store in 16 bits in bundle adjustment, where it is large: J for the products of CG. */
export const SIXTEEN_BIT: readonly Operation[] = ["matvec"];

const LINEAR = ["auto", "cgnr", "schur-cg", "schur-direct"] as const;
export type Linear = (typeof LINEAR)[number];

export interface BundleOptions {
  /** Default "mixed". */
  readonly policy?: Policy;
  /**
   * "cgnr": the method as published, no Hessian formed. "schur-cg": the same on the reduced camera system, points eliminated. "schur-direct": that system formed and
   * factorised. "auto": one of the last two, by structure; the report says why. Default "auto".
   */
  readonly linear?: Linear;
  /** Of "schur-cg": the blocks on the diagonal of J'J, or of the Schur complement. Default "schur-jacobi". */
  readonly preconditioner?: ReducedPreconditioner;
  /** Default "lm". */
  readonly method?: Method;
  /** What is held where it is. Default nothing: the gauge is then the damping's to keep. */
  readonly held?: Held;
  /**
   * "position": points are moved as such. "inverse-depth": those that two cameras or more measured, by (u, v, 1/depth) in the frame of the first of these; for cameras that measure
   * directions alone, where points are so far away that what is known of their distance is its inverse. Points held, and those with priors, stay positions. Default "position".
   */
  readonly landmarks?: Landmarks;
  /** What is known of cameras and points besides; each adds 1/2 e' W e to the cost. Default nothing. */
  readonly priors?: Priors;
  /**
   * Whether the solve moves the origin to the middle of the points and takes a power of two near their spread for the unit; costs and results are the given bundle's. "auto": where its
   * own coordinates are too coarse for the policy, as more than 2^26 spreads from the origin in fp64. Where cameras measure depth the unit stays. Default "auto".
   */
  readonly normalize?: Normalization;
  /** On each observation, of its whitened norm. Default none. */
  readonly loss?: BundleLoss;
  /** Default 100. */
  readonly maxIterations?: number;
  /** CG iterations of one step. Default 1000. */
  readonly maxCgIterations?: number;
  /** Default 1e-7. */
  readonly ftol?: number;
  /** Of "schur-cg" and "cgnr": what `eta` bounds. Default "residual". */
  readonly forcing?: Forcing;
  /** Default 1e-2. */
  readonly eta?: number;
  /**
   * Gauss-Newton steps of each point alone, cameras held, after a step of all that brought less than three quarters of what it promised and less than a tenth of the cost; the step is
   * then judged by what both bring. 0: none, as with landmarks by inverse depth. Default 1.
   */
  readonly pointIterations?: number;
  /**
   * Milliseconds from the call of `start`. No iteration is begun that would not end within it if it took as long as the longest before it; where one is left out so, the run ends
   * "time-budget" with the best point so far. Default none.
   */
  readonly timeBudget?: number;
  /** Takes the place of `linear`. */
  readonly solver?: LinearSolver<BundleJacobian>;
  readonly arenas?: ArenaPool;
  /** Called after each outer iteration. */
  readonly onIteration?: (record: IterationRecord, index: number) => void;
}

export interface BundleReport extends SolveReport {
  readonly policy: Policy;
  readonly method: Method;
  readonly linear: LinearSummary & {
    /** Why it was chosen, where it was. */
    readonly reason?: string;
  };
  /** The loss and its bound, where there is one: costs are then 1/2 sum rho(r^2). */
  readonly loss?: NamedLoss;
  /** Where landmarks were moved by inverse depth. */
  readonly landmarks?: "inverse-depth";
  /** Where conjugate gradients ended by the Q-test. */
  readonly forcing?: "quadratic";
  /** Observations of points that their cameras do not see at the end: behind them, or outside the lens. */
  readonly unseen: number;
  /** Where the solve had its coordinates, if not where the bundle has them: `step` of iterations is in its unit. */
  readonly scene?: Scene;
  readonly initializeSeconds: number;
}

export interface BundleRun extends Omit<Run<Float64Array>, "report"> {
  readonly report: BundleReport;
  /** The bundle at the best point so far. */
  readonly bundle: Bundle;
}

/** Levenberg-Marquardt's first damping: bundles without a gauge that holds them need one, and Ceres' is this. */
const FIRST_DAMPING = 1e-4;

/** Starts a solve: `while (!run.done) run.step()`. Costs are 1/2 sum r^2, or 1/2 sum rho(r^2) with a loss, and of priors 1/2 e' W e. */
export function start(bundle: Bundle, options: BundleOptions = {}): BundleRun {
  const began = performance.now();
  checkBundle(bundle);
  const {
    policy = presetPolicy("mixed", SIXTEEN_BIT),
    linear = "auto",
    preconditioner = "schur-jacobi",
    forcing = "residual",
    method = "lm",
    held = {},
    priors = {},
    landmarks = "position",
    normalize = "auto",
    pointIterations = landmarks === "position" ? 1 : 0,
    maxIterations = 100,
    maxCgIterations = 1000,
    ftol = 1e-7,
    loss,
    arenas = new ArenaPool(),
    timeBudget = Number.POSITIVE_INFINITY,
    onIteration,
    solver,
    eta,
  } = options;
  checkChoice("linear", linear, LINEAR);
  checkChoice("landmarks", landmarks, ["position", "inverse-depth"]);
  checkChoice("normalize", normalize, ["auto", "always", "never"]);
  checkChoice("preconditioner", preconditioner, ["jacobi", "schur-jacobi"]);
  checkChoice("forcing", forcing, ["residual", "quadratic"]);
  const budget = new TimeBudget(timeBudget, began);
  const counters = newCounters();
  const scene = sceneOf(bundle, policy, normalize);
  const normalized = scene && new NormalizedBundle(bundle, priors, scene);
  const problem = new BundleProblem(normalized?.bundle ?? bundle, held, counters, arenas, normalized?.priors ?? priors, landmarks);
  const rho = loss && lossOf(loss, bundle.model.measurement.length);
  const refine = problem.pointIterations(pointIterations, policy.update, rho);
  const choice = solver === undefined && linear === "auto" ? chooseLinear(problem.patterns, policy) : undefined;
  const { structure, symbolic } = choice ?? {};
  const settings = { policy, counters, arenas, preconditioner, forcing, maxIterations: maxCgIterations, structure, symbolic };
  const own = solver === undefined ? solverFor(choice?.linear ?? linear, settings) : undefined;
  const x0 = problem.store(problem.encode(pointOf(problem.bundle)), policy.update);
  const halved = (record: IterationRecord): IterationRecord => ({ ...record, cost: record.cost / 2 });
  const run = startMinimization(loss === undefined ? problem : robust(problem, loss), x0, {
    policy,
    method,
    maxIterations,
    ftol,
    ...(eta !== undefined && { eta }),
    counters,
    solver: solver ?? own!,
    firstDamping: FIRST_DAMPING,
    ...(refine && { refine }),
    ...(onIteration && { onIteration: (record, index) => onIteration(halved(record), index) }),
  });
  const startingPoint = normalized && problem.decode(x0);
  const initializeSeconds = (performance.now() - began) / 1000;
  const decoded = (x: Float64Array): Float64Array => normalized?.decode(problem.decode(x), startingPoint!) ?? problem.decode(x);
  let overdue: string | undefined;
  return {
    get done() {
      return run.done || overdue !== undefined;
    },
    get x() {
      return decoded(run.x);
    },
    get bundle() {
      return withPoint(bundle, decoded(run.x));
    },
    get report() {
      const { report } = run;
      return {
        ...report,
        ...(overdue !== undefined && { termination: "time-budget" as const, message: overdue }),
        initialCost: normalized?.costAt(undefined, rho) ?? report.initialCost / 2,
        finalCost: normalized?.costAt(decoded(run.x), rho) ?? report.finalCost / 2,
        iterations: report.iterations.map(halved),
        policy: own?.policy ?? policy,
        method,
        ...(loss && { loss: namedLoss(loss, bundle.model.measurement.length) }),
        linear: {
          solver: (solver ?? own!).name,
          ...(choice && { reason: choice.reason }),
          preconditioner: own?.preconditionerLabel ?? "the solver's own",
          factorizations: own?.factorizations ?? 0,
          cgIterations: report.cgIterations,
          factorNonzeros: own?.factorNonzeros ?? 0,
        },
        ...(landmarks === "inverse-depth" && { landmarks }),
        ...(forcing === "quadratic" && own instanceof CgSolver && { forcing }),
        unseen: problem.unseen(run.x),
        ...(scene && { scene }),
        initializeSeconds,
      };
    },
    step() {
      if (!run.done) overdue ??= budget.spend(() => run.step());
    },
    cancel(message) {
      if (overdue === undefined) run.cancel(message);
    },
  };
}

function solverFor(linear: Linear, options: Omit<CgSolverOptions, "linear"> & SchurSolverOptions): CgSolver | SchurSolver {
  return linear === "schur-direct"
    ? new SchurSolver(options)
    : new CgSolver({ ...options, linear: linear === "cgnr" ? linear : "schur-cg" });
}

/** Runs `start` to its end, giving way to the event loop between outer iterations; an aborted signal ends it with the best point so far. */
export async function solve(
  bundle: Bundle,
  options: BundleOptions & { readonly signal?: Cancellation } = {},
): Promise<{ readonly bundle: Bundle; readonly report: BundleReport }> {
  const run = start(bundle, options);
  await drive(run, options.signal);
  return { bundle: run.bundle, report: run.report };
}
