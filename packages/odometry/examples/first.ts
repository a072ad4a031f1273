import { stereo } from "@slam/camera";
import { ate } from "@slam/eval";
import { DescriptorRecognizer, Odometry } from "@slam/odometry";
import { apartment, simulateDrive } from "@slam/sim";

// A robot patrols an apartment with a stereo camera and sees its corridor again and again; frames are what a front end would make of its images.
const camera = {
  model: stereo,
  intrinsics: [320, 320, 320, 240, 0.12],
  limits: [
    [0, 640],
    [0, 640],
    [0, 480],
  ] as const,
  sigma: [0.5, 0.5, 0.5],
};
const { times, truth, frames } = simulateDrive(apartment({ length: 90, rate: 2, seed: 1 }), camera, { features: 60, trackLength: 4 });

const odometry = new Odometry({
  camera,
  window: 5,
  places: new DescriptorRecognizer(),
  onEvent(event) {
    if (event.kind === "loop-rejected") console.log(`${event.from} - ${event.to} is not believed: ${event.why}`);
  },
});
for (const [k, frame] of frames.entries()) odometry.addFrame({ ...frame, time: times[k] });
const { odometry: chain, poses, loops, map } = odometry.finish();

const error = (all: Float64Array): string => ate(truth, all, { align: "se3" }).rmse.toFixed(3);
console.log(`${times.length} key frames, ${map.tracks.length} landmarks, ${loops.accepted} of ${loops.found} loops closed`);
console.log(`poses are ${error(chain)} m off by odometry, ${error(poses)} m with loops`);
