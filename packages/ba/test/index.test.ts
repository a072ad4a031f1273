import * as api from "@slam/ba";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "BundleJacobian",
    "BundleProblem",
    "CgSolver",
    "SIXTEEN_BIT",
    "SlidingWindow",
    "checkBundle",
    "pointOf",
    "readBal",
    "solve",
    "start",
    "withPoint",
    "writeBal",
  ]);
});
