import { sphere } from "@slam/sim";

const world = sphere({ poses: 400, seed: 7 });
const last = 7 * 399;
console.log(`${world.truth.length / 7} poses, ${world.from.length} measurements`);
console.log(`the last pose is at ${point(world.truth)}, by odometry alone at ${point(world.initial)}`);

function point(poses: Float64Array): string {
  return Array.from(poses.subarray(last, last + 3), (x) => x.toFixed(2)).join(" ");
}
