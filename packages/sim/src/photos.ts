import { cos, exp, log, sin } from "@slam/float";
import { so3 } from "@slam/lie";
import { type BundleScene, checkSceneOptions, type SceneOptions } from "./bundle-scene.ts";
import type { ProjectionModel } from "./camera.ts";
import { drawTrackLength, Photographer } from "./photographer.ts";
import type { Random } from "./random.ts";
import { streamOf } from "./streams.ts";

/** Metres of town wall for each photo, on average; the least that goes around. Fewer photos are of a piece of it. */
const WALL_PER_PHOTO = 0.8;
const SHORTEST_WALL = 120;
/** One of so many photos begins a favourite spot; half of all are taken at one. */
const PHOTOS_PER_SPOT = 60;
const SPOT_SIZE = 2;
/** Metres of the wall's relief and height. */
const RELIEF = 4;
const HEIGHT = 18;
const EYE = 1.6;
const NEAREST = 6;
const FARTHEST = 30;
const HALF_IMAGE = [800, 600] as const;

/**
 * A photo collection like those of "bundle adjustment in the large": people inside a round town wall take pictures of it, half of them at favourite spots, from 6 m away and more, a few degrees aside, each with a lens of its own. Most points are in
 * two or three pictures, a few in very many.
 *
 * @param model `snavely` of @slam/camera, which this package may not import: f, k1, k2, looking down -z.
 * @throws DimensionError, OptionError for another model; OptionError for options out of range.
 */
export function photos(model: ProjectionModel, options: SceneOptions = {}): BundleScene {
  const given = checkSceneOptions("photos", options);
  const random = streamOf(given.seed, "path");
  const radius = Math.max(SHORTEST_WALL, WALL_PER_PHOTO * given.poses) / (2 * Math.PI);
  const poses = new Float64Array(7 * given.poses);
  const intrinsics = new Float64Array(3 * given.poses);
  const places = drawPlaces(given.poses, (WALL_PER_PHOTO * given.poses) / radius, radius, random);
  places.forEach((place, c) => {
    writePhoto(place, radius, random, poses, 7 * c);
    const between = (least: number, largest: number): number => least + (largest - least) * random.uniform();
    intrinsics.set([800 * exp(log(3) * random.uniform()), between(-0.1, 0.05), between(-0.01, 0.02)], 3 * c);
  });
  const photographer = new Photographer("photos", model, { poses, intrinsics }, HALF_IMAGE, given);
  const drawn = streamOf(given.seed, "landmarks");
  const points = new Float64Array(3 * given.points);
  const asked = new Int32Array(given.poses);
  for (let k = 0, attempt = 1; k < given.points; attempt++) {
    // Where each camera sees as many points first as the others, each has enough of them.
    const c = attempt % given.poses;
    if (!drawOnWall(poses, 7 * c, intrinsics[3 * c], radius, drawn, points, 3 * k)) continue;
    takePictures(photographer, c, k, points, asked, attempt, drawn);
    if (photographer.keep() >= 2) k++;
  }
  return photographer.scene(points, { translation: 0.05, rotation: 0.003, point: 0.1 });
}

/** Angles around the wall, ascending over an arc of it: every second one of its own, every other one at a favourite spot. */
function drawPlaces(count: number, arc: number, radius: number, random: Random): Float64Array {
  const spots = Float64Array.from({ length: Math.ceil(count / PHOTOS_PER_SPOT) }, () => random.uniform());
  const places = Float64Array.from({ length: count }, (_, c) => {
    if (c % 2 === 0) return (arc * (c + random.uniform())) / count;
    return arc * spots[random.integer(spots.length)] + (SPOT_SIZE / radius) * random.gaussian();
  });
  return places.sort();
}

/** out <- worldFromCamera of a camera that looks at the wall from inside, down its -z axis. */
function writePhoto(place: number, radius: number, random: Random, out: Float64Array, o: number): void {
  const away = Math.min(NEAREST * exp(0.5 * Math.abs(random.gaussian())), FARTHEST);
  out[o] = (radius - away) * cos(place);
  out[o + 1] = (radius - away) * sin(place);
  out[o + 2] = EYE + 0.2 * random.gaussian();
  const aside = place + 0.2 * random.gaussian();
  const [c, s] = [cos(aside), sin(aside)];
  const up = 0.05 + 0.12 * Math.abs(random.gaussian());
  const [level, rise] = [cos(up), sin(up)];
  // Columns x, y and z of R in the world: to the right, up, and back to the middle.
  so3.fromMatrix(Float64Array.of(s, -rise * c, -level * c, -c, -rise * s, -level * s, 0, level, -rise), 0, out, o + 3);
}

const ray = new Float64Array(3);

/** out <- where the ray of a pixel drawn at random meets the wall. @returns whether it does, below its top and above the ground. */
function drawOnWall(poses: Float64Array, at: number, f: number, radius: number, random: Random, out: Float64Array, o: number): boolean {
  for (let a = 0; a < 2; a++) ray[a] = (HALF_IMAGE[a] / f) * (2 * random.uniform() - 1);
  ray[2] = -1;
  so3.act(poses, at + 3, ray, 0, ray, 0);
  const wall = radius + RELIEF * random.uniform();
  // |t + s d| = wall in the plane; s > 0 since t is inside.
  const [x, y, dx, dy] = [poses[at], poses[at + 1], ray[0], ray[1]];
  const a = dx * dx + dy * dy;
  const b = x * dx + y * dy;
  const s = (Math.sqrt(b * b + a * (wall * wall - x * x - y * y)) - b) / a;
  out[o] = x + s * dx;
  out[o + 1] = y + s * dy;
  out[o + 2] = poses[at + 2] + s * ray[2];
  return out[o + 2] > 0 && out[o + 2] < HEIGHT;
}

/**
 * Takes pictures of point k from camera c and from others nearby, as many as its track is long if there are so many.
 *
 * @param asked of each camera the last attempt that asked it.
 */
function takePictures(
  photographer: Photographer,
  c: number,
  k: number,
  points: Float64Array,
  asked: Int32Array,
  attempt: number,
  random: Random,
): void {
  const { cameras } = photographer;
  const length = drawTrackLength(cameras, 1.3, random);
  let pictures = 0;
  for (let tries = 0; tries < 4 * length && pictures < length; tries++) {
    const aside = tries === 0 ? 0 : Math.round((3 + length / 2) * random.gaussian());
    const camera = (((c + aside) % cameras) + cameras) % cameras;
    if (asked[camera] === attempt) continue;
    asked[camera] = attempt;
    if (photographer.take(camera, k, points, 3 * k)) pictures++;
  }
}
