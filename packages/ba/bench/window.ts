// The sliding window on KITTI 00's stereo features and on a drive of the seed's shape (50 key frames, J about 5,600 x 1,050):
// `node --conditions=@slam/source packages/ba/bench/window.ts` prints a Markdown table. Key frames start from the relative poses of the file's visual odometry, made
// worse by 5 cm and 0.3 degrees, on the pose that the window has for the one before. Drift is that of KITTI's benchmark over 100 m of the truth's path.
import { type Bundle, type KeyFrame, SlidingWindow, start, type WindowOptions, type WindowReport } from "@slam/ba";
import { pinhole, stereo } from "@slam/camera";
import { ate } from "@slam/eval";
import { se3 } from "@slam/lie";
import { parsePolicy } from "@slam/nlls";
import { readKittiStereo } from "../test/window/kitti-stereo.ts";
import { seeded, steadyTracks, street } from "../test/window/street.ts";

const HUBER = { loss: "huber", C: 1.5 } as const;
const POSITION_NOISE = 0.05;
const ROTATION_NOISE = 0.005;

const columns = ["data", "method", "ATE m", "drift %", "ms a key frame", "99 %", "iterations", "rows x cols", "discarded"];
console.log(`| ${columns.join(" | ")} |\n|${" --- |".repeat(columns.length)}`);
kitti();
seedShape();

function kitti(): void {
  const { intrinsics, estimate, truth, frames } = readKittiStereo();
  const steps = relativeSteps(estimate);
  const name = "KITTI 00 stereo";
  for (const size of [10, 20, 50]) {
    row(name, `window ${size}`, drive({ model: stereo, intrinsics, size, loss: HUBER }, frames, steps), truth);
  }
  row(name, "window 10, 50 ms", drive({ model: stereo, intrinsics, size: 10, loss: HUBER }, frames, steps, 50), truth);
  const few = 40;
  const sixteen = parsePolicy({ preset: "fp32", matvec: "fp16" });
  for (const [label, more] of [
    ["schur-dense", {}],
    ["schur-cg", { linear: "schur-cg" }],
    ["cgnr", { linear: "cgnr" }],
    ["cgnr, fp32, J in fp16", { linear: "cgnr", policy: sixteen }],
  ] as const) {
    const driven = drive({ model: stereo, intrinsics, size: 10, loss: HUBER, ...more }, frames.slice(0, few), steps);
    row(`${name}, ${few} key frames`, `window 10, ${label}`, driven, truth.slice(0, 7 * few));
  }
  const batch = fullBatch(intrinsics, frames, chained(steps));
  print([name, "full batch", ate(truth, batch, { align: "se3" }).rmse.toFixed(3), drift(truth, batch), "", "", "", "", ""]);
  print([name, "the file's odometry", ate(truth, estimate, { align: "se3" }).rmse.toFixed(3), drift(truth, estimate), "", "", "", "", ""]);
}

function seedShape(): void {
  const frames = 120;
  const intrinsics = [700, 710, 620, 188];
  const { keyFrames, truth } = street({ model: pinhole, intrinsics, frames, tracks: steadyTracks(frames, 14, 4), noise: 0.5 });
  const steps = relativeSteps(truth);
  row("50 frames, one camera", "window 50", drive({ model: pinhole, intrinsics, size: 50 }, keyFrames, steps), truth, "sim3", 60);
}

interface Driven {
  readonly poses: Float64Array;
  readonly reports: readonly WindowReport[];
  /** Of taking the key frame and solving. */
  readonly milliseconds: readonly number[];
  readonly discarded: number;
  readonly rowsEach: number;
}

function drive(
  options: WindowOptions,
  frames: readonly Omit<KeyFrame, "pose">[],
  steps: readonly Float64Array[],
  timeBudget?: number,
): Driven {
  const window = new SlidingWindow(options);
  const poses = new Float64Array(7 * frames.length);
  const reports: WindowReport[] = [];
  const milliseconds: number[] = [];
  const pose = new Float64Array(7);
  se3.identity(pose, 0);
  for (const [k, frame] of frames.entries()) {
    const last = window.keyFrames[window.keyFrames.length - 1];
    if (last !== undefined) se3.compose(last.pose, 0, steps[k], 0, pose, 0);
    const began = performance.now();
    const { dropped } = window.addKeyFrame({ ...frame, pose });
    reports.push(window.solve({ ...(timeBudget !== undefined && { timeBudget }) }));
    milliseconds.push(performance.now() - began);
    if (dropped !== undefined) poses.set(dropped.pose, 7 * dropped.id);
  }
  for (const { id, pose: solved } of window.keyFrames) poses.set(solved, 7 * id);
  return { poses, reports, milliseconds, discarded: window.dropped.discarded, rowsEach: options.model.measurement.length };
}

