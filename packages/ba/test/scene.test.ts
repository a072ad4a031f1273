import {
  type Bundle,
  type BundleOptions,
  type BundleReport,
  checkBundle,
  isMarginals,
  type Priors,
  readBal,
  recoverMarginals,
  SIXTEEN_BIT,
  start,
  surveyBundle,
} from "@slam/ba";
import { type CameraModel, pinhole, rgbd, snavely, stereo } from "@slam/camera";
import { fp64, tolerance } from "@slam/float";
import { type Policy, parsePolicy, presetPolicy } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sceneOf } from "../src/scene.ts";
import { moved } from "./moved.ts";
import { orbit } from "./orbit.ts";
import { hasPublicData, publicData } from "./public-data.ts";

const LINEAR = ["cgnr", "schur-cg", "schur-direct"] as const;
const wide = presetPolicy("fp64");
const LENS: readonly [CameraModel, number[]][] = [
  [snavely, [800, -0.1, 0.02]],
  [pinhole, [700, 710, 320, 240]],
  [stereo, [700, 700, 600, 180, 0.5]],
  [rgbd, [525, 525, 320, 240]],
];

function solved(bundle: Bundle, options: BundleOptions = {}): { readonly bundle: Bundle; readonly report: BundleReport } {
  const run = start(bundle, { policy: wide, ...options });
  while (!run.done) run.step();
  return { bundle: run.bundle, report: run.report };
}

/** An orbit whose coordinates are multiples of 2^-20 and whose measurements no points explain exactly. */
function noisy([model, lens]: (typeof LENS)[number] = LENS[0], cameras: number = 5): Bundle {
  const { bundle } = orbit({ model, lens, cameras, points: 25 });
  const short = (x: number): number => Math.round(x * 2 ** 20) / 2 ** 20;
  return {
    ...bundle,
    poses: bundle.poses.map((x, k) => (k % 7 < 3 ? short(x) : x)),
    points: bundle.points.map(short),
    measurements: bundle.measurements.map((z, i) => z + ((i * 7919) % 11) / 10 - 0.5),
  };
}

describe("by hand", () => {
  /** Nobody looks at these points. */
  const pointsAt = (points: readonly number[], [model, lens] = LENS[1]): Bundle => ({
    ...noisy([model, [...lens]], 1),
    points: Float64Array.from(points),
    camera: new Int32Array(0),
    point: new Int32Array(0),
    measurements: new Float64Array(0),
  });

  test("the origin is the median by components, in whole units, and the unit a power of two below the median deviation", () => {
    // Deviations from 103 are 2, 1, 0, 1, 900 and so 1 along x; from 40 they are 0, 6, 0, 6, 6 along y.
    const bundle = pointsAt([101, 40, -7, 102, 46, -7, 103, 40, -7, 104, 34, -7, 1003, 34, -7]);

    expect(sceneOf(bundle, wide, "always")).toEqual({ origin: [104, 40, -8], unit: 4 });
  });

  test("points most of which are in one place are measured by the largest deviation, and all in one place are left there", () => {
    expect(sceneOf(pointsAt([64, 8, 0, 64, 8, 0, 64, 8, 9]), wide, "always")).toEqual({ origin: [64, 8, 0], unit: 8 });
    expect(sceneOf(pointsAt([64, 8, 0, 64, 8, 0]), wide, "always")).toBeUndefined();
    expect(sceneOf(pointsAt([]), wide, "always")).toBeUndefined();
  });

  test("the unit stays where cameras measure depth in it", () => {
    const points = [1e9, 0, 0, 1e9 + 70, 0, 0, 1e9 + 140, 0, 0];

    expect(sceneOf(pointsAt(points), wide, "always")?.unit).toBe(64);
    for (const lens of [LENS[2], LENS[3]]) expect(sceneOf(pointsAt(points, lens), wide, "always")?.unit).toBe(1);
  });
});

test("scenes are moved where their coordinates are too coarse for the policy, and as asked", () => {
  const bundle = noisy();
  const policies = { fp64: wide, fp32: presetPolicy("fp32"), mixed: presetPolicy("mixed", SIXTEEN_BIT), half: presetPolicy("half") };
  const isMoved = (b: Bundle, policy: Policy): boolean => sceneOf(b, policy, "auto") !== undefined;

  expect(Object.values(policies).map((policy) => isMoved(bundle, policy))).toEqual([false, false, false, true]);
  expect(Object.values(policies).map((policy) => isMoved(moved(bundle, [5e5, 5e6, 0]), policy))).toEqual([false, false, false, true]);
  expect(Object.values(policies).map((policy) => isMoved(moved(bundle, [0, 1e9, 0]), policy))).toEqual([true, true, true, true]);
  expect(isMoved(bundle, parsePolicy({ preset: "fp64", update: "fp32" }))).toBe(true);
  expect(isMoved(bundle, presetPolicy("naive"))).toBe(true);
  expect(sceneOf(moved(bundle, [0, 1e9, 0]), presetPolicy("naive"), "never")).toBeUndefined();
  expect(() => start(bundle, { normalize: "often" as "auto" })).toThrow(/normalize is "often"/);
});

