import { type Bundle, type BundleOptions, type BundleReport, start } from "@slam/ba";
import { type CameraModel, fisheye, pinhole, rgbd, snavely, stereo } from "@slam/camera";
import { parsePolicy, presetPolicy } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { namedLoss } from "../src/loss.ts";
import { orbit } from "./orbit.ts";

function solved(bundle: Bundle, options: BundleOptions = {}): { readonly bundle: Bundle; readonly report: BundleReport } {
  const run = start(bundle, options);
  while (!run.done) run.step();
  return { bundle: run.bundle, report: run.report };
}

const LINEAR = ["cgnr", "schur-cg", "schur-direct"] as const;

test.each(["cgnr", "schur-cg"] as const)("%s ends linear solves by the Q-test where that is asked for", (linear) => {
  const { bundle } = orbit({ model: snavely, lens: [800, -0.1, 0.02], cameras: 8, points: 40, away: 0.05 });
  const noisy = { ...bundle, measurements: bundle.measurements.map((z, i) => z + 0.5 * Math.cos(7 * i)) };
  const options: BundleOptions = { linear, policy: presetPolicy("fp64"), ftol: 1e-10 };
  const byResidual = solved(noisy, options).report;

  for (const eta of [0.1, 0.01]) {
    const { report } = solved(noisy, { ...options, forcing: "quadratic", eta });
    expect(report.termination).toBe("converged");
    expect(report.precision.fallbacks).toBe(0);
    expectClose([report.finalCost / byResidual.finalCost], [1], 1e-8);
    // It knows nothing of the residual.
    const counts = [report, byResidual].map(({ iterations }) => iterations.map(({ cgIterations }) => cgIterations));
    expect(counts[0]).not.toEqual(counts[1]);
  }
  expect(() => start(bundle, { forcing: "q" as "residual" })).toThrow(/forcing/);
});

describe.each(LINEAR)("%s", (linear) => {
  test.each(["fp64", "fp32", "mixed"] as const)("finds points from exact measurements in policy %s, cameras held", (name) => {
    const { bundle, truth } = orbit({ model: pinhole, lens: [700, 710, 320, 240], isShared: true });
    const held = { cameras: [0, 1, 2, 3, 4, 5], intrinsics: true };
    const run = solved({ ...bundle, poses: truth.poses }, { linear, policy: presetPolicy(name), held });

    expect(run.report.termination).toBe("converged");
    expectClose(run.bundle.points, truth.points, 1e-6);
  });

  test.each([
    [snavely, [800, -0.1, 0.02], false],
    [pinhole, [700, 710, 320, 240], true],
    [fisheye, [380, 380, 510, 514, 0.01, -0.01, 0.006, -0.001], true],
    [stereo, [700, 700, 600, 180, 0.5], true],
    [rgbd, [525, 525, 320, 240], true],
  ] as [CameraModel, number[], boolean][])("explains exact measurements of %o", (model, lens, isShared) => {
    const { bundle } = orbit({ model, lens, isShared });
    const { report } = solved(bundle, { linear, policy: presetPolicy("fp64"), held: { intrinsics: true } });

    expect(report.termination).toBe("converged");
    expect(report.initialCost).toBeGreaterThan(1);
    expect(report.finalCost).toBeLessThan(1e-10 * report.initialCost);
  });

  test("stores J in 16 bits on request, and reaches the same cost", () => {
    const { bundle } = noisy();
    const policy = parsePolicy({ preset: "fp32", matvec: "fp16", name: "sixteen" });
    const narrow = solved(bundle, { linear, policy });
    const wide = solved(bundle, { linear, policy: presetPolicy("fp64") });

    expect(narrow.report.termination).toBe("converged");
    expectClose([narrow.report.finalCost / wide.report.finalCost], [1], 1e-6);
  });
});

test("all linear solvers reach the same optimum, whatever is held", () => {
  for (const held of [{}, { cameras: [0] }, { cameras: [0, 1], points: [2] }, { intrinsics: true }]) {
    const { bundle } = noisy();
    const all = [...LINEAR.map((linear) => ({ linear })), { linear: "schur-cg", preconditioner: "jacobi" } as const];
    const reports = all.map((options) => solved(bundle, { ...options, held, policy: presetPolicy("fp64"), ftol: 1e-10 }).report);

    expect(reports.map(({ termination }) => termination)).toEqual(all.map(() => "converged"));
    for (const { finalCost } of reports) expectClose([finalCost / reports[0].finalCost], [1], 1e-9);
  }
});

test("Schur-Jacobi is exact where one camera is free", () => {
  const { bundle } = noisy();
  const held = { cameras: [0, 1, 3, 4], intrinsics: true };
  const [plain, reduced] = (["jacobi", "schur-jacobi"] as const).map(
    (preconditioner) => solved(bundle, { linear: "schur-cg", preconditioner, held, policy: presetPolicy("fp64") }).report,
  );

  expect([plain.linear.preconditioner, reduced.linear.preconditioner]).toEqual(["block Jacobi", "Schur-Jacobi"]);
  expect(reduced.cgIterations).toBe(reduced.iterations.length);
  expect(plain.cgIterations).toBeGreaterThan(plain.iterations.length);
});

