import { DimensionError, OptionError } from "@slam/errors";
import { chi2, numberedGraph } from "@slam/pgo";
import { expect, test } from "vitest";

/** Two steps of a metre along x, and a loop that says they were 2.5 m. */
const parts = {
  poses: Float64Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0),
  from: Int32Array.of(0, 1, 0),
  to: Int32Array.of(1, 2, 2),
  measurements: Float64Array.of(1, 0, 0, 1, 0, 0, 2.5, 0, 0),
  information: Float64Array.of(1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 4, 0, 0, 1, 0, 1),
};

test("numbers the poses, knows and frees them all, and keeps the arrays", () => {
  const graph = numberedGraph({ dimension: 2 }, parts);

  expect(graph.ids).toEqual(Float64Array.of(0, 1, 2));
  expect(graph.known).toEqual(Uint8Array.of(1, 1, 1));
  expect(graph.fixed.length).toBe(0);
  expect(graph.poses).toBe(parts.poses);
  expect(chi2(graph)).toBe(1);
});

test("similarities have eight numbers a pose", () => {
  const one = Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1);
  const poses = Float64Array.of(...one, ...one);
  const edge = { from: Int32Array.of(0), to: Int32Array.of(1), measurements: one, information: new Float64Array(28) };

  expect(numberedGraph({ dimension: 3, similarity: "quat" }, { poses, ...edge }).ids.length).toBe(2);
});

test("refuses arrays that contradict each other", () => {
  expect(() => numberedGraph({ dimension: 2 }, { ...parts, poses: new Float64Array(8) })).toThrow(DimensionError);
  expect(() => numberedGraph({ dimension: 2 }, { ...parts, to: Int32Array.of(1, 2, 3) })).toThrow(OptionError);
});
