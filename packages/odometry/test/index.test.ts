import * as api from "@slam/odometry";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual(["DescriptorRecognizer", "Odometry", "PlaceOracle", "SIXTEEN_BIT", "follow"]);
});
