import { se3 } from "@slam/lie";
import { type Bundle, POSE_SIZE, pointCount } from "../bundle.ts";
import { Observer, pointOf } from "../observer.ts";
import type { ColmapFiles, ColmapModel } from "./colmap.ts";

const HEADERS: ColmapFiles<string> = {
  cameras: "# CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n",
  images: "# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n# POINTS2D[] as (X, Y, POINT3D_ID)\n",
  points: "# POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[] as (IMAGE_ID, POINT2D_IDX)\n",
};

/**
 * The text of a model's three files, in chunks; the error of a point is the mean distance, in pixels, of where its images see it and where it is. Every number is written so that it reads back as it is;
 * poses cross to cameraFromWorld with one rounding.
 */
export function writeColmap(model: ColmapModel): ColmapFiles<Iterable<string>> {
  return { cameras: cameraLines(model), images: imageLines(model), points: pointLines(model) };
}

function* cameraLines({ bundle, cameras }: ColmapModel): Generator<string, void, undefined> {
  const { model, intrinsics } = bundle;
  const lens = model.intrinsics.length;
  yield HEADERS.cameras;
  for (const [set, { id, width, height }] of cameras.entries()) {
    yield `${id} ${model.name} ${width} ${height} ${intrinsics.subarray(lens * set, lens * (set + 1)).join(" ")}\n`;
  }
}

function* imageLines({ bundle, cameras, images }: ColmapModel): Generator<string, void, undefined> {
  const cameraFromWorld = new Float64Array(POSE_SIZE);
  yield HEADERS.images;
  for (const [c, { id, name, pixels, pointIds }] of images.entries()) {
    se3.inverse(bundle.poses, POSE_SIZE * c, cameraFromWorld, 0);
    const [tx, ty, tz, x, y, z, w] = cameraFromWorld;
    const features = Array.from(pointIds, (point, k) => `${pixels[2 * k]} ${pixels[2 * k + 1]} ${point}`);
    yield `${id} ${w} ${x} ${y} ${z} ${tx} ${ty} ${tz} ${cameras[bundle.intrinsicsOf[c]].id} ${name}\n${features.join(" ")}\n`;
  }
}

function* pointLines({ bundle, images, pointIds, colors }: ColmapModel): Generator<string, void, undefined> {
  const errors = meanErrors(bundle);
  const tracks = tracksOf(images);
  yield HEADERS.points;
  for (const [p, id] of pointIds.entries()) {
    const [position, color] = [bundle.points, colors].map((values) => values.subarray(3 * p, 3 * p + 3).join(" "));
    yield `${[id, position, color, errors[p], ...(tracks.get(id) ?? [])].join(" ")}\n`;
  }
}

/** "IMAGE_ID POINT2D_IDX" of each feature, by the id of its point. */
function tracksOf(images: ColmapModel["images"]): ReadonlyMap<number, string[]> {
  const tracks = new Map<number, string[]>();
  for (const { id, pointIds } of images) {
    for (let k = 0; k < pointIds.length; k++) {
      const track = tracks.get(pointIds[k]);
      if (track === undefined) tracks.set(pointIds[k], [`${id} ${k}`]);
      else track.push(`${id} ${k}`);
    }
  }
  return tracks;
}

/** Of each point; COLMAP's -1 for one that no image has, or that is where a camera's formula gives no number. */
function meanErrors(bundle: Bundle): Float64Array {
  const observer = new Observer(bundle);
  observer.moveTo(pointOf(bundle));
  const sums = new Float64Array(pointCount(bundle));
  const counts = new Int32Array(sums.length);
  for (let i = 0; i < observer.observations; i++) {
    observer.observe(i, false);
    sums[bundle.point[i]] += Math.hypot(observer.residual[0], observer.residual[1]);
    counts[bundle.point[i]]++;
  }
  return sums.map((sum, p) => (counts[p] > 0 && Number.isFinite(sum) ? sum / counts[p] : -1));
}
