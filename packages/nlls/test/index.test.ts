import * as api from "@slam/nlls";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "LINEAR_PARTS",
    "OPERATIONS",
    "PARTS",
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
    "partsOf",
    "presetPolicy",
    "softL1",
    "solve",
    "start",
    "startStages",
    "sumOfPhases",
    "truncated",
    "tukey",
  ]);
});
