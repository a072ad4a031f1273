// Prints the bytes that a key frame of a sliding window allocates once it is warm, beside those of its J in fp64, for few landmarks and for many; and the bytes in use, after a collection,
// after each tenth of 200 key frames.
import { SIXTEEN_BIT, SlidingWindow } from "@slam/ba";
import { stereo } from "@slam/camera";
import { presetPolicy } from "@slam/nlls";
import { type Allocations, allocated } from "./allocated.ts";
import { bytesInUse } from "./bytes-in-use.ts";
import { stereoDrive } from "./stereo-drive.ts";

const SIZE = 10;

console.log(JSON.stringify({ small: await bytesPerKeyFrame(50), large: await bytesPerKeyFrame(150), inUse: await keyFrames(200) }));

function newWindow(intrinsics: ArrayLike<number>): SlidingWindow {
  const policy = presetPolicy("mixed", SIXTEEN_BIT);
  return new SlidingWindow({ model: stereo, intrinsics, size: SIZE, linear: "cgnr", policy, loss: { loss: "cauchy", C: 2 } });
}

/** The least of ten key frames after fifty: until the engine has compiled what runs once a key frame, it boxes numbers. */
async function bytesPerKeyFrame(features: number): Promise<Allocations & { readonly J: number }> {
  const { intrinsics, keyFrames } = stereoDrive(features, 60);
  const window = newWindow(intrinsics);
  let least: Allocations & { readonly J: number } = { bytes: Infinity, sites: [], J: 0 };
  for (const [k, keyFrame] of keyFrames.entries()) {
    let observations = 0;
    const take = (): void => {
      window.addKeyFrame(keyFrame);
      ({ observations } = window.solve());
    };
    if (k < 50) take();
    else {
      const found = await allocated(take);
      if (found.bytes < least.bytes) least = { ...found, J: observations * 3 * 9 * 8 };
    }
  }
  return least;
}

async function keyFrames(count: number): Promise<readonly number[]> {
  const { intrinsics, keyFrames } = stereoDrive(50, count);
  const window = newWindow(intrinsics);
  const inUse: number[] = [];
  for (const [k, keyFrame] of keyFrames.entries()) {
    window.addKeyFrame(keyFrame);
    window.solve();
    if ((k + 1) % (count / 20) > 0) continue;
    inUse.push(await bytesInUse());
  }
  return inUse;
}
