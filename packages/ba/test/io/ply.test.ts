import { writePly } from "@slam/ba";
import { OptionError } from "@slam/errors";
import { expect, test } from "vitest";

const bundle = { points: Float64Array.of(1, 2, 3, 0.1, -0.2, 1e-9), poses: Float64Array.of(7, 8, 9, 0, 0, 0, 1) };

test("points in their colours, and the cameras behind them in red", () => {
  const lines = [...writePly(bundle, Uint8Array.of(10, 20, 30, 40, 50, 60))].join("").split("\n");

  expect(lines.slice(0, 4)).toEqual(["ply", "format ascii 1.0", "comment 2 points, then 1 cameras", "element vertex 3"]);
  expect(lines.slice(lines.indexOf("end_header") + 1)).toEqual(["1 2 3 10 20 30", "0.1 -0.2 1e-9 40 50 60", "7 8 9 255 0 0", ""]);
});

test("points without colours are white", () => {
  expect([...writePly(bundle)].join("")).toContain("\n1 2 3 255 255 255\n");
});

test("refuses colours of other points", () => {
  expect(() => [...writePly(bundle, new Uint8Array(5))]).toThrow(OptionError);
});