test("a solve takes the same steps wherever the origin is and whatever the unit, bit for bit", { timeout: 60_000 }, () => {
  const policies = [wide, presetPolicy("half"), presetPolicy("naive"), parsePolicy({ preset: "fp64", update: "fp32" })];
  const shifts = fc.integer({ min: -(2 ** 20), max: 2 ** 20 });
  fc.assert(
    fc.property(
      fc.tuple(shifts, shifts, shifts),
      fc.integer({ min: -40, max: 40 }),
      fc.constantFrom(...policies),
      fc.constantFrom(...LENS.slice(0, 2)),
      fc.constantFrom("position" as const, "inverse-depth" as const),
      (shift, exponent, policy, lens, landmarks) => {
        const scale = 2 ** exponent;
        const options = { policy, landmarks, linear: "cgnr", normalize: "always", maxIterations: 4, held: { cameras: [0] } } as const;
        const here = solved(noisy(lens), options);
        // Shifts of whole units and scales of powers of two round nothing.
        const there = solved(
          moved(
            noisy(lens),
            shift.map((s) => s * scale),
            scale,
          ),
          options,
        );

        expect(there.report.iterations.map(({ cost, cgIterations }) => [cost, cgIterations])).toEqual(
          here.report.iterations.map(({ cost, cgIterations }) => [cost, cgIterations]),
        );
        expect(there.report.initialCost).toBe(here.report.initialCost);
        expect(there.report.scene?.unit).toBe(here.report.scene!.unit * scale);
        const back = moved(
          there.bundle,
          shift.map((s) => -s),
          1 / scale,
        );
        // What 2^20 units leave of 53 bits.
        const within = tolerance(fp64, 1, 16) * 2 ** 20;
        if (landmarks === "position") expectClose(back.points, here.bundle.points, within);
        expectClose(back.poses, here.bundle.poses, within);
      },
    ),
    { numRuns: 20 },
  );
});

describe.each(LINEAR)("%s", (linear) => {
  test.each(LENS)("solves what %o saw 10^12 units away as where it was", (...lens) => {
    const shift = [2 ** 40, -(2 ** 39), 3 * 2 ** 36];
    // Coordinates of 13 bits behind the point, which these shifts leave as they are.
    const bundle = noisy(lens);
    const coarse = moved(moved(bundle, shift), [-shift[0], -shift[1], -shift[2]]);
    const options = { linear, held: { intrinsics: true }, ftol: 1e-9 };
    const [here, there] = [coarse, moved(coarse, shift)].map((b) => solved(b, options));

    expect(here.report.scene).toBeUndefined();
    expect(there.report.scene).toBeDefined();
    expect(there.report.termination).toBe("converged");
    expect(there.report.iterations.length).toBe(here.report.iterations.length);
    expect(there.report.initialCost).toBe(here.report.initialCost);
    expectClose(
      there.report.iterations.map(({ cost }) => cost / here.report.finalCost),
      here.report.iterations.map(({ cost }) => cost / here.report.finalCost),
      1e-6,
    );
    // The bundle that is returned is rounded to 2^-13, and its cost is what the report says.
    expect(there.report.finalCost).toBe(surveyBundle(there.bundle).cost);
    expect(there.report.finalCost).toBeGreaterThan(here.report.finalCost);
  });
});

test("what is held or not measured keeps its bits", () => {
  const bundle = moved(noisy(), [1e9 + 0.1, -7e9, 0.3], 1 / 3);
  // A point that nobody has measured, at the old origin.
  const points = Float64Array.from([...bundle.points, 0.1, 0.2, 1e-20]);
  const run = solved({ ...bundle, points }, { held: { cameras: [1], points: [0, 4] } });
  const kept = [0, 1, 2, 12, 13, 14, points.length - 3, points.length - 2, points.length - 1];

  expect(run.report.scene).toBeDefined();
  expect(run.bundle.poses.subarray(7, 14)).toEqual(bundle.poses.subarray(7, 14));
  expect(kept.map((k) => run.bundle.points[k])).toEqual(kept.map((k) => points[k]));
  expect(run.bundle.points.subarray(3, 6)).not.toEqual(points.subarray(3, 6));
  expect(solved({ ...bundle, points }, { maxIterations: 0 }).bundle).toEqual({ ...bundle, points });
});

test("poses are of unit length in every format", () => {
  for (const name of ["half", "naive"] as const) {
    const { bundle, report } = solved(noisy(), { policy: presetPolicy(name), linear: "cgnr", maxIterations: 3 });

    expect(report.scene).toBeDefined();
    expect(() => checkBundle(bundle)).not.toThrow();
    expect(report.finalCost).toBeLessThan(report.initialCost);
  }
});

