import { type AnyPrecision, fp16, fp32, tolerance } from "@slam/float";
import { se2, se3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { retractRounded } from "../src/retract.ts";
import { planarPose, spatialPose } from "./arbitrary-pose.ts";

test("a step smaller than half a spacing of fp16 is lost: 1024 + 0.25 is 1024", () => {
  const x = Float64Array.of(1024, 0, 0);

  retractRounded(se2, fp16, x, 0, Float64Array.of(0.25, 0.25, 0), 0, x, 0);

  expect(x).toEqual(Float64Array.of(1024, 0.25, 0));
});

describe.each([
  { group: se2, pose: planarPose },
  { group: se3, pose: spatialPose },
])("on $group.name", ({ group, pose }) => {
  const tangent = fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: group.dof, maxLength: group.dof })
    .map((values) => Float64Array.from(values));

  test.each([fp32, fp16])("in $name it is the group's retract but for 64 u, and numbers of the format", (P: AnyPrecision) => {
    fc.assert(
      fc.property(pose, tangent, (pose, xi) => {
        const x = pose.map((value) => P.round(value));
        const expected = new Float64Array(group.size);
        group.retract(x, 0, xi, 0, expected, 0);
        const moved = new Float64Array(group.size);

        retractRounded(group, P, x, 0, xi, 0, moved, 0);

        // An angle may be wrapped on the one side and not on the other.
        if (group === se2) expected[2] += 2 * Math.PI * Math.round((moved[2] - expected[2]) / (2 * Math.PI));
        expectClose(moved, expected, tolerance(P, 16));
        for (const value of moved) expect(P.round(value)).toBe(value);
      }),
    );
  });
});
