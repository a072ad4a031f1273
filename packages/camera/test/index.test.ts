import * as api from "@slam/camera";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "fisheye",
    "newProjection",
    "pinhole",
    "radialTangential",
    "restrictIntrinsics",
    "rgbd",
    "snavely",
    "stereo",
  ]);
});
