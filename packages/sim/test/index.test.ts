import * as api from "@slam/sim";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual(["Random", "driftScale", "garage", "grid", "manhattan", "revisits", "ring", "sphere", "torus"]);
});
