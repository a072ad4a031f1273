import { type Bundle, type BundleLoss, type BundleOptions, BundleProblem, type BundleReport, pointOf, start, withPoint } from "@slam/ba";
import { type CameraModel, pinhole, rgbd, snavely, stereo } from "@slam/camera";
import { OptionError } from "@slam/errors";
import { fp32, fp64, operationFormat } from "@slam/float";
import { presetPolicy } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lossOf, robust } from "../src/loss.ts";
import { orbit } from "./orbit.ts";

const wide = operationFormat(fp64);

/** A camera at the origin, looking along z, that measures one point. */
function single(model: CameraModel, lens: readonly number[], point: readonly number[], measurements: readonly number[]): Bundle {
  return {
    model,
    poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1),
    intrinsics: Float64Array.from(lens),
    intrinsicsOf: Int32Array.of(0),
    points: Float64Array.from(point),
    camera: Int32Array.of(0),
    point: Int32Array.of(0),
    measurements: Float64Array.from(measurements),
  };
}

/** The bundle with its points refined by so many steps. */
function refined(bundle: Bundle, most: number, options: Pick<BundleOptions, "held" | "priors" | "loss"> = {}): Bundle {
  const { held, priors, loss } = options;
  const problem = new BundleProblem(bundle, held, undefined, undefined, priors);
  const refine = problem.pointIterations(most, wide, loss && lossOf(loss, bundle.model.measurement.length));
  return withPoint(bundle, refine!(pointOf(bundle)));
}

function costOf(bundle: Bundle, loss?: BundleLoss): number {
  const problem = new BundleProblem(bundle);
  if (loss !== undefined) return robust(problem, loss).cost(pointOf(bundle));
  const r = new Float64Array(problem.rows);
  problem.residual(pointOf(bundle), wide, r);
  return r.reduce((sum, ri) => sum + ri * ri, 0);
}

function solved(bundle: Bundle, options: BundleOptions): { readonly bundle: Bundle; readonly report: BundleReport } {
  const run = start(bundle, { policy: presetPolicy("fp64"), ...options });
  while (!run.done) run.step();
  return { bundle: run.bundle, report: run.report };
}

function noisy(options: Parameters<typeof orbit>[0]): Bundle {
  const { bundle } = orbit(options);
  return { ...bundle, measurements: bundle.measurements.map((z, i) => z + 0.5 * Math.cos(7 * i)) };
}

describe("by hand", () => {
  // Straight ahead the depth is measured linearly, with a deviation of 1/2.
  const bundle = { ...single(rgbd, [8, 8, 0, 0], [0, 0, 4.8], [0, 0, 5]), information: Float64Array.of(1, 0, 0, 1, 0, 4) };

  test("a point goes to where its camera measured it", () => {
    expectClose(refined(bundle, 1).points, [0, 0, 5], 1e-15);
  });

  test("and with priors to the mean of all by their information", () => {
    const prior = { point: 0, position: [0, 0, 4], information: [3, 0, 0, 3, 0, 6] };

    expectClose(refined(bundle, 1, { priors: { points: [prior, prior] } }).points, [0, 0, (4 * 5 + 12 * 4) / 16], 1e-15);
  });

  test("one that is held stays", () => {
    const problem = new BundleProblem(bundle, { points: [0] });
    const x = pointOf(bundle);

    expect(problem.pointIterations(1, wide)!(x)).toBe(x);
  });

  test("so does one that a single camera saw in one direction", () => {
    expect(refined(single(pinhole, [8, 8, 0, 0], [0.5, 0, 4], [0, 0]), 3).points).toEqual(Float64Array.of(0.5, 0, 4));
  });

  test("and one whose step leads behind the camera, though it would cost nothing there", () => {
    const place: CameraModel = {
      name: "place",
      intrinsics: ["scale"],
      measurement: ["x", "y", "z"],
      project(k, q, { value, byPoint, byIntrinsics }, derivatives) {
        for (let a = 0; a < 3; a++) {
          value[a] = k[0] * q[a];
          if (derivatives) for (let b = 0; b < 3; b++) byPoint[3 * a + b] = a === b ? k[0] : 0;
          if (derivatives) byIntrinsics[a] = q[a];
        }
        return q[2] > 0;
      },
    };

    expectClose(refined(single(place, [2], [0, 0, 1], [2, 4, 6]), 1).points, [1, 2, 3], 1e-15);
    expect(refined(single(place, [2], [0, 0, 1], [2, 4, -6]), 1).points).toEqual(Float64Array.of(0, 0, 1));
    // It was not in sight to begin with.
    expectClose(refined(single(place, [2], [0, 0, -1], [2, 4, -6]), 1).points, [1, 2, -3], 1e-15);
  });

  test("a point is stored as updates are", () => {
    const refine = new BundleProblem(single(rgbd, [8, 8, 0, 0], [0, 0, 4.8], [0, 0, 5.1])).pointIterations(1, operationFormat(fp32))!;

    expect(refine(Float64Array.of(0, 0, 0, 0, 0, 0, 1, 8, 8, 0, 0, 0, 0, 4.8)).at(-1)).toBe(Math.fround(5.1));
  });
});

