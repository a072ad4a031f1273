import * as api from "@slam/contests";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "compete",
    "competeInSolves",
    "engineSpace",
    "inNative",
    "median",
    "pairedRatio",
    "products",
    "timed",
    "triad",
    "triadKernel",
    "triangularSolves",
  ]);
});
