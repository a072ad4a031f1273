import * as api from "@slam/nlls";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "OPERATIONS",
    "chooseBySize",
    "drive",
    "newCounters",
    "parsePolicy",
    "presetPolicy",
    "solve",
    "start",
  ]);
});
