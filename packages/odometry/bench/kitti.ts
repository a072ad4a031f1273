// Odometry on KITTI 00's stereo features, 650 landmarks a key frame: `node --conditions=@slam/source packages/odometry/bench/kitti.ts [LABEL ...]` prints a Markdown table of the time that a
// key frame takes, window and graph together. Key frames come at 10 Hz.
import { ate } from "@slam/eval";
import { presetPolicy } from "@slam/nlls";
import { type Linear, Odometry, SIXTEEN_BIT } from "@slam/odometry";
import { readKittiStereo } from "../test/kitti-stereo.ts";

const PERIOD = 100;

const runs: readonly (readonly [label: string, linear: Linear, preset: "fp64" | "mixed"])[] = [
  ["cgnr mixed", "cgnr", "mixed"],
  ["cgnr fp64", "cgnr", "fp64"],
  ["schur-dense fp64", "schur-dense", "fp64"],
];
const chosen = process.argv.slice(2);
const { camera, frames, truth } = readKittiStereo();

const columns = ["window 10 by", "ms a key frame", "99 %", "largest", "key frames a second", "within 100 ms", "ATE m"];
console.log(`| ${columns.join(" | ")} |\n|${" --- |".repeat(columns.length)}`);
for (const [label, linear, preset] of runs) {
  if (chosen.length > 0 && !chosen.includes(label)) continue;
  const odometry = new Odometry({ camera, linear, policy: presetPolicy(preset, SIXTEEN_BIT) });
  for (const frame of frames) odometry.addFrame(frame);
  const { milliseconds, poses } = odometry.finish();
  const all = milliseconds.window.map((ms, k) => ms + milliseconds.graph[k]);
  const sorted = all.slice().sort();
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
  const perSecond = (1000 * all.length) / all.reduce((sum, ms) => sum + ms, 0);
  const within = `${all.filter((ms) => ms < PERIOD).length} of ${all.length}`;
  const row = [label, at(0.5), at(0.99), at(1), perSecond.toFixed(1), within, ate(truth, poses, { align: "se3" }).rmse.toFixed(7)];
  console.log(`| ${row.join(" | ")} |`);
}
