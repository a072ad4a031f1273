import * as api from "@slam/linop";
import * as reference from "@slam/linop/reference";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "Work",
    "addSeconds",
    "convertInto",
    "energyOf",
    "horowitzCache",
    "horowitzDram",
    "multiplyNormal",
    "newArrays",
    "timedOperator",
    "timedPreconditioner",
    "totalOf",
    "vectorSpace",
  ]);
  expect(Object.keys(reference)).toEqual(["referenceSpace"]);
});
