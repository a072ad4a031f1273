// Prints, for the linear solver that is named, the bytes of array buffers that key frames of a warm sliding window make, in windows of some shapes, in fp64 and in mixed precision with a loss; and what one
// allocates on the heap.
import { SIXTEEN_BIT, SlidingWindow, type WindowOptions } from "@slam/ba";
import { stereo } from "@slam/camera";
import { presetPolicy } from "@slam/nlls";
import { type Allocations, allocated } from "./allocated.ts";
import { bytesInBuffers } from "./in-buffers.ts";
import { stereoDrive } from "./stereo-drive.ts";

/** Landmarks in a key frame, and key frames that see one: J of 5,500 x 1,000, and of 13,000 x 4,000 as a window of 10 of KITTI's stereo features has it. */
const SHAPES = { seed: { size: 50, features: 37, trackLength: 8 }, kitti: { size: 10, features: 430, trackLength: 3 } } as const;
const SETTINGS = {
  fp64: {},
  mixed: { policy: presetPolicy("mixed", SIXTEEN_BIT), loss: { loss: "cauchy", C: 2 } },
} as const;
/** Before anything is measured: what runs once a key frame is compiled late, and boxes numbers until then. */
const WARM = { seed: 10, kitti: 30 } as const;
const MEASURED = 5;

const linear = process.argv[2] as NonNullable<WindowOptions["linear"]>;
const found: object[] = [];
for (const shape of ["seed", "kitti"] as const) {
  for (const settings of ["fp64", "mixed"] as const) found.push({ shape, settings, ...(await keyFramesOf(shape, SETTINGS[settings])) });
}
console.log(JSON.stringify(found));

async function keyFramesOf(shape: keyof typeof SHAPES, settings: Partial<WindowOptions>) {
  const { size, features, trackLength } = SHAPES[shape];
  const warm = size + WARM[shape];
  const { intrinsics, keyFrames } = stereoDrive(features, warm + 2 * MEASURED + 1, trackLength);
  const window = new SlidingWindow({ model: stereo, intrinsics, size, linear, ...settings });
  const heap: number[] = [];
  const buffers: number[] = [];
  let sites: Allocations["sites"] = [];
  for (const [k, keyFrame] of keyFrames.entries()) {
    const take = (): void => {
      window.addKeyFrame(keyFrame);
      window.solve();
    };
    if (k < warm) take();
    else if (k < warm + MEASURED) heap.push(bytesOnHeap(take));
    else if (k === warm + MEASURED) ({ sites } = await allocated(take));
    else buffers.push(bytesInBuffers(take));
  }
  // Of its landmarks and measurements.
  const own = features * (4 + 8 * stereo.measurement.length);
  return { own, buffers, heap, sites };
}

/** While nothing is collected. */
function bytesOnHeap(run: () => void): number {
  const before = process.memoryUsage().heapUsed;
  run();
  return process.memoryUsage().heapUsed - before;
}
