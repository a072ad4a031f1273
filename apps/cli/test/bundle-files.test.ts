import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { COLMAP_NAMES, readColmap, readStereo, stereoFiles } from "@slam/ba";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { bunzip2 } from "../src/bunzip2.ts";
import { balText, colmapTexts, stereoTexts } from "./bundles.ts";
import { lay, SQUARE } from "./graphs.ts";
import { parseBaReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

describe.concurrent("slam ba", () => {
  test("solves a stereo problem with its calibration as it is, and writes it as three files", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, stereoTexts(0.1));

    const { code, stdout } = await slam(
      folder,
      "ba",
      "VO_stereo_factors7.txt",
      "--fix",
      "10",
      "--json",
      "--quiet",
      "--out",
      "VO_stereo_factors8.txt",
    );

    const names = stereoFiles(join(folder, "VO_stereo_factors8.txt"))!;
    const [factors, poses, calibration] = [names.factors, names.poses, names.calibration].map((name) => readFileSync(name));
    const { bundle, cameraIds } = readStereo({ factors: factors!, poses: poses!, calibration: calibration! }, names);
    expect(code).toBe(0);
    expect(parseBaReport(stdout).input).toMatchObject({ format: "stereo", cameras: 3, points: 5, observations: 15 });
    expect(cameraIds).toEqual([10, 11, 12]);
    expect([...bundle.intrinsics]).toEqual([500, 500, 320, 240, 0.5]);
    expectClose(bundle.poses.subarray(0, 3), [-1, 0, 0], 1e-15);
    // A tenth of a pixel at 5 m and f = 500 is a millimetre.
    expectClose(bundle.poses.subarray(7, 10), [0, 0, 0], 0.02);
  });

  test("solves a model of COLMAP, and writes it into a folder, its points in their colours for a viewer", async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, "model"));
    mkdirSync(join(folder, "solved"));
    lay(join(folder, "model"), colmapTexts(0.1));

    const flags = ["--fix", "1,3", "--fix-intrinsics", "--quiet", "--json"];
    const { code, stdout } = await slam(folder, "ba", "model", ...flags, "--out", "solved", "--ply", "solved.ply.gz");

    const file = (name: string): Buffer => readFileSync(join(folder, "solved", name));
    const files = { cameras: file("cameras.txt"), images: file("images.txt"), points: file("points3D.txt") };
    const { bundle, images, pointIds } = readColmap(files, COLMAP_NAMES);
    expect(code).toBe(0);
    expect(parseBaReport(stdout).input).toEqual({ file: "model", format: "COLMAP", cameras: 3, points: 5, observations: 15 });
    expect([bundle.model.name, [...bundle.intrinsics]]).toEqual(["SIMPLE_PINHOLE", [500, 320, 240]]);
    expect(images.map(({ id, name, pointIds: own }) => [id, name, own.length])).toEqual([
      [1, "0.jpg", 6],
      [2, "1.jpg", 6],
      [3, "2.jpg", 6],
    ]);
    expect(pointIds).toEqual([0, 1, 2, 3, 4]);
    expectClose(bundle.poses.subarray(7, 10), [0, 0, 0], 0.02);
    expect(gunzipSync(readFileSync(join(folder, "solved.ply.gz"))).toString()).toMatch(/ 4 100 200\n-1 0 0 255 0 0\n/);
  });

  test("reads only what is there: a folder without a model, a stereo problem without its poses", async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, "empty"));
    lay(folder, { "VO_stereo_factors7.txt": stereoTexts(0)["VO_stereo_factors7.txt"]! });

    const [model, stereo] = await Promise.all([slam(folder, "ba", "empty"), slam(folder, "ba", "VO_stereo_factors7.txt")]);

    expect(model).toEqual({
      code: 3,
      stdout: "",
      stderr: expect.stringMatching(/^slam: empty\/(cameras|images|points3D)\.txt: no such file\n$/),
    });
    expect(stereo).toEqual({
      code: 3,
      stdout: "",
      stderr: expect.stringMatching(/^slam: VO_(camera_poses|calibration)7\.txt: no such file\n$/),
    });
  });
});