test("priors move along, and weigh what they did", () => {
  const bundle = noisy();
  // A pose's place and rotation are known together.
  const W = (scale: number): number[] =>
    [0, 1, 2, 3, 4, 5].flatMap((i) =>
      [0, 1, 2, 3, 4, 5].slice(i).map((j) => (i === j ? 50 : j === i + 3 ? 20 : 0) / (i < 3 ? scale : 1) / (j < 3 ? scale : 1)),
    );
  const priors = (shift: readonly number[], scale: number): Priors => ({
    poses: [0, 2].map((camera) => ({
      camera,
      pose: moved({ ...bundle, poses: bundle.poses.slice(7 * camera, 7 * camera + 7) }, shift, scale).poses,
      information: W(scale),
    })),
    points: [{ point: 3, position: [shift[0], shift[1], shift[2] + scale / 4], information: [0, 0, 0, 0, 0, 9 / scale ** 2] }],
  });
  const here = solved(bundle, { priors: priors([0, 0, 0], 1), normalize: "never" });

  for (const [shift, scale] of [
    [[0, 0, 0], 2 ** -13],
    [[2 ** 20, -(2 ** 18), 0], 2 ** 10],
  ] as const) {
    const there = solved(moved(bundle, shift, scale), { priors: priors(shift, scale), normalize: "always" });
    expect(there.report.scene?.unit).not.toBe(1);
    expectClose([there.report.initialCost / here.report.initialCost], [1], 1e-12);
    expectClose([there.report.finalCost / here.report.finalCost], [1], 1e-9);
    expect(there.report.iterations.length).toBe(here.report.iterations.length);
  }
});

test("a robust cost is the given bundle's too", () => {
  const bundle = noisy(LENS[1]);
  const measurements = bundle.measurements.map((z, i) => (i % 37 === 0 ? z + 80 : z));
  const loss = { loss: "cauchy", C: 2 } as const;
  const options = { loss, held: { intrinsics: true, cameras: [0, 1] } };
  const [here, there] = [moved(bundle, [0, 0, 0]), moved(bundle, [0, 2 ** 30, 0])].map((b) => solved({ ...b, measurements }, options));

  expect(there.report.scene).toBeDefined();
  expectClose([there.report.initialCost / here.report.initialCost], [1], 1e-12);
  expectClose([there.report.finalCost / here.report.finalCost], [1], 1e-6);
});

test("covariances are in the given bundle's units, and do not see its origin", () => {
  const bundle = noisy();
  const held = { cameras: [0, 1], intrinsics: true };
  const sigma = (b: Bundle): Float64Array => {
    const marginals = recoverMarginals(b, { held });
    if (!isMarginals(marginals)) throw new Error("rank deficient");
    return marginals.block({ kind: "point", index: 3 }, { kind: "point", index: 3 });
  };

  expect(sigma(moved(bundle, [2 ** 20, -(2 ** 22), 7]))).toEqual(sigma(bundle));
  expect(sigma(moved(bundle, [0, 0, 0], 2 ** 10))).toEqual(sigma(bundle).map((x) => x * 2 ** 20));
});

describe.skipIf(!hasPublicData)("dubrovnik-16", () => {
  const given = (): Bundle => readBal(publicData("bal/dubrovnik-16-22106-pre.txt"), "dubrovnik");

  test.each(LINEAR)("a coordinate system of the earth and other units change nothing: %s", { timeout: 60_000 }, (linear) => {
    for (const bundle of [moved(given(), [4e9, -5e8, 4.9e9], 1000), moved(given(), [0, 0, 0], 1e-4)]) {
      const { report } = solved(bundle, { linear, policy: presetPolicy("mixed", SIXTEEN_BIT) });
      expect(report.termination).toBe("converged");
      expect(report.scene).toBeUndefined();
      expectClose([report.finalCost / 18033.90348], [1], 1e-9);
    }
  });

  test("10^11 units away it takes the steps that it takes where it is, and otherwise does not end", { timeout: 60_000 }, () => {
    const far = moved(given(), [1e11, -7e10, 3e10]);
    const options = { linear: "schur-direct", maxIterations: 15 } as const;
    const [here, there, without] = [solved(given(), options), solved(far, options), solved(far, { ...options, normalize: "never" })].map(
      ({ report }) => report,
    );

    expect([here, there, without].map(({ termination }) => termination)).toEqual(["converged", "converged", "max-iterations"]);
    expect(there.iterations.length).toBe(here.iterations.length);
    // What rounding the result to 2^-16 costs.
    expectClose([there.finalCost / here.finalCost], [1], 1e-6);
  });

  test("updates in fp32 reach the optimum from coordinates of the earth, and otherwise do not", { timeout: 60_000 }, () => {
    const bundle = moved(given(), [1e5, -7e4, 3e4]);
    const options = { linear: "schur-direct", policy: parsePolicy({ preset: "fp32", update: "fp32" }), maxIterations: 10 } as const;

    expectClose([solved(bundle, options).report.finalCost / 18033.90348], [1], 1e-8);
    expect(solved(bundle, { ...options, normalize: "never" }).report.finalCost).toBeGreaterThan(18100);
  });
});
