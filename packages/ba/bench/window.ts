import { SlidingWindow, type WindowOptions } from "@slam/ba";
import { stereo } from "@slam/camera";
import { ate } from "@slam/eval";
import { se3 } from "@slam/lie";
import { readKittiStereo } from "../test/window/kitti-stereo.ts";

const seq = readKittiStereo();
const n = seq.frames.length;
const rel = new Float64Array(7);
for (const size of [10]) {
  const window = new SlidingWindow({
    model: stereo,
    intrinsics: seq.intrinsics,
    size,
    ftol: Number(process.env.FT ?? 1e-6),
    loss: { name: "huber", C: 1.5 },
  });
  const out = new Float64Array(7 * n);
  const ms: number[] = [],
    its: number[] = [];
  const adds: number[] = [];
  const terms: Record<string, number> = {};
  for (let k = 0; k < n; k++) {
    const pose = seq.estimate.slice(0, 7);
    if (k > 0) {
      se3.relative(seq.estimate, 7 * (k - 1), seq.estimate, 7 * k, rel, 0);
      const last = window.keyFrames.at(-1)!.pose;
      se3.compose(last, 0, rel, 0, pose, 0);
    }
    const t0 = performance.now();
    const { dropped } = window.addKeyFrame({ pose, ...seq.frames[k] });
    adds.push(performance.now() - t0);
    if (dropped) out.set(dropped.pose, 7 * dropped.id);
    const report = window.solve();
    ms.push(report.milliseconds);
    its.push(report.iterations.length);
    terms[report.termination] = (terms[report.termination] ?? 0) + 1;
    if (k % 20 === 0)
      console.log(
        k,
        report.termination,
        report.message,
        report.initialCost,
        report.finalCost,
        report.observations,
        report.landmarks,
        report.unseen,
        report.seconds,
      );
  }
  for (const { id, pose } of window.keyFrames) out.set(pose, 7 * id);
  ms.sort((a, b) => a - b);
  adds.sort((a, b) => a - b);
  console.log(
    size,
    terms,
    window.dropped,
    "ms median",
    ms[n >> 1],
    ms[Math.floor(n * 0.99)],
    "add",
    adds[n >> 1],
    adds[Math.floor(n * 0.99)],
    "its",
    its.reduce((a, b) => a + b) / n,
    "ATE",
    ate(seq.truth, out, { align: "se3" }).rmse,
    "VO",
    ate(seq.truth, seq.estimate, { align: "se3" }).rmse,
  );
}
