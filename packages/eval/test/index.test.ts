import * as api from "@slam/eval";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "associate",
    "ate",
    "planarPoses",
    "readTum",
    "selectPoses",
    "statistics",
    "transformPoses",
    "umeyama",
    "writeTum",
  ]);
});
