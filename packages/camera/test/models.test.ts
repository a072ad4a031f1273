import { type CameraArithmetic, fisheye, newProjection, pinhole, radialTangential, rgbd, snavely, stereo } from "@slam/camera";
import { fp64, tolerance } from "@slam/float";
import { cameraLaws, expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const u = tolerance(fp64, 8);

function value(model: Parameters<typeof newProjection>[0] & typeof pinhole, k: readonly number[], p: readonly number[]): Float64Array {
  const out = newProjection(model);
  model.project(k, p, out, false);
  return out.value;
}

test.each([pinhole, snavely, radialTangential, fisheye, stereo, rgbd])(
  "$name cannot be made another: kernels are kept, and shipped, by the object",
  (model) => {
    expect(() => Object.assign(model, { formulas: pinhole.formulas })).toThrow(TypeError);
  },
);

describe("hand cases", () => {
  test("pinhole", () => {
    expectClose(value(pinhole, [500, 400, 320, 240], [1, -2, 4]), [445, 40], u);
  });

  test("snavely looks down -z", () => {
    expectClose(
      value(snavely, [100, 0.5, 0.25], [1, 2, -2]),
      [50 * (1 + 0.5 * 1.25 + 0.25 * 1.5625), 100 * (1 + 0.5 * 1.25 + 0.25 * 1.5625)],
      u,
    );
  });

  test("radial-tangential, term by term", () => {
    const at = (k1: number, k2: number, p1: number, p2: number, k3: number): Float64Array =>
      value(radialTangential, [1, 1, 0, 0, k1, k2, p1, p2, k3], [2, 1, 2]);

    expectClose(at(0, 0, 0, 0, 0), [1, 0.5], u);
    expectClose(at(1, 0, 0, 0, 0), [2.25, 1.125], u);
    expectClose(at(0, 1, 0, 0, 0), [1 + 1.25 ** 2, 0.5 * (1 + 1.25 ** 2)], u);
    expectClose(at(0, 0, 0, 0, 1), [1 + 1.25 ** 3, 0.5 * (1 + 1.25 ** 3)], u);
    expectClose(at(0, 0, 1, 0, 0), [1 + 1, 0.5 + 1.25 + 0.5], u);
    expectClose(at(0, 0, 0, 1, 0), [1 + 1.25 + 2, 0.5 + 1], u);
  });

  test("fisheye sees 90 degrees off its axis and beyond", () => {
    expectClose(value(fisheye, [100, 200, 0, 0, 0, 0, 0, 0], [3, 4, 0]), [30 * Math.PI, 80 * Math.PI], u);
    expectClose(value(fisheye, [100, 100, 0, 0, 0, 0, 0, 0], [1, 0, -1]), [75 * Math.PI, 0], u);
    expectClose(value(fisheye, [1, 1, 0, 0, 0.5, 0.25, 0.125, 0.0625], [1, 0, 1]), [polynomial(Math.PI / 4), 0], u);
  });

  test("stereo and RGB-D", () => {
    expectClose(value(stereo, [500, 400, 320, 240, 0.5], [1, -2, 4]), [445, 382.5, 40], u);
    expectClose(value(rgbd, [500, 400, 320, 240], [1, -2, 4]), [445, 40, 4], u);
  });
});

function polynomial(t: number): number {
  return t * (1 + 0.5 * t ** 2 + 0.25 * t ** 4 + 0.125 * t ** 6 + 0.0625 * t ** 8);
}

const FORWARD = [0, 0, 1] as const;
const laws = tolerance(fp64, 256);

cameraLaws(pinhole, [700, 710, 320, 240], FORWARD, laws);
cameraLaws(snavely, [800, -0.1, 0.02], [0, 0, -1], laws);
cameraLaws(radialTangential, [458.7, 457.3, 367.2, 248.4, -0.2834, 0.0739, 0.00019, 1.8e-5, 0.001], FORWARD, laws);
cameraLaws(fisheye, [380.8, 380.8, 510.3, 514.3, 0.0101, -0.0103, 0.0059, -0.0009], FORWARD, laws);
cameraLaws(stereo, [707, 707, 602, 183, 0.54], FORWARD, laws);
cameraLaws(rgbd, [525, 525, 319.5, 239.5], FORWARD, laws);

describe("where there is nothing to see", () => {
  test("a point that the lens folds back is not seen", () => {
    const k = [1, 1, 0, 0, -0.3, 0, 0, 0, 0];
    const out = newProjection(radialTangential);

    expect(radialTangential.project(k, [1, 0, 1], out, false)).toBe(true);
    expect(radialTangential.project(k, [1.1, 0, 1], out, false)).toBe(false);
  });

  test("a pixel beyond the lens's largest radius has no direction", () => {
    const p = Float64Array.of(7, 7, 7);

    expect(radialTangential.unproject?.([1, 1, 0, 0, -0.3, 0, 0, 0, 0], [0.8, 0], p)).toBe(false);
    expect(snavely.unproject?.([1, -0.3, 0], [0.8, 0], p)).toBe(false);
    expect(fisheye.unproject?.([1, 1, 0, 0, 0, 0, 0, 0], [3.2, 0], p)).toBe(false);
    expect(fisheye.unproject?.([1, 1, 0, 0, -0.1, 0, 0, 0], [1.5, 0], p)).toBe(false);
    expect(p).toEqual(Float64Array.of(7, 7, 7));
  });

  test("a pair without disparity has no depth", () => {
    const p = new Float64Array(3);

    expect(stereo.unproject?.([500, 500, 0, 0, 0.5], [10, 10, 0], p)).toBe(false);
    expect(stereo.unproject?.([500, 500, 0, 0, 0.5], [10, 11, 0], p)).toBe(false);
    expect(rgbd.unproject?.([500, 500, 0, 0], [10, 10, 0], p)).toBe(false);
  });
});

describe("formulas", () => {
  const numbers: CameraArithmetic<number> = {
    constant: (x) => x,
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
    div: (a, b) => a / b,
    neg: (x) => -x,
  };

  test.each([
    [snavely, [800, -0.1, 0.02]],
    [pinhole, [700, 710, 320, 240]],
    [stereo, [700, 690, 600, 180, 0.5]],
    [rgbd, [525, 520, 320, 240]],
  ] as const)("of $name have the bits of project", (model, k) => {
    const coordinate = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, (x, y, z) => {
        fc.pre(Math.abs(z) > 1e-3);
        const out = newProjection(model);
        model.project(k, [x, y, z], out, true);
        const { byPoint, byIntrinsics } = model.formulas!(numbers, k, [x, y, z]);

        expect(Float64Array.from(byPoint)).toEqual(out.byPoint);
        expect(Float64Array.from(byIntrinsics)).toEqual(out.byIntrinsics);
      }),
    );
  });
});
