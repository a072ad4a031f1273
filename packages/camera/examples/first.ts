import { newProjection, radialTangential } from "@slam/camera";

// fx fy cx cy k1 k2 p1 p2 k3 of a wide lens, and a point in its frame: x right, y down, z forward, in metres.
const intrinsics = [458.7, 457.3, 367.2, 248.4, -0.283, 0.074, 0.0002, 0.00002, 0];
const out = newProjection(radialTangential);
const seen = radialTangential.project(intrinsics, [0.5, -0.25, 2], out, true);
console.log(seen, Array.from(out.value, (x) => x.toFixed(3)).join(" "));
console.log(`a millimetre to the right moves it ${(out.byPoint[0] / 1000).toFixed(3)} pixels`);

const ray = new Float64Array(3);
radialTangential.unproject?.(intrinsics, out.value, ray);
console.log(Array.from(ray, (x) => (x / ray[2]).toFixed(6)).join(" "));