/** X_k-1^-1 X_k, and noise; the first is of no use. */
function relativeSteps(poses: Float64Array): Float64Array[] {
  const random = seeded(7);
  const noise = (size: number): number => size * (2 * random() - 1);
  return Array.from({ length: poses.length / 7 }, (_, k) => {
    const step = new Float64Array(7);
    if (k === 0) return step;
    se3.relative(poses, 7 * (k - 1), poses, 7 * k, step, 0);
    se3.retract(
      step,
      0,
      Float64Array.from({ length: 6 }, (_, a) => noise(a < 3 ? POSITION_NOISE : ROTATION_NOISE)),
      0,
      step,
      0,
    );
    return step;
  });
}

function chained(steps: readonly Float64Array[]): Float64Array {
  const poses = new Float64Array(7 * steps.length);
  se3.identity(poses, 0);
  for (let k = 1; k < steps.length; k++) se3.compose(poses, 7 * (k - 1), steps[k], 0, poses, 7 * k);
  return poses;
}

/** The optimum over all key frames at once. */
function fullBatch(
  intrinsics: readonly number[],
  frames: readonly { readonly landmark: number[]; readonly measurements: number[] }[],
  poses: Float64Array,
): Float64Array {
  const index = new Map<number, number>();
  const points: number[] = [];
  const local = new Float64Array(3);
  for (const [k, { landmark, measurements }] of frames.entries()) {
    for (const [at, id] of landmark.entries()) {
      if (index.has(id)) continue;
      index.set(id, index.size);
      stereo.unproject!(intrinsics, measurements.slice(3 * at, 3 * at + 3), local);
      se3.act(poses, 7 * k, local, 0, local, 0);
      points.push(...local);
    }
  }
  const bundle: Bundle = {
    model: stereo,
    poses,
    intrinsics: Float64Array.from(intrinsics),
    intrinsicsOf: new Int32Array(frames.length),
    points: Float64Array.from(points),
    camera: Int32Array.from(frames.flatMap(({ landmark }, k) => landmark.map(() => k))),
    point: Int32Array.from(frames.flatMap(({ landmark }) => landmark.map((id) => index.get(id)!))),
    measurements: Float64Array.from(frames.flatMap(({ measurements }) => measurements)),
  };
  const run = start(bundle, { held: { cameras: [0], intrinsics: true }, loss: HUBER, ftol: 1e-6 });
  while (!run.done) run.step();
  return run.bundle.poses;
}

/** Mean of |translation of (T_a^-1 T_b)^-1 (E_a^-1 E_b)| over 100 m of the truth's path, in per cent; empty for a shorter one. */
function drift(truth: Float64Array, poses: Float64Array): string {
  const n = truth.length / 7;
  const path = [0];
  for (let k = 1; k < n; k++) path.push(path[k - 1] + Math.hypot(...[0, 1, 2].map((a) => truth[7 * k + a] - truth[7 * k - 7 + a])));
  const [t, e, error] = [new Float64Array(7), new Float64Array(7), new Float64Array(7)];
  const errors: number[] = [];
  for (let a = 0; a < n; a++) {
    const b = path.findIndex((length) => length >= path[a] + 100);
    if (b < 0) break;
    se3.relative(truth, 7 * a, truth, 7 * b, t, 0);
    se3.relative(poses, 7 * a, poses, 7 * b, e, 0);
    se3.relative(t, 0, e, 0, error, 0);
    errors.push(Math.hypot(error[0], error[1], error[2]));
  }
  return errors.length === 0 ? "" : (errors.reduce((sum, x) => sum + x, 0) / errors.length).toFixed(2);
}

/** @param from the first key frame whose time counts. */
function row(
  data: string,
  method: string,
  { poses, reports, milliseconds, discarded, rowsEach }: Driven,
  truth: Float64Array,
  align: "se3" | "sim3" = "se3",
  from = 10,
): void {
  const sorted = milliseconds.slice(from).sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
  const iterations = reports.slice(from).reduce((sum, report) => sum + report.iterations.length, 0) / sorted.length;
  const { observations, keyFrames, landmarks } = reports[reports.length - 1];
  const shape = `${rowsEach * observations} x ${6 * (keyFrames - 1) + 3 * landmarks}`;
  print([
    data,
    method,
    ate(truth, poses, { align }).rmse.toFixed(3),
    align === "se3" ? drift(truth, poses) : "",
    at(0.5),
    at(0.99),
    iterations.toFixed(1),
    shape,
    discarded,
  ]);
}

function print(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}
