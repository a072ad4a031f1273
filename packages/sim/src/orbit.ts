import { cos, sin } from "@slam/float";
import { so3 } from "@slam/lie";
import { type BundleScene, checkSceneOptions, type SceneOptions } from "./bundle-scene.ts";
import type { ProjectionModel } from "./camera.ts";
import { drawTrackLength, Photographer } from "./photographer.ts";
import type { Random } from "./random.ts";
import { streamOf } from "./streams.ts";

/** Metres: of the cameras around the middle, and of the rough ball there. */
const DISTANCE = 4;
const LEAST_RADIUS = 0.8;
const LARGEST_RADIUS = 1.1;
const HALF_IMAGE = [480, 360] as const;
/** The ball fills the image's height. */
const LENS = [1200, -0.05, 0.01] as const;
/** The angle between a surface and a ray on it has at least this sine. */
const GRAZING = 0.2;

/**
 * A camera goes once around an object, a ball with a rough surface, and looks at it: points are tracked from picture to picture for 2 to many, and hidden where they face away; the last pictures meet the first.
 *
 * @param model `snavely` of @slam/camera, which this package may not import: f, k1, k2, looking down -z.
 * @throws DimensionError, OptionError for another model; OptionError for options out of range.
 */
export function orbit(model: ProjectionModel, options: SceneOptions = {}): BundleScene {
  const given = checkSceneOptions("orbit", options);
  const random = streamOf(given.seed, "path");
  const poses = new Float64Array(7 * given.poses);
  const intrinsics = new Float64Array(3 * given.poses);
  for (let c = 0; c < given.poses; c++) {
    const angle = (2 * Math.PI * (c + 0.3 * random.gaussian())) / given.poses;
    writeLookingAtOrigin(angle, 0.1 * random.gaussian(), poses, 7 * c);
    intrinsics.set(LENS, 3 * c);
    intrinsics[3 * c] *= 1 + 0.01 * random.gaussian();
  }
  const photographer = new Photographer("orbit", model, { poses, intrinsics }, HALF_IMAGE, given);
  const drawn = streamOf(given.seed, "landmarks");
  const points = new Float64Array(3 * given.points);
  for (let k = 0, attempt = 0; k < given.points; attempt++) {
    drawOnBall(drawn, points, 3 * k);
    // Where each camera is asked for as many tracks as the others, each has enough of them.
    if (track(photographer, attempt % given.poses, k, poses, points, drawn) >= 2) k++;
  }
  return photographer.scene(points, { translation: 0.03, rotation: 0.005, point: 0.03 });
}

/** Takes pictures of point k from neighbouring cameras, c among them. @returns how many. */
function track(photographer: Photographer, c: number, k: number, poses: Float64Array, points: Float64Array, random: Random): number {
  const { cameras } = photographer;
  const length = drawTrackLength(cameras, 1.3, random);
  const first = c - random.integer(length) + cameras;
  if (!isFacing(poses, 7 * c, points, 3 * k)) return 0;
  for (let i = first; i < first + length; i++) {
    const camera = i % cameras;
    if (isFacing(poses, 7 * camera, points, 3 * k)) photographer.take(camera, k, points, 3 * k);
  }
  return photographer.keep();
}

/** Whether the ball's surface at P faces the camera. */
function isFacing(poses: Float64Array, at: number, points: Float64Array, o: number): boolean {
  let [along, normal, way] = [0, 0, 0];
  for (let a = 0; a < 3; a++) {
    const p = points[o + a];
    const d = poses[at + a] - p;
    along += p * d;
    normal += p * p;
    way += d * d;
  }
  return along > GRAZING * Math.sqrt(normal * way);
}

/** worldFromCamera of a camera at so many radians around the z axis and so many metres above the middle, which looks at it down its -z axis, y up. */
function writeLookingAtOrigin(angle: number, height: number, out: Float64Array, o: number): void {
  const [c, s] = [cos(angle), sin(angle)];
  const size = Math.sqrt(DISTANCE * DISTANCE + height * height);
  const [level, rise] = [DISTANCE / size, height / size];
  // Columns x, y and z of R in the world: to the right, up, and away from the middle.
  const R = Float64Array.of(-s, -rise * c, level * c, c, -rise * s, level * s, 0, level, rise);
  so3.fromMatrix(R, 0, out, o + 3);
  out[o] = DISTANCE * c;
  out[o + 1] = DISTANCE * s;
  out[o + 2] = height;
}

/** out <- a point in an even direction, at a distance that is even over the roughness. */
function drawOnBall(random: Random, out: Float64Array, o: number): void {
  let square: number;
  do {
    square = 0;
    for (let a = 0; a < 3; a++) {
      out[o + a] = 2 * random.uniform() - 1;
      square += out[o + a] ** 2;
    }
  } while (square > 1 || square === 0);
  const radius = LEAST_RADIUS + (LARGEST_RADIUS - LEAST_RADIUS) * random.uniform();
  for (let a = 0; a < 3; a++) out[o + a] *= radius / Math.sqrt(square);
}
