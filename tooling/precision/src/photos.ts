import type { Bundle } from "@slam/ba";
import { newProjection, snavely } from "@slam/camera";
import { cos, sin } from "@slam/float";
import { Random } from "@slam/sim";

const RADIUS = 10;
const VIEWS = 4;
const OBSERVATIONS_A_CAMERA = 1000;
const PIXELS = 0.5;

/**
 * A collection of photos with so many observations, as files of "bundle adjustment in the large" have them: cameras on a circle that look at its centre, points in a ball there, each seen by
 * four cameras of the twentieth of the circle around one drawn for it. Pixels of noise, and a start some centimetres and milliradians off.
 */
export function photos(observations: number): Bundle {
  const random = new Random(observations);
  const cameras = Math.max(20, Math.round(observations / OBSERVATIONS_A_CAMERA));
  const pointCount = Math.ceil(observations / VIEWS);
  const truth = { poses: new Float64Array(7 * cameras), points: new Float64Array(3 * pointCount) };
  const lens = [1000, -0.05, 0.01];
  for (let c = 0; c < cameras; c++) {
    const angle = (2 * Math.PI * c) / cameras;
    truth.poses.set([RADIUS * sin(angle), 0, RADIUS * cos(angle), 0, sin(angle / 2), 0, cos(angle / 2)], 7 * c);
  }
  for (let k = 0; k < truth.points.length; k++) truth.points[k] = 4 * (2 * random.uniform() - 1) * random.uniform();
  const bundle = {
    camera: new Int32Array(VIEWS * pointCount),
    point: new Int32Array(VIEWS * pointCount),
    measurements: new Float64Array(2 * VIEWS * pointCount),
  };
  const near = Math.max(VIEWS, Math.round(cameras / 20));
  const q = new Float64Array(3);
  const projection = newProjection(snavely);
  for (let p = 0, i = 0; p < pointCount; p++) {
    const first = random.integer(cameras);
    // Four different ones: one of each quarter of those that are near.
    for (let view = 0; view < VIEWS; view++, i++) {
      const [from, to] = [view, view + 1].map((quarter) => Math.floor((quarter * near) / VIEWS));
      const c = (first + from + random.integer(to - from)) % cameras;
      const angle = (2 * Math.PI * c) / cameras;
      const [s, t] = [sin(angle), cos(angle)];
      const [x, y, z] = [0, 1, 2].map((a) => truth.points[3 * p + a]);
      // R'(P - t) of a rotation about y by the angle; the camera is RADIUS along its own z.
      q.set([t * x - s * z, y, s * x + t * z - RADIUS]);
      snavely.project(lens, q, projection, false);
      bundle.camera[i] = c;
      bundle.point[i] = p;
      for (let a = 0; a < 2; a++) bundle.measurements[2 * i + a] = projection.value[a] + PIXELS * random.gaussian();
    }
  }
  const moved = (x: number, size: number): number => x + size * random.gaussian();
  const poses = truth.poses.map((x, k) => (k % 7 < 3 ? moved(x, 0.02) : moved(x, 0.002)));
  for (let c = 0; c < cameras; c++) {
    const quaternion = poses.subarray(7 * c + 3, 7 * c + 7);
    const norm = Math.sqrt(quaternion.reduce((sum, x) => sum + x * x, 0));
    for (let a = 0; a < 4; a++) quaternion[a] /= norm;
  }
  return {
    ...bundle,
    model: snavely,
    poses,
    intrinsics: Float64Array.from({ length: 3 * cameras }, (_, k) => (k % 3 === 0 ? moved(lens[0], 2) : lens[k % 3])),
    intrinsicsOf: Int32Array.from({ length: cameras }, (_, c) => c),
    points: truth.points.map((x) => moved(x, 0.02)),
  };
}
