import type { CameraModel } from "@slam/camera";
import { checkChoice, checkInteger, checkNumber, OptionError } from "@slam/errors";
import {
  type Counters,
  type LinearSummary,
  type Loss,
  newCounters,
  type Policy,
  presetPolicy,
  type RobustProblem,
  type SolveReport,
  start,
} from "@slam/nlls";
import { ArenaPool } from "@slam/wasm";
import { POSE_SIZE } from "../bundle.ts";
import { CgSolver } from "../cg-solver.ts";
import type { BundleJacobian } from "../jacobian.ts";
import { type BundleLoss, lossOf, robustObservations } from "../loss.ts";
import { pointOf } from "../observer.ts";
import { TimeBudget } from "../time-budget.ts";
import { DenseSchur } from "./dense-schur.ts";
import { copyOf, frameOf, type KeyFrame } from "./key-frame.ts";
import { marginalizePoints } from "./marginalize.ts";
import { Prior } from "./prior.ts";
import { relativeCovariance } from "./relative-covariance.ts";
import { BundleWriter, type Frame, type Track } from "./track.ts";
import { Triangulator } from "./triangulate.ts";
import { storedPoint, WindowProblem } from "./window-problem.ts";

const LINEAR = ["schur-dense", "schur-cg", "cgnr"] as const;

export interface WindowOptions {
  readonly model: CameraModel;
  /** As many as `model.intrinsics`; they stay. */
  readonly intrinsics: ArrayLike<number>;
  /** Key frames in the window, at least 2: one more drops the oldest. */
  readonly size: number;
  /** Default "fp64": what a window of 50 frames works on fits in a cache, where narrower formats gain no time. */
  readonly policy?: Policy;
  /**
   * "schur-dense": the reduced camera system, assembled and factorised in fp64. "schur-cg" and "cgnr": conjugate gradients on it or on J, in the formats
   * of the policy. Default "schur-dense".
   */
  readonly linear?: (typeof LINEAR)[number];
  /** On each observation, of its whitened norm. What is marginalised keeps the weight it has then. Default none. */
  readonly loss?: BundleLoss;
  /** Of one solve. Default 10. */
  readonly maxIterations?: number;
  /** Default 1e-4: the next key frame moves the cost by more. */
  readonly ftol?: number;
}

/** What has left the window since it was made. */
export interface Dropped {
  readonly keyFrames: number;
  /** Landmarks whose tracks had ended, and their observations: they live on in the prior. */
  readonly landmarks: number;
  readonly observations: number;
  /** Observations by dropped key frames of landmarks still tracked: their information is lost, so that these landmarks stay out of the prior. */
  readonly discarded: number;
  /** Observations, of ended tracks, that say nothing: of landmarks never located, not seen from where they ought to be, or not finite. */
  readonly silent: number;
}

export interface WindowReport extends SolveReport {
  readonly policy: Policy;
  readonly linear: LinearSummary;
  readonly keyFrames: number;
  /** Landmarks and observations that took part; a landmark does from when its position is known and its observations have as many rows as it. */
  readonly landmarks: number;
  readonly observations: number;
  /** Observations of points that their cameras do not see at the end: these landmarks are placed anew from their measurements, now or when there are more. */
  readonly unseen: number;
  /** Milliseconds from the call to the end. */
  readonly milliseconds: number;
}

/**
 * Odometry over the last key frames of one camera: bundle adjustment of what is in the window, and a prior for what has left it.
 *
 * Key frames come by `addKeyFrame`. When there are `size` of them already, the oldest is marginalised first, with every landmark it saw whose track has ended: those
 * that the new key frame does not see. Landmarks still tracked lose the observations it made of them. The prior is kept as the triangle R of a QR factorisation
 * with the point it is linearised at; see `Prior` and `WindowProblem`.
 *
 * The oldest key frame in the window is held where it is while the others move: that fixes the gauge, and changes no cost. Where the camera
 * does not measure the scale either, its distance from the next key frame stays as well.
 *
 * @see Leutenegger, Lynen, Bosse, Siegwart and Furgale, Keyframe-based visual-inertial odometry using nonlinear optimization, IJRR 2015; Demmel, Schubert, Sommer,
 *   Cremers and Usenko, Square root marginalization for sliding-window bundle adjustment, ICCV 2021.
 */
