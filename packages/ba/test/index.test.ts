import * as api from "@slam/ba";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "BundleJacobian",
    "BundleProblem",
    "COLMAP_NAMES",
    "CgSolver",
    "Marginals",
    "SIXTEEN_BIT",
    "SchurSolver",
    "SlidingWindow",
    "asBal",
    "checkBundle",
    "colmapCameras",
    "isMarginals",
    "pointOf",
    "readBal",
    "readColmap",
    "readStereo",
    "recoverMarginals",
    "solve",
    "start",
    "startWindow",
    "stereoFiles",
    "surveyBundle",
    "withPoint",
    "writeBal",
    "writeColmap",
    "writePly",
    "writeStereo",
  ]);
});
