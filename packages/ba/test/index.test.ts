import * as api from "@slam/ba";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "BundleJacobian",
    "BundleProblem",
    "CgSolver",
    "SIXTEEN_BIT",
    "checkBundle",
    "pointOf",
    "readBal",
    "readStereo",
    "solve",
    "start",
    "stereoFiles",
    "withPoint",
    "writeBal",
    "writeStereo",
  ]);
});