export class SlidingWindow {
  readonly #options: Required<Omit<WindowOptions, "loss" | "model" | "intrinsics">>;
  readonly #lens: { readonly model: CameraModel; readonly intrinsics: Float64Array };
  readonly #loss: Loss | undefined;
  /** Of each observation, of one solve after the other. */
  readonly #losses: (Loss | undefined)[] = [];
  readonly #arenas = new ArenaPool();
  readonly #bundles: BundleWriter;
  readonly #triangulator: Triangulator;
  readonly #prior: Prior;
  readonly #tracks = new Map<number, Track>();
  readonly #dropped = { keyFrames: 0, landmarks: 0, observations: 0, discarded: 0, silent: 0 };
  #frames: Frame[] = [];
  #next = 0;

  /** @throws OptionError, DimensionError for options out of range. */
  constructor(options: WindowOptions) {
    const { model, size, policy = presetPolicy("fp64"), linear = "schur-dense", loss, maxIterations = 10, ftol = 1e-4 } = options;
    checkInteger("size", size, 2);
    checkChoice("linear", linear, LINEAR);
    checkInteger("maxIterations", maxIterations, 0);
    checkNumber("ftol", ftol, 0);
    const intrinsics = copyOf("intrinsics", options.intrinsics, model.intrinsics.length);
    this.#options = { size, policy, linear, maxIterations, ftol };
    this.#lens = { model, intrinsics };
    this.#loss = loss && lossOf(loss, model.measurement.length);
    this.#bundles = new BundleWriter(this.#lens);
    this.#triangulator = new Triangulator(model, intrinsics);
    this.#prior = new Prior(size);
  }

  /** Ids, counted from 0 as key frames came, and poses of the key frames in the window, oldest first. Copies. */
  get keyFrames(): readonly { readonly id: number; readonly pose: Float64Array }[] {
    return this.#frames.map(({ id, pose }) => ({ id, pose: pose.slice() }));
  }