describe("by default", () => {
  test("a system of few cameras is factorised", () => {
    const { linear } = solved(noisy().bundle).report;

    expect(linear.solver).toBe("schur-direct");
    expect(linear.reason).toMatch(/5 blocks takes about .* Mflop, not more than/);
  });

  test("one of many cameras and few points is not", () => {
    const { bundle } = orbit({ model: snavely, lens: [800, -0.1, 0.02], cameras: 120, points: 8 });
    const { linear } = start(bundle, { maxIterations: 0 }).report;

    expect(linear.solver).toBe("schur-cg");
    expect(linear.reason).toMatch(/Mflop, more than/);
  });

  test("nor is one that a policy has factors in 16 bits for, which schur-direct refuses", () => {
    const policy = presetPolicy("half");

    expect(start(noisy().bundle, { policy }).report.linear.reason).toMatch(/fp16 can only precondition/);
    expect(() => start(noisy().bundle, { policy, linear: "schur-direct" })).toThrow(/schur-direct: the policy's factorize/);
  });
});

test("held cameras and points stay where they are, bit for bit", () => {
  const { bundle } = noisy();
  const run = solved(bundle, { held: { cameras: [1], points: [0, 4] } });

  expect(run.bundle.poses.subarray(7, 14)).toEqual(bundle.poses.subarray(7, 14));
  expect(run.bundle.points.subarray(0, 3)).toEqual(bundle.points.subarray(0, 3));
  expect(run.bundle.points.subarray(12, 15)).toEqual(bundle.points.subarray(12, 15));
  expect(run.bundle.points.subarray(3, 6)).not.toEqual(bundle.points.subarray(3, 6));
});

describe("a robust loss", () => {
  const { bundle, truth } = orbit({ model: pinhole, lens: [700, 710, 320, 240], isShared: true, cameras: 6, points: 30 });
  const measurements = bundle.measurements.map((z, i) => (i % 37 === 0 ? z + 80 : z));
  const held = { cameras: [0, 1, 2, 3, 4, 5], intrinsics: true };
  const given = { ...bundle, poses: truth.poses, measurements };
  const worst = (points: Float64Array): number => Math.max(...points.map((x, i) => Math.abs(x - truth.points[i])));

  test.each([
    ["cauchy", 2e-3],
    ["huber", 2e-2],
    ["soft-l1", 2e-2],
  ] as const)("%s keeps false measurements from moving the points", (loss, away) => {
    expect(worst(solved(given, { held }).bundle.points)).toBeGreaterThan(0.05);
    expect(worst(solved(given, { held, loss: { loss, C: 1 } }).bundle.points)).toBeLessThan(away);
  });

  test("has a bound that 99 of 100 honest pixels are within, where none is given", () => {
    const { loss } = solved(given, { held, loss: { loss: "huber" } }).report;

    // Of two components: exp(-C^2 / 2) = 1 / 100.
    expect(loss?.name).toBe("huber");
    expectClose([Math.exp(-(loss!.C ** 2) / 2)], [0.01], 1e-12);
  });

  test("needs a bound for measurements of more components than three", () => {
    expect(() => namedLoss({ loss: "huber" }, 4)).toThrow(/huber: C is undefined, expected a bound, as measurements have 4 components/);
    expect(namedLoss({ loss: "huber", C: 2 }, 4)).toEqual({ name: "huber", C: 2 });
  });
});

test("a user's own camera is solved as ours are", () => {
  const own: CameraModel = {
    name: "equirectangular",
    intrinsics: ["pixels"],
    measurement: ["azimuth", "elevation"],
    project(k, [x, y, z]: Float64Array, { value, byPoint, byIntrinsics }, derivatives) {
      const ground2 = x * x + z * z;
      const ground = Math.sqrt(ground2);
      const all = ground2 + y * y;
      value.set([k[0] * Math.atan2(x, z), k[0] * Math.atan2(y, ground)]);
      if (derivatives) {
        byPoint.set([(k[0] * z) / ground2, 0, (-k[0] * x) / ground2]);
        byPoint.set([(-k[0] * y * x) / (ground * all), (k[0] * ground) / all, (-k[0] * y * z) / (ground * all)], 3);
        byIntrinsics.set([value[0] / k[0], value[1] / k[0]]);
      }
      return ground > 0;
    },
  };
  const { bundle } = orbit({ model: own, lens: [600], isShared: true });
  const { report } = solved(bundle, { policy: presetPolicy("fp64"), held: { intrinsics: true } });

  expect(report.termination).toBe("converged");
  expect(report.finalCost).toBeLessThan(1e-10 * report.initialCost);
});

test("what is wrong is said before anything is computed", () => {
  const { bundle } = noisy();

  expect(() => start(bundle, { linear: "qr" as "cgnr" })).toThrow(/linear is "qr"/);
  expect(() => start({ ...bundle, camera: bundle.camera.map((c) => c + 1) })).toThrow(/bundle.camera\[\d+\]/);
  expect(() => start({ ...bundle, points: bundle.points.subarray(1) })).toThrow(/bundle.points/);
  expect(() => start(bundle, { held: { cameras: [77] } })).toThrow(/fixed camera/);
});

/** Measurements that no points explain exactly. */
function noisy(): { readonly bundle: Bundle } {
  const { bundle } = orbit({ model: snavely, lens: [800, -0.1, 0.02], cameras: 5, points: 25 });
  return { bundle: { ...bundle, measurements: bundle.measurements.map((z, i) => z + ((i * 7919) % 11) / 10 - 0.5) } };
}
