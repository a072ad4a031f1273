import * as api from "@slam/sim";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "Random",
    "apartment",
    "driftPoses",
    "driftScale",
    "driveBundle",
    "garage",
    "grid",
    "landmarksAround",
    "manhattan",
    "orbit",
    "photos",
    "revisits",
    "ring",
    "sampleMotion",
    "simulateDrive",
    "sphere",
    "street",
    "torus",
  ]);
});
