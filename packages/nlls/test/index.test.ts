import * as api from "@slam/nlls";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "OPERATIONS",
    "RobustProblem",
    "cauchy",
    "chooseBySize",
    "dcs",
    "drive",
    "gemanMcClure",
    "graduatedTruncated",
    "huber",
    "newCounters",
    "parsePolicy",
    "presetPolicy",
    "softL1",
    "solve",
    "start",
    "startStages",
    "truncated",
    "tukey",
  ]);
});
