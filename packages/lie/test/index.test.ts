import * as api from "@slam/lie";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "EXP_SERIES",
    "nearestRotation",
    "se2",
    "se3",
    "sim3",
    "so2",
    "so3",
    "symmetricEigen",
    "wrapAngle",
  ]);
});