  /** Where the landmarks in the window are, of those located. Copies. */
  get landmarks(): ReadonlyMap<number, Float64Array> {
    const located = new Map<number, Float64Array>();
    for (const { id, position } of this.#tracks.values()) if (position !== undefined) located.set(id, position.slice());
    return located;
  }

  get dropped(): Dropped {
    return { ...this.#dropped };
  }

  /** What the window keeps of what has left it. Its own: read it, and let it be. */
  get prior(): Prior {
    return this.#prior;
  }

  /**
   * Takes a key frame into the window; where that is full, the oldest is dropped first, as the last `solve` left it. Solves nothing.
   *
   * @returns the id of the key frame, and what was dropped for it: its pose is final.
   * @throws DimensionError, OptionError for a key frame that contradicts itself; the window is then as it was.
   */
  addKeyFrame(keyFrame: KeyFrame): { readonly id: number; readonly dropped?: { readonly id: number; readonly pose: Float64Array } } {
    const arenas = this.#arenas;
    const frame = arenas.during(() => frameOf(keyFrame, this.#lens.model.measurement.length, this.#next, arenas));
    const dropped = this.#frames.length < this.#options.size ? undefined : this.#drop(new Set(frame.landmark));
    frame.index = this.#frames.length;
    this.#frames.push(frame);
    this.#next++;
    for (const [at, id] of frame.landmark.entries()) {
      const track = this.#tracks.get(id) ?? { id, position: undefined, views: [] };
      this.#tracks.set(id, track);
      track.views.push({ frame, at });
      track.position ??= placeAt(keyFrame.points, at) ?? this.#locate(track);
    }
    return { id: frame.id, ...(dropped && { dropped: { id: dropped.id, pose: dropped.pose } }) };
  }

  /** A guess from what the track's first and last views measured. */
  #locate({ views }: Track): Float64Array | undefined {
    const first = views[0];
    const last = views[views.length - 1];
    const z = this.#measured(last.frame, last.at);
    const near = this.#triangulator.fromDepth(last.frame.pose, z);
    if (near !== undefined || first === last) return near;
    return this.#triangulator.fromTwo(first.frame.pose, this.#measured(first.frame, first.at), last.frame.pose, z);
  }

  #measured({ measurements }: Frame, at: number): Float64Array {
    const rows = this.#lens.model.measurement.length;
    return measurements.subarray(at * rows, (at + 1) * rows);
  }

  /** Marginalises the oldest key frame. @param tracked the landmarks that go on. */
  #drop(tracked: ReadonlySet<number>): Frame {
    const oldest = this.#frames[0];
    const ended: Track[] = [];
    const counts = this.#dropped;
    counts.keyFrames++;
    for (const id of oldest.landmark) {
      const track = this.#tracks.get(id);
      // A landmark that came back after it had been marginalised is another.
      if (track === undefined || track.views[0].frame !== oldest) continue;
      if (tracked.has(id)) {
        track.views.shift();
        counts.discarded++;
        continue;
      }
      this.#tracks.delete(id);
      if (track.position === undefined) counts.silent += track.views.length;
      else ended.push(track);
    }
    const bundle = this.#bundles.write(this.#frames, ended);
    const silent = this.#arenas.during(() => marginalizePoints(bundle, this.#prior, this.#loss, this.#arenas));
    counts.landmarks += ended.length;
    counts.observations += bundle.camera.length - silent;
    counts.silent += silent;
    this.#prior.dropFirst();
    this.#frames = this.#frames.slice(1);
    for (const [index, frame] of this.#frames.entries()) frame.index = index;
    return oldest;
  }

  /**
   * Moves key frames and landmarks to the least cost, from where they are. Costs are 1/2 (sum rho + |R d + r0|^2).
   *
   * @param options.timeBudget milliseconds from the call. No iteration is begun that would not end within it if it took as long as the longest before it; where one
   *   is left out so, the report says "time-budget". What is kept is the best point so far. Default none.
   * @throws OptionError without a key frame.
   */
  solve(options: { readonly timeBudget?: number } = {}): WindowReport {
    const began = performance.now();
    const { timeBudget = Number.POSITIVE_INFINITY } = options;
    const budget = new TimeBudget(timeBudget, began);
    if (this.#frames.length === 0) throw new OptionError("solve", { expected: "a key frame in the window", actual: "none" });
    return this.#arenas.during(() => this.#minimize(began, budget));
  }

  /**
   * How well the window knows where one key frame is from another: the covariance, 6 x 6, of the xi = [t; theta] of X_i^-1 X_j Exp(xi), in fp64 at the estimates as they are, of
   * measurements whose noise is what their information says, and weighed as the loss has them. What nothing measures has a variance of some 1e10 over what a measurement weighs.
   *
   * It takes about as long as an iteration of `solve`.
   *
   * @param i ids of two key frames in the window.
   * @returns undefined where one of the two has no part in the window: nothing was measured in it.
   * @throws OptionError for an id that is not in the window.
   */
  relativeCovariance(i: number, j: number): Float64Array | undefined {
    const [first, second] = [this.#indexOf("i", i), this.#indexOf("j", j)];
    if (first === second) throw new OptionError("relativeCovariance: j", { expected: "another key frame than i", actual: j });
    return this.#arenas.during(() => {
      const bundle = this.#bundles.write(this.#frames, this.#solvable());
      const problem = new WindowProblem(bundle, this.#prior, newCounters(), !this.#triangulator.measuresDepth, this.#arenas);
      const columns = [problem.columnOf(first), problem.columnOf(second)] as const;
      if ((columns[0] < 0 && first > 0) || (columns[1] < 0 && second > 0)) return undefined;
      const weighed = this.#loss === undefined ? problem : this.#robust(problem, this.#loss);
      const solver = new DenseSchur({ constantFrom: problem.constantFrom, arenas: this.#arenas });
      return relativeCovariance(weighed, pointOf(bundle, this.#arenas), [first, second], columns, solver);
    });
  }

  #indexOf(which: string, id: number): number {
    const index = this.#frames.findIndex((frame) => frame.id === id);
    if (index >= 0) return index;
    const ids = `${this.#frames[0]?.id} ... ${this.#frames.at(-1)?.id}`;
    throw new OptionError(`relativeCovariance: ${which}`, { expected: `a key frame in the window, ${ids}`, actual: id });
  }

  #minimize(began: number, budget: TimeBudget): WindowReport {
    const { policy, maxIterations, ftol } = this.#options;
    const tracks = this.#solvable();
    const bundle = this.#bundles.write(this.#frames, tracks);
    const counters = newCounters();
    const problem = new WindowProblem(bundle, this.#prior, counters, !this.#triangulator.measuresDepth, this.#arenas);
    const { solver, policy: resolved } = this.#solver(problem, counters);
    const x0 = storedPoint(pointOf(bundle, this.#arenas), this.#frames.length, policy.update.storage);
    const weighed = this.#loss === undefined ? problem : this.#robust(problem, this.#loss);
    const run = start(weighed, x0, { policy, maxIterations, ftol, counters, solver, scratch: this.#arenas });
    let overdue: string | undefined;
    while (!run.done && overdue === undefined) overdue = budget.spend(() => run.step());
    this.#take(run.x, tracks);
    const unseen = problem.unseen(run.x);
    // Where it ended up it can't have been measured: from the poses as they are now it may be placed better.
    for (const p of new Set(unseen.map((i) => bundle.point[i]))) tracks[p].position = this.#locate(tracks[p]);
    const { report } = run;
    return {
      ...report,
      ...(overdue !== undefined && { termination: "time-budget", message: overdue }),
      initialCost: report.initialCost / 2,
      finalCost: report.finalCost / 2,
      iterations: report.iterations.map((record) => ({ ...record, cost: record.cost / 2 })),
      policy: resolved(),
      linear: {
        solver: solver.name,
        preconditioner: solver.preconditionerLabel,
        factorizations: solver.factorizations,
        cgIterations: report.cgIterations,
        factorNonzeros: solver.factorNonzeros,
      },
      keyFrames: this.#frames.length,
      landmarks: tracks.length,
      observations: bundle.camera.length,
      unseen: unseen.length,
      milliseconds: performance.now() - began,
    };
  }

  /** Tracks whose observations can say where they are. */
  #solvable(): Track[] {
    const rows = this.#lens.model.measurement.length;
    return [...this.#tracks.values()].filter(({ position, views }) => position !== undefined && views.length * rows >= 3);
  }

  #solver(problem: WindowProblem, counters: Counters): { readonly solver: DenseSchur | CgSolver; readonly policy: () => Policy } {
    const { linear, policy } = this.#options;
    const { constantFrom } = problem;
    const arenas = this.#arenas;
    if (linear === "schur-dense") return { solver: new DenseSchur({ constantFrom, counters, arenas }), policy: () => policy };
    const solver = new CgSolver({ policy, counters, linear, arenas, scratch: arenas });
    return { solver, policy: () => solver.policy };
  }

  #robust(problem: WindowProblem, loss: Loss): RobustProblem<Float64Array, BundleJacobian> {
    const rows = this.#lens.model.measurement.length;
    return robustObservations(problem, problem.constantFrom, rows, loss, this.#arenas, this.#losses);
  }

  #take(x: Float64Array, tracks: readonly Track[]): void {
    for (const [c, frame] of this.#frames.entries()) frame.pose.set(x.subarray(POSE_SIZE * c, POSE_SIZE * (c + 1)));
    const from = x.length - 3 * tracks.length;
    for (let p = 0; p < tracks.length; p++) for (let a = 0; a < 3; a++) tracks[p].position![a] = x[from + 3 * p + a];
  }
}

/** The three numbers there, if they are a place; a copy. */
function placeAt(points: ArrayLike<number> | undefined, at: number): Float64Array | undefined {
  if (points === undefined) return undefined;
  const place = Float64Array.of(points[3 * at], points[3 * at + 1], points[3 * at + 2]);
  return place.every(Number.isFinite) ? place : undefined;
}
