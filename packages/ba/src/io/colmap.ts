import type { CameraModel } from "@slam/camera";
import { se3 } from "@slam/lie";
import { type Bundle, POSE_SIZE } from "../bundle.ts";
import { colmapCameras } from "./colmap-cameras.ts";
import { LineTokens } from "./line-tokens.ts";

/** The three files of a model, as names, bytes or text. */
export interface ColmapFiles<T> {
  readonly cameras: T;
  readonly images: T;
  readonly points: T;
}

/** What they are called in a model's folder. */
export const COLMAP_NAMES: ColmapFiles<string> = { cameras: "cameras.txt", images: "images.txt", points: "points3D.txt" };

/** A reconstruction of COLMAP: its images are the cameras of the bundle, its cameras the sets of intrinsics. */
export interface ColmapModel {
  readonly bundle: Bundle;
  readonly cameras: readonly ColmapCamera[];
  readonly images: readonly ColmapImage[];
  readonly pointIds: readonly number[];
  /** Red, green and blue of each point. */
  readonly colors: Uint8Array;
}

export interface ColmapCamera {
  readonly id: number;
  readonly width: number;
  readonly height: number;
}

export interface ColmapImage {
  readonly id: number;
  readonly name: string;
  /** x y of each feature, those without a point as well. */
  readonly pixels: Float64Array;
  /** The id of each feature's point; -1 where it has none. */
  readonly pointIds: Float64Array;
}

const NO_POINT = -1;

/**
 * Reads a model from COLMAP's text files. A point's track is taken from the images, which have it too. All cameras must be of one model, of those in `colmapCameras`.
 *
 * @param names what messages call the files.
 * @throws ParseError where one is something else.
 * @see https://colmap.github.io/format.html
 */
export function readColmap(bytes: ColmapFiles<Uint8Array>, names: ColmapFiles<string>): ColmapModel {
  const { model, intrinsics, ...lenses } = readCameras(new LineTokens(bytes.cameras, names.cameras));
  const { points, colors, ...named } = readPoints(new LineTokens(bytes.points, names.points));
  const { poses, intrinsicsOf, images } = readImages(new LineTokens(bytes.images, names.images), lenses.indexOf, named.indexOf, names);
  const seen = observationsOf(images, named.indexOf);
  const bundle = { model, poses, intrinsics, intrinsicsOf, points, ...seen };
  return { bundle, cameras: lenses.cameras, images, pointIds: named.ids, colors };
}

type Indices = ReadonlyMap<number, number>;

function readCameras(tokens: LineTokens): {
  readonly model: CameraModel;
  readonly cameras: readonly ColmapCamera[];
  readonly intrinsics: Float64Array;
  readonly indexOf: Indices;
} {
  let model: CameraModel | undefined;
  const cameras: ColmapCamera[] = [];
  const intrinsics: number[] = [];
  const indexOf = new Map<number, number>();
  while (tokens.nextRecord()) {
    const id = newId(tokens, "a camera", indexOf);
    const name = tokens.word("the model of a camera");
    const found = colmapCameras.find((known) => known.name === name);
    if (found === undefined) tokens.fail(`a camera model of ${colmapCameras.map((known) => known.name).join(", ")}`, name);
    if (model !== undefined && found !== model) tokens.fail(`${model.name}, the model of the camera before`, name);
    model = found;
    cameras.push({ id, width: tokens.integer("the width", 0), height: tokens.integer("the height", 0) });
    for (const parameter of model.intrinsics) intrinsics.push(tokens.number(parameter));
    tokens.endLine();
  }
  if (model === undefined) return tokens.fail("a camera", "the end of the file");
  return { model, cameras, intrinsics: Float64Array.from(intrinsics), indexOf };
}

/** An id that the records before do not have, which it is added to. */
function newId(tokens: LineTokens, what: string, indexOf: Map<number, number>): number {
  const id = tokens.integer(`the id of ${what}`, 0);
  if (indexOf.has(id)) tokens.fail(`the id of another ${what.slice(what.indexOf(" ") + 1)}`, `${id}`);
  indexOf.set(id, indexOf.size);
  return id;
}

