import * as api from "@slam/testing";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "cameraLaws",
    "expectClose",
    "expectSameBits",
    "groupLaws",
    "identityMatrix",
    "inverse",
    "operatorLaws",
    "preconditionerLaws",
    "product",
  ]);
});
