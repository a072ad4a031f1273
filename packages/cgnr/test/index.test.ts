import * as api from "@slam/cgnr";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual(["cgnr", "cgnrWorkspace"]);
});
