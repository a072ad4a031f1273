import * as api from "@slam/eval";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "DELTA_UNITS",
    "PAIR_RELATIONS",
    "POSE_RELATIONS",
    "alignPoses",
    "ape",
    "associate",
    "ate",
    "cumulativeHistogram",
    "percentiles",
    "planarPoses",
    "posePairs",
    "readEuroc",
    "readKitti",
    "readTrajectory",
    "readTum",
    "rpe",
    "selectPoses",
    "statistics",
    "trajectoryFormat",
    "transformPoses",
    "umeyama",
    "writeEuroc",
    "writeKitti",
    "writeTum",
  ]);
});
