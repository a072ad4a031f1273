import { type Bundle, surveyBundle } from "@slam/ba";
import { pinhole } from "@slam/camera";
import { expect, test } from "vitest";

/** Four cameras at the origin that look along z: two that share points, one that has another and one that has none. */
const bundle: Bundle = {
  model: pinhole,
  poses: Float64Array.from({ length: 28 }, (_, k) => (k % 7 === 6 ? 1 : 0)),
  intrinsics: Float64Array.of(100, 100, 0, 0),
  intrinsicsOf: new Int32Array(4),
  points: Float64Array.of(0, 0, 1, 0, 0, 2, 0, 0, -3, 0, 0, 4),
  camera: Int32Array.of(0, 1, 1, 2),
  point: Int32Array.of(0, 0, 1, 2),
  measurements: Float64Array.of(0, 0, 3, 4, 0, 0, 0, 0),
};

test("counts, by hand", () => {
  expect(surveyBundle(bundle)).toEqual({
    cameras: 4,
    lenses: 1,
    points: 4,
    observations: 4,
    trackLengths: { least: 0, median: 1, mean: 1, largest: 2 },
    observationsPerCamera: { least: 0, median: 1, mean: 1, largest: 2 },
    seenOnce: 2,
    unmeasured: 1,
    idleCameras: 1,
    parts: 2,
    cost: 12.5,
    unseen: 1,
  });
});

test("a bundle of nothing has zeros", () => {
  const empty = { poses: new Float64Array(0), intrinsicsOf: new Int32Array(0), points: new Float64Array(0) };
  const none = { camera: new Int32Array(0), point: new Int32Array(0), measurements: new Float64Array(0) };

  expect(surveyBundle({ ...bundle, ...empty, ...none })).toMatchObject({ cameras: 0, parts: 0, trackLengths: { mean: 0, largest: 0 } });
});
