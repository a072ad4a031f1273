import { OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { type IterationRecord, type LinearSummary, newCounters, type PrecisionEvents, presetPolicy, sumOfPhases } from "@slam/nlls";
import { type Bundle, cameraCount, checkBundle, lensCount, POSE_SIZE, pointCount } from "../bundle.ts";
import { costOf } from "../bundle-cost.ts";
import { lossOf, namedLoss } from "../loss.ts";
import { pointOf, withPoint } from "../observer.ts";
import type { BundleReport, BundleRun } from "../solve.ts";
import type { KeyFrame } from "./key-frame.ts";
import { type Dropped, SlidingWindow, type WindowOptions, type WindowReport } from "./sliding-window.ts";

export interface WindowRunOptions extends Omit<WindowOptions, "model" | "intrinsics" | "maxIterations"> {
  /** Of the solve of one key frame. Default 50: the next one does not come before this one is solved. */
  readonly maxIterations?: number;
  /** Milliseconds for each key frame, from when its solve begins; as `SlidingWindow.solve` has it. Default none. */
  readonly timeBudget?: number;
  /** Called after each key frame, with the sums of its iterations, and the cost of what was in the window. */
  readonly onIteration?: (record: IterationRecord, index: number) => void;
}

/** What a window did of a whole bundle. */
export interface WindowSummary {
  /** Key frames in the window. */
  readonly size: number;
  /** Solved, one after the other. */
  readonly keyFrames: number;
  /** Of those, how many solves converged. */
  readonly converged: number;
  /** What has left the window. */
  readonly dropped: Dropped;
  /** Of the solves. */
  readonly milliseconds: { readonly median: number; readonly percentile99: number; readonly largest: number };
}

export interface WindowRunReport extends BundleReport {
  readonly window: WindowSummary;
}

/**
 * Solves a bundle as odometry would have: its cameras in their order as key frames of a sliding window, each solved when it comes and never again once it has left. A step of the
 * run is a key frame.
 *
 * A key frame starts from the last one's solved pose and the motion between the two in the bundle, its new landmarks from where the bundle has them, moved likewise. Costs
 * of the report are those of the whole bundle at the bundle's own estimate and at the window's; a record of its iterations is a key frame.
 *
 * @throws OptionError where cameras have several sets of intrinsics, of which a window holds one, or a camera measured a point twice; for options as `SlidingWindow` does.
 */
export function startWindow(bundle: Bundle, options: WindowRunOptions): Omit<BundleRun, "report"> & { readonly report: WindowRunReport } {
  return new WindowRun(bundle, options);
}

/** A key frame without a guess. */
interface MeasuredFrame extends Omit<KeyFrame, "pose" | "points"> {
  readonly landmark: readonly number[];
}

class WindowRun {
  readonly #bundle: Bundle;
  readonly #options: WindowRunOptions;
  readonly #window: SlidingWindow;
  readonly #keyFrames: readonly MeasuredFrame[];
  readonly #poses: Float64Array;
  readonly #points: Float64Array;
  /** Where the window is, of where the bundle would have it: points that it has not placed, and cameras to come, are moved by it. */
  readonly #moved = Float64Array.of(0, 0, 0, 0, 0, 0, 1);
  readonly #isPlaced: Uint8Array;
  readonly #reports: WindowReport[] = [];
  readonly #records: IterationRecord[] = [];
  readonly #initializeSeconds: number;
  #cancelled: string | undefined;

  constructor(bundle: Bundle, options: WindowRunOptions) {
    const began = performance.now();
    checkBundle(bundle);
    if (lensCount(bundle) !== 1) {
      throw new OptionError("a window: sets of intrinsics", { expected: "1, which all cameras share", actual: lensCount(bundle) });
    }
    const { maxIterations = 50, timeBudget: _, onIteration: __, ...settings } = options;
    const { model, intrinsics } = bundle;
    this.#bundle = bundle;
    this.#options = options;
    this.#window = new SlidingWindow({
      model,
      intrinsics,
      ...settings,
      maxIterations,
    });
    this.#keyFrames = keyFramesOf(bundle);
    this.#poses = bundle.poses.slice();
    this.#points = bundle.points.slice();
    this.#isPlaced = new Uint8Array(pointCount(bundle));
    this.#initializeSeconds = (performance.now() - began) / 1000;
  }

  get done(): boolean {
    return this.#cancelled !== undefined || this.#reports.length === this.#keyFrames.length;
  }

  get x(): Float64Array {
    return pointOf(this.bundle);
  }

  get bundle(): Bundle {
    const { poses, points } = { poses: this.#poses.slice(), points: this.#points.slice() };
    for (let c = this.#reports.length; c < cameraCount(this.#bundle); c++)
      se3.compose(this.#moved, 0, poses, POSE_SIZE * c, poses, POSE_SIZE * c);
    for (const [p, isPlaced] of this.#isPlaced.entries()) if (!isPlaced) se3.act(this.#moved, 0, points, 3 * p, points, 3 * p);
    return { ...this.#bundle, poses, points };
  }

  step(): void {
    if (this.done) return;
    const began = performance.now();
    const c = this.#reports.length;
    const measured = this.#keyFrames[c];
    const pose = new Float64Array(POSE_SIZE);
    se3.compose(this.#moved, 0, this.#bundle.poses, POSE_SIZE * c, pose, 0);
    const points = new Float64Array(3 * measured.landmark.length);
    for (const [at, p] of measured.landmark.entries()) se3.act(this.#moved, 0, this.#bundle.points, 3 * p, points, 3 * at);
    this.#window.addKeyFrame({ ...measured, pose, points });
    const { timeBudget } = this.#options;
    const report = this.#window.solve(timeBudget === undefined ? {} : { timeBudget });
    this.#reports.push(report);
    for (const { id, pose } of this.#window.keyFrames) this.#poses.set(pose, POSE_SIZE * id);
    for (const [p, position] of this.#window.landmarks) {
      this.#points.set(position, 3 * p);
      this.#isPlaced[p] = 1;
    }
    const inverse = new Float64Array(POSE_SIZE);
    se3.inverse(this.#bundle.poses, POSE_SIZE * c, inverse, 0);
    se3.compose(this.#poses, POSE_SIZE * c, inverse, 0, this.#moved, 0);
    se3.normalize(this.#moved, 0, this.#moved, 0);
    const record = recordOf(report, (performance.now() - began) / 1000);
    this.#records.push(record);
    this.#options.onIteration?.(record, this.#records.length);
  }

  cancel(message: string): void {
    if (!this.done) this.#cancelled = message;
  }

  get report(): WindowRunReport {
    const reports = this.#reports;
    const bundle = this.#bundle;
    const { loss } = this.#options;
    const rho = loss && lossOf(loss, bundle.model.measurement.length);
    const final = costOf(withPoint(bundle, this.x), {}, rho);
    const counters = newCounters();
    for (const { work, precision } of reports) {
      counters.work.include(work);
      for (const event of Object.keys(precision) as (keyof PrecisionEvents)[]) counters.events[event] += precision[event];
    }
    return {
      ...this.#ending(),
      initialCost: costOf(bundle, {}, rho).cost,
      finalCost: final.cost,
      iterations: this.#records,
      cgIterations: sumOf(reports, ({ cgIterations }) => cgIterations),
      ...sumOfPhases(reports),
      precision: counters.events,
      work: counters.work,
      policy: reports.at(-1)?.policy ?? this.#options.policy ?? presetPolicy("fp64"),
      method: "lm",
      linear: summaryOf(reports),
      ...(loss && { loss: namedLoss(loss, bundle.model.measurement.length) }),
      unseen: final.unseen,
      initializeSeconds: this.#initializeSeconds,
      window: {
        size: this.#options.size,
        keyFrames: reports.length,
        converged: reports.filter(({ termination }) => termination === "converged").length,
        dropped: this.#window.dropped,
        milliseconds: spreadOf(reports.map(({ milliseconds }) => milliseconds)),
      },
    };
  }

  #ending(): Pick<BundleReport, "termination" | "message"> {
    const reports = this.#reports;
    const count = `${reports.length} of ${this.#keyFrames.length} key frames`;
    if (this.#cancelled !== undefined) return { termination: "cancelled", message: `${this.#cancelled}, after ${count}` };
    if (!this.done) return { termination: "max-iterations", message: "the run is not done" };
    const bad = reports.findIndex(({ termination }) => termination !== "converged");
    if (bad < 0) return { termination: "converged", message: `the solves of all ${reports.length} key frames converged` };
    const others = reports.filter(({ termination }) => termination !== "converged").length;
    const { termination, message } = reports[bad];
    return {
      termination,
      message: `the solves of ${others} of ${reports.length} key frames did not converge; the first, camera ${bad}: ${message}`,
    };
  }
}

/** What each camera measured; landmarks are points by their index. */
function keyFramesOf({ model, camera, point, measurements, information, poses }: Bundle): MeasuredFrame[] {
  const rows = model.measurement.length;
  const entries = (rows * (rows + 1)) / 2;
  const seen = Array.from({ length: poses.length / POSE_SIZE }, (): number[] => []);
  for (const [i, c] of camera.entries()) seen[c].push(i);
  const gathered = (values: Float64Array, each: readonly number[], size: number): Float64Array => {
    const out = new Float64Array(size * each.length);
    for (const [at, i] of each.entries()) out.set(values.subarray(size * i, size * (i + 1)), size * at);
    return out;
  };
  return seen.map((each) => ({
    landmark: each.map((i) => point[i]),
    measurements: gathered(measurements, each, rows),
    ...(information && { information: gathered(information, each, entries) }),
  }));
}

/** A key frame's iterations as one. */
function recordOf({ finalCost, iterations, cgIterations }: WindowReport, seconds: number): IterationRecord {
  const last = iterations.at(-1);
  return {
    cost: finalCost,
    step: Math.sqrt(iterations.reduce((sum, { step, accepted }) => sum + (accepted ? step * step : 0), 0)),
    damping: last?.damping ?? 0,
    gainRatio: last?.gainRatio ?? Number.NaN,
    cgIterations,
    accepted: iterations.length === 0 || iterations.some(({ accepted }) => accepted),
    seconds,
  };
}

function summaryOf(reports: readonly WindowReport[]): LinearSummary {
  return {
    solver: reports.at(-1)?.linear.solver ?? "none",
    preconditioner: reports.at(-1)?.linear.preconditioner ?? "none",
    factorizations: sumOf(reports, ({ linear }) => linear.factorizations),
    cgIterations: sumOf(reports, ({ linear }) => linear.cgIterations),
    factorNonzeros: reports.reduce((most, { linear }) => Math.max(most, linear.factorNonzeros), 0),
  };
}

function spreadOf(values: readonly number[]): WindowSummary["milliseconds"] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { median: at(0.5), percentile99: at(0.99), largest: at(1) };
}

function sumOf(reports: readonly WindowReport[], amount: (report: WindowReport) => number): number {
  return reports.reduce((sum, report) => sum + amount(report), 0);
}
