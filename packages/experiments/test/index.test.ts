import * as api from "@slam/experiments";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "FULL",
    "GRAPH_SOLVES",
    "PIPELINE_POLICIES",
    "POLICIES",
    "QUICK",
    "findingsOf",
    "planTasks",
    "robotCamera",
    "runTask",
    "sceneOf",
  ]);
});
