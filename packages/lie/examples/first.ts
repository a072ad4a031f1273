import { se3 } from "@slam/lie";

// Two poses in one flat array: x y z, then the quaternion x y z w.
const poses = Float64Array.of(1, 2, 0, 0, 0, Math.SQRT1_2, Math.SQRT1_2, 1, 4, 0, 0, 0, 1, 0);
const between = new Float64Array(7);
se3.relative(poses, 0, poses, 7, between, 0);
const xi = new Float64Array(6);
se3.log(between, 0, xi, 0);
console.log(Array.from(xi, (x) => x.toFixed(3)).join(" "));
