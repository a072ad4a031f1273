// Prints the bytes in use, after a collection, after each tenth of 200 key frames of a sliding window.
import { SIXTEEN_BIT, SlidingWindow } from "@slam/ba";
import { stereo } from "@slam/camera";
import { presetPolicy } from "@slam/nlls";
import { bytesInUse } from "./bytes-in-use.ts";
import { stereoDrive } from "./stereo-drive.ts";

const COUNT = 200;

const { intrinsics, keyFrames } = stereoDrive(50, COUNT);
const policy = presetPolicy("mixed", SIXTEEN_BIT);
const window = new SlidingWindow({ model: stereo, intrinsics, size: 10, linear: "cgnr", policy, loss: { loss: "cauchy", C: 2 } });
const inUse: number[] = [];
for (const [k, keyFrame] of keyFrames.entries()) {
  window.addKeyFrame(keyFrame);
  window.solve();
  if ((k + 1) % (COUNT / 20) === 0) inUse.push(await bytesInUse());
}
console.log(JSON.stringify(inUse));