test.each([
  ["pinhole", pinhole, [700, 710, 320, 240]],
  ["snavely", snavely, [800, -0.1, 0.02]],
  ["stereo", stereo, [700, 700, 600, 180, 0.5]],
] as [string, CameraModel, number[]][])("no cost rises, nothing else moves: %s", (_, model, lens) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.001, max: 1, noNaN: true }), fc.boolean(), (seed, away, isRobust) => {
      const bundle = noisy({ model, lens, points: 8, seed, away });
      const loss: BundleLoss | undefined = isRobust ? { loss: "cauchy", C: 2 } : undefined;

      const { points, ...others } = refined(bundle, 2, { held: { points: [3] }, ...(loss && { loss }) });

      expect(costOf({ ...bundle, points }, loss)).toBeLessThanOrEqual(costOf(bundle, loss));
      expect(points.subarray(9, 12)).toEqual(bundle.points.subarray(9, 12));
      expect([others.poses, others.intrinsics]).toEqual([bundle.poses, bundle.intrinsics]);
    }),
    { numRuns: 50 },
  );
});

test.each([undefined, { loss: "huber", C: 1 }] as const)("many steps end where a solve with the cameras held does: %o", (loss) => {
  const bundle = noisy({ model: snavely, lens: [800, -0.1, 0.02], away: 0.03 });
  const held = { cameras: [0, 1, 2, 3, 4, 5], intrinsics: true };

  const { points } = refined(bundle, 60, loss && { loss });

  expectClose(points, solved(bundle, { held, ftol: 1e-14, ...(loss && { loss }) }).bundle.points, 1e-6);
});

test.each([
  ["schur-direct", 0.3, 8],
  ["cgnr", 0.5, 6],
] as const)("%s reaches the same optimum in fewer steps, from afar", (linear, away, seed) => {
  const bundle = noisy({ model: snavely, lens: [800, -0.1, 0.02], cameras: 8, points: 30, away, seed });
  const options: BundleOptions = { linear, held: { cameras: [0] }, ftol: 1e-9 };
  const [without, by, twice] = [0, 1, 2].map((pointIterations) => solved(bundle, { ...options, pointIterations }).report);

  for (const { termination, finalCost } of [by, twice]) {
    expect(termination).toBe("converged");
    expectClose([finalCost / without.finalCost], [1], 1e-8);
  }
  expect(by.iterations.length).toBeLessThan(without.iterations.length);
  // They count as updates.
  expect(by.work.flops.update!.fp64!).toBeGreaterThan(without.work.flops.update!.fp64!);
});

test("are refused where they make no sense", () => {
  const bundle = noisy({ model: pinhole, lens: [700, 710, 320, 240] });

  expect(() => start(bundle, { pointIterations: -1 })).toThrow(/pointIterations is -1/);
  expect(() => start(bundle, { pointIterations: 0.5 })).toThrow(OptionError);
  expect(() => start(bundle, { landmarks: "inverse-depth", pointIterations: 1 })).toThrow(
    /pointIterations is 1, expected 0 with landmarks by inverse/,
  );
  expect(() => start(bundle, { landmarks: "inverse-depth" })).not.toThrow();
});
