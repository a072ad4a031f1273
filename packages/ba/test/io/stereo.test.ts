import { readStereo, start, stereoFiles, writeStereo } from "@slam/ba";
import { stereo } from "@slam/camera";
import { ParseError } from "@slam/errors";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { orbit } from "../orbit.ts";
import { hasPublicData, publicData } from "../public-data.ts";

const NAMES = { factors: "f.txt", poses: "p.txt", calibration: "c.txt" };

/** Two cameras, the second turned by a quarter about z and two metres along it, and three landmarks. */
const SMALL = {
  calibration: "500 400 0.0 320 240 0.5",
  poses: "3  1 0 0 0  0 1 0 0  0 0 1 0  0 0 0 1\n8  0 -1 0 0  1 0 0 0  0 0 1 2  0 0 0 1\n",
  factors: "3 7 445 382.5 40 1 -2 4\n8 7 1 2 3 9 9 9\n8 5 10 20 30 1 2 3\n",
};

function read(files: { readonly calibration: string; readonly poses: string; readonly factors: string }) {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  return readStereo({ calibration: bytes(files.calibration), poses: bytes(files.poses), factors: bytes(files.factors) }, NAMES);
}

test("files lie beside the factors by the same suffix", () => {
  expect(stereoFiles("a/VO_stereo_factors00s.txt.gz")).toEqual({
    factors: "a/VO_stereo_factors00s.txt.gz",
    poses: "a/VO_camera_poses00s.txt.gz",
    calibration: "a/VO_calibration00s.txt.gz",
  });
  expect(stereoFiles("VO_stereo_factors.txt")?.poses).toBe("VO_camera_poses.txt");
  expect(stereoFiles("a/VO_stereo_factors/problem.txt")).toBe(undefined);
  expect(stereoFiles("problem.txt")).toBe(undefined);
});

describe("readStereo", () => {
  test("starts a landmark where its first factor puts it, in the world", () => {
    const { bundle, cameraIds, landmarkIds } = read(SMALL);

    expect(bundle.model).toBe(stereo);
    expect([cameraIds, landmarkIds]).toEqual([
      [3, 8],
      [7, 5],
    ]);
    expect([...bundle.intrinsics]).toEqual([500, 400, 320, 240, 0.5]);
    expectClose(bundle.poses, [0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, Math.SQRT1_2, Math.SQRT1_2], 1e-15);
    expectClose(bundle.points, [1, -2, 4, -2, 1, 5], 1e-14);
    expect([[...bundle.camera], [...bundle.point]]).toEqual([
      [0, 1, 1],
      [0, 0, 1],
    ]);
    expect([...bundle.measurements]).toEqual([445, 382.5, 40, 1, 2, 3, 10, 20, 30]);
    expect(bundle.intrinsicsOf).toEqual(Int32Array.of(0, 0));
  });

  test.each<[string, Partial<typeof SMALL>, RegExp]>([
    ["a skew", { calibration: "500 400 0.1 320 240 0.5" }, /^c\.txt:1:9: expected a skew of 0, found 0\.1/],
    ["no baseline", { calibration: "500 400 0 320 240" }, /^c\.txt:1:18: expected the baseline, found the end of the line/],
    ["a baseline of 0", { calibration: "500 400 0 320 240 0" }, /^c\.txt:1:19: expected the baseline > 0, found 0/],
    ["two calibrations", { calibration: "1 1 0 0 0 1\n2 2 0 0 0 1" }, /^c\.txt:2:1: expected the end of the file/],
    ["no calibration", { calibration: "" }, /^c\.txt:1:1: expected fx, found the end of the file/],
    ["no poses", { poses: "" }, /^p\.txt:1:1: expected a camera, found the end of the file/],
    ["a pose twice", { poses: SMALL.poses.replace("8 ", "3 ") }, /^p\.txt:2:1: expected a camera that has no pose yet, found 3/],
    ["a pose cut short", { poses: "3 1 0 0 0 0 1" }, /^p\.txt:1:14: expected row 1, column 2 of a pose, found the end of the line/],
    [
      "a last row of something",
      { poses: SMALL.poses.replace("0 0 0 1\n8", "0 0 0 2\n8") },
      /^p\.txt:1:37: expected a last row of 0 0 0 1, found 2/,
    ],
    ["no rotation", { poses: SMALL.poses.replace("1 0 0 0  0", "2 0 0 0  0") }, /^p\.txt:1:37: expected a matrix with a rotation in it/],
    ["a reflection", { poses: SMALL.poses.replace("1 0 0 0  0", "-1 0 0 0  0") }, /expected a matrix with a rotation in it/],
    ["a camera without a pose", { factors: "4 7 1 2 3 4 5 6" }, /^f\.txt:1:1: expected a camera of p\.txt, found 4/],
    ["a field too many", { factors: "3 7 1 2 3 4 5 6 7" }, /^f\.txt:1:17: expected the end of the line/],
    ["no number", { factors: "\n3 7 1 2 nan 4 5 6" }, /^f\.txt:2:9: expected v, a finite number, found nan/],
    ["half a landmark", { factors: "3 0.5 1 2 3 4 5 6" }, /^f\.txt:1:3: expected a landmark, an integer in 0 /],
  ])("refuses %s, with its place", (_, wrong, message) => {
    expect(() => read({ ...SMALL, ...wrong })).toThrow(ParseError);
    expect(() => read({ ...SMALL, ...wrong })).toThrow(message);
  });
});

