import { SlidingWindow } from "@slam/ba";
import { stereo } from "@slam/camera";

// A stereo camera, 20 cm wide, drives half a metre a key frame along z past landmarks 1 m apart, each seen from 2 to 6 m away; every guess is 10 cm short.
const window = new SlidingWindow({ model: stereo, intrinsics: [500, 500, 320, 240, 0.2], size: 4 });
const landmark = (id: number): number[] => [id % 2 ? 1 : -1, (id % 3) - 1, id / 2];
for (let k = 0; k < 20; k++) {
  const z = 0.5 * k;
  const ids = Array.from({ length: 9 }, (_, n) => k + 4 + n);
  const measurements = ids.flatMap((id) => {
    const [x, y, ahead] = [landmark(id)[0], landmark(id)[1], landmark(id)[2] - z];
    return [320 + (500 * x) / ahead, 320 + (500 * (x - 0.2)) / ahead, 240 + (500 * y) / ahead];
  });
  const before = window.keyFrames.at(-1)?.pose[2];
  const guess = before === undefined ? 0 : before + 0.4;
  window.addKeyFrame({ pose: [0, 0, guess, 0, 0, 0, 1], landmark: ids, measurements });
  window.solve({ timeBudget: 100 });
}
const { id, pose } = window.keyFrames[3];
console.log(`key frame ${id} is at z = ${pose[2].toFixed(4)} m`);
console.log(`${window.dropped.keyFrames} key frames dropped, ${window.dropped.landmarks} landmarks in the prior`);
