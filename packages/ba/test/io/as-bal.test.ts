import { asBal, colmapCameras, readBal, surveyBundle, writeBal } from "@slam/ba";
import { pinhole, snavely } from "@slam/camera";
import { OptionError } from "@slam/errors";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { orbit } from "../orbit.ts";

describe.each([
  ["SIMPLE_PINHOLE", [700, 320, 240]],
  ["SIMPLE_RADIAL", [700, 320, 240, -0.1]],
  ["RADIAL", [700, 320, 240, -0.1, 0.02]],
] as const)("%s", (name, lens) => {
  const { bundle } = orbit({ model: colmapCameras.find((model) => model.name === name)!, lens, isShared: true, away: 0.05 });

  test("costs in BAL what it did, and is seen as it was", () => {
    const [own, bal] = [surveyBundle(bundle), surveyBundle(readBal(new TextEncoder().encode([...writeBal(asBal(bundle))].join(""))))];

    expect(own.cost).toBeGreaterThan(100);
    expectClose([bal.cost / own.cost], [1], 1e-9);
    expect([bal.lenses, bal.unseen]).toEqual([own.cameras, own.unseen]);
  });

  test("has coefficients where the model has them", () => {
    const [, , , ...distortion] = lens;

    expect([...asBal(bundle).intrinsics.subarray(0, 3)]).toEqual([700, ...distortion, 0, 0].slice(0, 3));
  });
});

test("BAL stays as it is, and what BAL has no room for is refused", () => {
  const { bundle } = orbit({ model: snavely, lens: [700, 0, 0] });
  const { bundle: other } = orbit({ model: pinhole, lens: [700, 710, 320, 240] });

  expect(asBal(bundle)).toBe(bundle);
  expect(() => asBal(other)).toThrow(OptionError);
});