describe.concurrent("slam info and slam convert", () => {
  test("tell bundles from graphs, whatever they are called", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "problem.data": balText(0.1), "graph.txt": SQUARE, ...stereoTexts(0) });

    const { code, stdout } = await slam(folder, "info", "problem.data", "graph.txt", "VO_stereo_factors7.txt");

    expect(code).toBe(0);
    expect(stdout).toContain("problem.data: BAL, camera model snavely\ncameras       3, 3 sets of intrinsics, 0 that measure nothing\n");
    expect(stdout).toContain(
      "observations  15, 0 of points that their cameras do not see; 1 part\ntrack length  3 ... 3, median 3, mean 3\n",
    );
    expect(stdout).toContain("graph.txt: g2o, 2D");
    expect(stdout).toContain("VO_stereo_factors7.txt: stereo, camera model stereo");
  });

  test("the report has the survey", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "problem.txt": balText(0) });

    const { stdout } = await slam(folder, "info", "problem.txt", "--json");

    expect(JSON.parse(stdout).files).toEqual([
      expect.objectContaining({ format: "BAL", cameras: 3, lenses: 3, points: 5, seenOnce: 0, parts: 1 }),
    ]);
  });

  test("a binary model of COLMAP is refused with what makes text of it", async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, "model"));
    lay(join(folder, "model"), { "cameras.bin": Uint8Array.of(0) });

    const { code, stderr } = await slam(folder, "info", "model");

    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: "slam: model: is a binary model; `colmap model_converter --output_type TXT` makes text of it\n",
    });
  });

  test("a model of COLMAP becomes a BAL problem of the same cost", async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, "model"));
    lay(join(folder, "model"), colmapTexts(0.1));

    const { stdout } = await slam(folder, "convert", "model", "bal.txt");
    const [model, bal] = JSON.parse((await slam(folder, "info", "model", "bal.txt", "--json")).stdout).files;

    expect(stdout).toBe("bal.txt: 3 cameras, 5 points\n");
    expect([bal.format, bal.observations, bal.lenses]).toEqual(["BAL", 15, 3]);
    expectClose([bal.cost / model.cost], [1], 1e-9);
  });

  test("a bundle is packed, and drawn for a viewer", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "problem.txt": balText(0) });

    const packed = await slam(folder, "convert", "problem.txt", "packed.txt.gz");
    const drawn = await slam(folder, "convert", "packed.txt.gz", "drawn.ply");

    expect([packed.stdout, drawn.stdout]).toEqual(["packed.txt.gz: 3 cameras, 5 points\n", "drawn.ply: 3 cameras, 5 points\n"]);
    expect(readFileSync(join(folder, "drawn.ply"), "utf8")).toContain("\n0 0.5 -6 255 255 255\n-1 0 0 255 0 0\n");
    expect(readdirSync(folder).sort()).toEqual(["drawn.ply", "packed.txt.gz", "problem.txt"]);
  });
});

/** "slam\n" as bzip2 packs it. */
const PACKED = Buffer.from("QlpoOTFBWSZTWUSc0J4AAAJBgAAQIAYIACAAMM0AwabAcXckU4UJBEnNCeA=", "base64");

describe("bzip2", () => {
  test("is unpacked, also of two streams", () => {
    expect(Buffer.from(bunzip2(PACKED)).toString()).toBe("slam\n");
    expect(Buffer.from(bunzip2(Buffer.concat([PACKED, PACKED]))).toString()).toBe("slam\nslam\n");
  });

  test.each([4, 10, PACKED.length - 1])("cut short after %d bytes ends in an error, not never", (length) => {
    expect(() => bunzip2(PACKED.subarray(0, length))).toThrow("unexpected end of file");
  });

  test("is recognised by content, of graphs as well", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "broken.g2o": PACKED, "cut.txt": PACKED.subarray(0, 20) });

    const [words, cut] = await Promise.all([slam(folder, "info", "broken.g2o"), slam(folder, "info", "cut.txt")]);

    expect({ code: words.code, stderr: words.stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/^slam: /) });
    expect(cut).toEqual({ code: 3, stdout: "", stderr: "slam: cut.txt: broken bzip2 data, unexpected end of file\n" });
  });
});