test("writeStereo is read back as it was, but for the rounding of matrices", () => {
  const { bundle } = orbit({ model: stereo, lens: [700, 710, 320, 240, 0.3], isShared: true, cameras: 4, points: 6 });
  const problem = { bundle, cameraIds: [1, 3, 5, 9], landmarkIds: [60, 50, 40, 30, 20, 10] };
  const { factors, poses, calibration } = writeStereo(problem);

  const back = read({ factors: [...factors].join(""), poses: [...poses].join(""), calibration: [...calibration].join("") });

  expect([back.cameraIds, back.landmarkIds]).toEqual([problem.cameraIds, problem.landmarkIds]);
  expect(back.bundle.measurements).toEqual(bundle.measurements);
  expect(back.bundle.intrinsics).toEqual(bundle.intrinsics);
  expectClose(back.bundle.points, bundle.points, 1e-14);
  for (let c = 0; c < 4; c++) {
    expectClose(back.bundle.poses.subarray(7 * c, 7 * c + 3), bundle.poses.subarray(7 * c, 7 * c + 3), 1e-14);
  }
});

test("writeStereo refuses a pair for each camera", () => {
  const { bundle } = orbit({ model: stereo, lens: [700, 710, 320, 240, 0.3], cameras: 2, points: 1 });

  expect(() => writeStereo({ bundle, cameraIds: [0, 1], landmarkIds: [0] })).toThrow(/sets of intrinsics is 2, expected 1/);
});

test.skipIf(!hasPublicData)("key frames of KITTI 00 by stereo: all of them optimise", { timeout: 60_000 }, () => {
  const file = (name: string): Uint8Array => publicData(`vo/kitti00_stereo_gtsam/${name}00s.txt`);
  const files = { factors: file("VO_stereo_factors"), poses: file("VO_camera_poses"), calibration: file("VO_calibration") };
  const { bundle, cameraIds, landmarkIds } = readStereo(files, NAMES);

  const run = start(bundle, { held: { cameras: [0], intrinsics: true }, ftol: 1e-5 });
  while (!run.done) run.step();

  expect([cameraIds.length, landmarkIds.length, bundle.camera.length]).toEqual([77, 15638, 52544]);
  const { termination, initialCost, finalCost } = run.report;
  expect(termination).toBe("converged");
  // Below 0.5 pixels a component.
  expect(finalCost).toBeLessThan(0.5 * 0.5 ** 2 * 3 * 52544);
  expect(finalCost).toBeLessThan(initialCost / 10);
});
