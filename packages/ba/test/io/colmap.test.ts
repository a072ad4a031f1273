import { COLMAP_NAMES, type ColmapFiles, type ColmapModel, colmapCameras, readColmap, writeColmap } from "@slam/ba";
import { newProjection } from "@slam/camera";
import { ParseError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { cameraLaws, expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { orbit } from "../orbit.ts";

/** Two images, of one camera and of another; the second is turned by a quarter about z. A feature has no point, and an image no features. */
const SMALL = {
  cameras: "# a comment\n7 SIMPLE_RADIAL 640 480 500 320 240 0.1\n2 SIMPLE_RADIAL 64 48 50 32 24 0\n",
  images: [
    "# a comment",
    "4 1 0 0 0 0 0 0 2 left camera/é.jpg",
    "10 20 -1 32.5 24.5 11 0 0 12",
    "9 1 0 0 1 1 2 3 7 b.jpg",
    "320 240 11",
    "5 1 0 0 0 0 0 0 7 c.jpg",
    "",
  ].join("\n"),
  points: "11 1 2 100 255 128 0 0.5 4 1 9 0\n12 -1 0 5 1 2 3 0.1\n",
};

function read(files: ColmapFiles<string>): ColmapModel {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  return readColmap({ cameras: bytes(files.cameras), images: bytes(files.images), points: bytes(files.points) }, COLMAP_NAMES);
}

function textOf(model: ColmapModel): ColmapFiles<string> {
  const { cameras, images, points } = writeColmap(model);
  return { cameras: [...cameras].join(""), images: [...images].join(""), points: [...points].join("") };
}

describe("readColmap", () => {
  test("by hand", () => {
    const { bundle, cameras, images, pointIds, colors } = read(SMALL);

    expect(bundle.model.name).toBe("SIMPLE_RADIAL");
    expect(cameras).toEqual([
      { id: 7, width: 640, height: 480 },
      { id: 2, width: 64, height: 48 },
    ]);
    expect(images.map(({ id, name }) => [id, name])).toEqual([
      [4, "left camera/é.jpg"],
      [9, "b.jpg"],
      [5, "c.jpg"],
    ]);
    expect([...bundle.intrinsicsOf]).toEqual([1, 0, 0]);
    // cameraFromWorld is p -> R p + t with R a quarter about z: worldFromCamera has t = -R' (1 2 3) = (-2 1 -3).
    expectClose(bundle.poses.subarray(7, 14), [-2, 1, -3, 0, 0, -Math.SQRT1_2, Math.SQRT1_2], 1e-15);
    expect([...bundle.points]).toEqual([1, 2, 100, -1, 0, 5]);
    expect([pointIds, [...colors]]).toEqual([
      [11, 12],
      [255, 128, 0, 1, 2, 3],
    ]);
    expect([[...bundle.camera], [...bundle.point], [...bundle.measurements]]).toEqual([
      [0, 0, 1],
      [0, 1, 0],
      [32.5, 24.5, 0, 0, 320, 240],
    ]);
  });

  test.each<[string, keyof ColmapFiles<string>, string, RegExp]>([
    [
      "a model of another kind",
      "cameras",
      "1 FULL_OPENCV 9 9 1",
      /^cameras\.txt:1:3: expected a camera model of SIMPLE_PINHOLE, .*, found FULL_OPENCV/,
    ],
    [
      "two models",
      "cameras",
      "1 PINHOLE 9 9 1 1 0 0\n2 RADIAL 9 9 1 0 0 0 0",
      /^cameras\.txt:2:3: expected PINHOLE, the model of the camera before, found RADIAL/,
    ],
    [
      "a camera twice",
      "cameras",
      "1 PINHOLE 9 9 1 1 0 0\n1 PINHOLE 9 9 1 1 0 0",
      /^cameras\.txt:2:1: expected the id of another camera, found 1/,
    ],
    ["a parameter too few", "cameras", "1 PINHOLE 9 9 1 1 0", /^cameras\.txt:1:20: expected cy, found the end of the line/],
    ["no cameras", "cameras", "# nothing\n", /^cameras\.txt:1:1: expected a camera, found the end of the file/],
    ["a colour out of range", "points", "11 1 2 3 256 0 0 0", /^points3D\.txt:1:10: expected R, an integer in 0 ... 255, found 256/],
    ["a point twice", "points", "11 1 2 3 0 0 0 0\n11 1 2 3 0 0 0 0", /^points3D\.txt:2:1: expected the id of another point, found 11/],
    ["a camera that is not there", "images", "4 1 0 0 0 0 0 0 3 a.jpg\n", /^images\.txt:1:17: expected a camera of cameras\.txt, found 3/],
    [
      "a point that is not there",
      "images",
      "4 1 0 0 0 0 0 0 2 a.jpg\n1 2 13",
      /^images\.txt:2:5: expected a point of points3D\.txt, found 13/,
    ],
    [
      "half a feature",
      "images",
      "4 1 0 0 0 0 0 0 2 a.jpg\n1 2 11 3",
      /^images\.txt:2:9: expected y of a feature, found the end of the line/,
    ],
    ["no quaternion", "images", "4 0 0 0 0 0 0 0 2 a.jpg\n", /expected a quaternion that is not 0/],
    ["no name", "images", "4 1 0 0 0 0 0 0 2 \n", /^images\.txt:1:19: expected the image's name, found the end of the line/],
  ])("refuses %s, with its place", (_, file, text, message) => {
    expect(() => read({ ...SMALL, [file]: text })).toThrow(ParseError);
    expect(() => read({ ...SMALL, [file]: text })).toThrow(message);
  });
});

describe("writeColmap", () => {
  test("is read back as it was, features without a point as well", () => {
    const model = read(SMALL);

    const back = read(textOf(model));

    expectClose(back.bundle.poses, model.bundle.poses, 1e-15);
    expect({ ...back, bundle: { ...back.bundle, poses: model.bundle.poses } }).toEqual(model);
  });

  test("writes tracks and errors of the points as they are", () => {
    const { points } = textOf(read(SMALL));

    const [, first, second] = points.split("\n").map((line) => line.split(" "));

    // 0.5 0.5 + 0.5 1 from the first image's pixel, by hand: point 11 is at (32.5 25), seen at (32.5 24.5).
    expect(first.slice(0, 7)).toEqual(["11", "1", "2", "100", "255", "128", "0"]);
    expect(first.slice(8)).toEqual(["4", "1", "9", "0"]);
    // Point 12 is at (22 24), seen at (0 0).
    expectClose([Number(second[7])], [Math.hypot(22, 24)], tolerance(fp64, 8));
    expect(second.slice(8)).toEqual(["4", "2"]);
  });

  test("has no error of a point in a camera's plane, or that no image has", () => {
    const points = "11 1 2 0 0 0 0 0\n12 -1 0 5 0 0 0 0\n13 0 0 9 0 0 0 0\n";

    const [, ...lines] = textOf(read({ ...SMALL, points }))
      .points.trim()
      .split("\n");

    expect(lines.map((line) => Number(line.split(" ")[7]) < 0)).toEqual([true, false, true]);
  });

  test.each(colmapCameras.map((model) => [model.name, model] as const))("keeps every number of %s", (_, model) => {
    const lens = model.intrinsics.map((name, k) => (name.startsWith("f") ? 700 : name.startsWith("c") ? 300 : 0.01 * (k + 1)));
    const { bundle } = orbit({ model, lens, cameras: 2, points: 3 });
    const images = [0, 1].map((c) => ({
      id: 10 + c,
      name: `${c}.png`,
      pixels: bundle.measurements.filter((_x, i) => bundle.camera[i >> 1] === c),
      pointIds: Float64Array.of(5, 6, 7),
    }));
    const cameras = [1, 2].map((id) => ({ id, width: 600, height: 600 }));

    const back = read(textOf({ bundle, cameras, images, pointIds: [5, 6, 7], colors: new Uint8Array(9) }));

    expect(back.bundle.model).toBe(model);
    expect(back.bundle.intrinsics).toEqual(bundle.intrinsics);
    expect(back.bundle.points).toEqual(bundle.points);
    expect(back.images).toEqual(images);
  });
});

test("COLMAP's distortions, term by term", () => {
  const at = (name: string, k: readonly number[], p: readonly number[]): Float64Array => {
    const model = colmapCameras.find((known) => known.name === name)!;
    const out = newProjection(model);
    model.project(k, p, out, false);
    return out.value;
  };
  const u = tolerance(fp64, 16);

  // x, y = 1, 0.5 and r^2 = 1.25.
  expectClose(at("RADIAL", [10, 3, 4, 0.5, 0.25], [2, 1, 2]), [3 + 10 * (1 + 0.625 + 0.390625), 4 + 5 * (1 + 0.625 + 0.390625)], u);
  expectClose(at("OPENCV", [10, 20, 3, 4, 0, 0, 1, 0], [2, 1, 2]), [3 + 10 * (1 + 1), 4 + 20 * (0.5 + 1.25 + 0.5)], u);
  // theta = pi / 4 in the plane y = 0.
  const theta = Math.PI / 4;
  expectClose(at("RADIAL_FISHEYE", [10, 3, 4, 0.5, 0.25], [1, 0, 1]), [3 + 10 * theta * (1 + 0.5 * theta ** 2 + 0.25 * theta ** 4), 4], u);
  expectClose(at("SIMPLE_RADIAL_FISHEYE", [10, 3, 4, 0.5], [1, 0, 1]), [3 + 10 * theta * (1 + 0.5 * theta ** 2), 4], u);
});

for (const model of colmapCameras) {
  const k = model.intrinsics.map((name) => (name.startsWith("f") ? 700 : name.startsWith("c") ? 300 : 0.01));
  cameraLaws(model, k, [0, 0, 1], tolerance(fp64, 256));
}