function readPoints(tokens: LineTokens): {
  readonly ids: readonly number[];
  readonly points: Float64Array;
  readonly colors: Uint8Array;
  readonly indexOf: Indices;
} {
  const points: number[] = [];
  const colors: number[] = [];
  const indexOf = new Map<number, number>();
  while (tokens.nextRecord()) {
    newId(tokens, "a point", indexOf);
    for (const axis of "XYZ") points.push(tokens.number(axis));
    for (const color of "RGB") colors.push(tokens.integer(color, 0, 255));
    tokens.number("the error");
  }
  return { ids: [...indexOf.keys()], points: Float64Array.from(points), colors: Uint8Array.from(colors), indexOf };
}

function readImages(
  tokens: LineTokens,
  cameraOf: Indices,
  pointOf: Indices,
  names: ColmapFiles<string>,
): { readonly images: readonly ColmapImage[] } & Pick<Bundle, "poses" | "intrinsicsOf"> {
  const images: ColmapImage[] = [];
  const intrinsicsOf: number[] = [];
  const poses: number[] = [];
  const pose = new Float64Array(POSE_SIZE);
  const indexOf = new Map<number, number>();
  while (tokens.nextRecord()) {
    const id = newId(tokens, "an image", indexOf);
    readPose(tokens, pose);
    poses.push(...pose);
    const camera = tokens.integer("the camera's id", 0);
    intrinsicsOf.push(cameraOf.get(camera) ?? tokens.fail(`a camera of ${names.cameras}`, `${camera}`));
    const name = tokens.rest("the image's name");
    images.push({ id, name, ...readFeatures(tokens, pointOf, names.points) });
  }
  return { images, poses: Float64Array.from(poses), intrinsicsOf: Int32Array.from(intrinsicsOf) };
}

/** QW QX QY QZ TX TY TZ of cameraFromWorld, as worldFromCamera. */
function readPose(tokens: LineTokens, pose: Float64Array): void {
  const [w, x, y, z] = ["QW", "QX", "QY", "QZ"].map((name) => tokens.number(name));
  const norm = Math.hypot(w, x, y, z);
  if (!(norm > 0)) tokens.fail("a quaternion that is not 0", "0 0 0 0");
  const [tx, ty, tz] = ["TX", "TY", "TZ"].map((name) => tokens.number(name));
  const cameraFromWorld = Float64Array.of(tx, ty, tz, x / norm, y / norm, z / norm, w / norm);
  se3.inverse(cameraFromWorld, 0, pose, 0);
}

/** The line behind an image's own, which is empty for an image without features. */
function readFeatures(tokens: LineTokens, pointOf: Indices, points: string): Pick<ColmapImage, "pixels" | "pointIds"> {
  const pixels: number[] = [];
  const pointIds: number[] = [];
  if (tokens.nextLine()) {
    while (!tokens.isLineEnd) {
      pixels.push(tokens.number("x of a feature"), tokens.number("y of a feature"));
      const id = tokens.integer("the id of a feature's point", NO_POINT);
      if (id !== NO_POINT && !pointOf.has(id)) tokens.fail(`a point of ${points}`, `${id}`);
      pointIds.push(id);
    }
  }
  return { pixels: Float64Array.from(pixels), pointIds: Float64Array.from(pointIds) };
}

function observationsOf(images: readonly ColmapImage[], pointOf: Indices): Pick<Bundle, "camera" | "point" | "measurements"> {
  const camera: number[] = [];
  const point: number[] = [];
  const measurements: number[] = [];
  for (const [c, { pixels, pointIds }] of images.entries()) {
    for (let k = 0; k < pointIds.length; k++) {
      const p = pointOf.get(pointIds[k]);
      if (p === undefined) continue;
      camera.push(c);
      point.push(p);
      measurements.push(pixels[2 * k], pixels[2 * k + 1]);
    }
  }
  return { camera: Int32Array.from(camera), point: Int32Array.from(point), measurements: Float64Array.from(measurements) };
}
