import { newProjection, pinhole, radialTangential, restrictIntrinsics } from "@slam/camera";
import { fp64, tolerance } from "@slam/float";
import { cameraLaws, expectClose } from "@slam/testing";
import { expect, test } from "vitest";

const simple = restrictIntrinsics(pinhole, {
  name: "simple",
  intrinsics: ["f", "cx", "cy"],
  from: { fx: "f", fy: "f", cx: "cx", cy: "cy" },
});
const radial = restrictIntrinsics(radialTangential, {
  name: "radial",
  intrinsics: ["f", "cx", "cy", "k1", "k2"],
  from: { fx: "f", fy: "f", cx: "cx", cy: "cy", k1: "k1", k2: "k2" },
});

test("one focal length is both, and its derivative the sum of theirs in each row", () => {
  const out = newProjection(simple);

  const seen = simple.project([500, 320, 240], [1, -2, 4], out, true);

  expect([seen, simple.name, simple.intrinsics.length]).toEqual([true, "simple", 3]);
  expectClose(out.value, [445, -10], tolerance(fp64, 8));
  expectClose(out.byIntrinsics, [0.25, 1, 0, -0.5, 0, 1], tolerance(fp64, 8));
});

test("what is not named is 0", () => {
  const [own, full] = [newProjection(radial), newProjection(radialTangential)];

  radial.project([500, 320, 240, 0.1, -0.2], [1, -2, 4], own, false);
  radialTangential.project([500, 500, 320, 240, 0.1, -0.2, 0, 0, 0], [1, -2, 4], full, false);

  expect(own.value).toEqual(full.value);
});

test("a model without an inverse has none", () => {
  const { unproject: _, ...oneWay } = pinhole;

  expect(restrictIntrinsics(oneWay, { name: "one way", intrinsics: ["f"], from: { fx: "f", fy: "f" } }).unproject).toBe(undefined);
});

test.each([{ fz: "f" }, { fx: "g" }])("refuses names that are not there: %j", (from) => {
  expect(() => restrictIntrinsics(pinhole, { name: "wrong", intrinsics: ["f"], from })).toThrow(/^wrong: from is /);
});

const laws = tolerance(fp64, 256);
cameraLaws(simple, [700, 320, 240], [0, 0, 1], laws);
cameraLaws(radial, [458.7, 367.2, 248.4, -0.2834, 0.0739], [0, 0, 1], laws);
