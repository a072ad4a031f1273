import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { readBal, writeBal } from "@slam/ba";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { balText, stereoTexts } from "./bundles.ts";
import { lay } from "./graphs.ts";
import { parseBaReport } from "./parse-report.ts";
import { finish, launch, slam, temporaryFolder } from "./slam.ts";

describe.concurrent("slam ba", () => {
  test("finds what the cameras measured, writes it and says so", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "problem.txt": balText(0.1) });

    const { code, stdout, stderr } = await slam(folder, "ba", "problem.txt", "--out", "solved.txt.gz", "--json", "report.json");

    const report = parseBaReport(readFileSync(join(folder, "report.json"), "utf8"));
    const solved = readBal(gunzipSync(readFileSync(join(folder, "solved.txt.gz"))), "solved");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^problem\.txt: BAL, 3 cameras, 5 points, 15 observations, policy mixed\nconverged: /);
    expect(stdout).toContain("lm, schur-direct");
    expect(stderr).toMatch(/^iteration 1: cost /);
    expect(report.input).toEqual({ file: "problem.txt", format: "BAL", cameras: 3, points: 5, observations: 15 });
    expect(report.cost.convention).toBe("1/2 sum r^2, r in pixels");
    expect(report.cost.initial).toBeGreaterThan(100);
    // 30 components, each off by at most 0.05.
    expect(report.cost.final).toBeLessThan(0.5 * 30 * 0.05 ** 2);
    expect(report.unseen).toBe(0);
    expect(solved.measurements).toEqual(readBal(Buffer.from(balText(0)), "").measurements);
  });

  test("holds the poses and the intrinsics that it is told to", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "problem.txt.gz": gzipSync(balText(0.1)) });

    const { code } = await slam(folder, "ba", "problem.txt.gz", "--fix", "0,2", "--fix-intrinsics", "--out", "solved.txt", "--quiet");

    const solved = readBal(readFileSync(join(folder, "solved.txt")), "solved");
    const given = readBal(Buffer.from(balText(0)), "given");
    expect(code).toBe(0);
    expect(solved.intrinsics).toEqual(given.intrinsics);
    expect([solved.poses.subarray(0, 7), solved.poses.subarray(14)]).toEqual([given.poses.subarray(0, 7), given.poses.subarray(14)]);
    expectClose(solved.poses.subarray(7, 10), [0, 0, 0], 5e-3);
  });

  test("does what the solver's flags say", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "problem.txt": balText(0.1) });
    const reportOf = async (...flags: readonly string[]) =>
      parseBaReport((await slam(folder, "ba", "problem.txt", "--json", "--quiet", ...flags)).stdout);

    const [cgnr, dogleg, robust, short, auto, jacobi, inverse] = await Promise.all([
      reportOf("--linear", "cgnr", "--preconditioner", "jacobi", "--policy", "fp64"),
      reportOf("--method", "dogleg", "--linear", "schur-cg", "--eta", "0.001"),
      reportOf("--loss", "soft-l1:2", "--repeat", "2"),
      reportOf("--max-iterations", "1", "--ftol", "0"),
      reportOf(),
      reportOf("--linear", "schur-cg", "--preconditioner", "jacobi"),
      reportOf("--landmarks", "inverse-depth", "--linear", "cgnr", "--forcing", "quadratic"),
    ]);

    expect([cgnr.linear.solver, cgnr.linear.preconditioner, cgnr.policy.matvec]).toEqual(["cgnr", "block Jacobi", "fp64"]);
    expect([dogleg.method, dogleg.linear.solver, dogleg.termination]).toEqual(["dogleg", "schur-cg", "converged"]);
    expect([auto.linear.solver, auto.linear.reason?.includes("Mflop")]).toEqual(["schur-direct", true]);
    expect([dogleg.linear.preconditioner, jacobi.linear.preconditioner]).toEqual(["Schur-Jacobi", "block Jacobi"]);
    expect([inverse.landmarks, inverse.forcing, inverse.termination]).toEqual(["inverse-depth", "quadratic", "converged"]);
    expect([cgnr.landmarks, cgnr.forcing]).toEqual([undefined, undefined]);
    // Other steps to the same optimum.
    expectClose([inverse.cost.final], [cgnr.cost.final], 1e-6);
    expect(inverse.iterations.map(({ cost }) => cost)).not.toEqual(cgnr.iterations.map(({ cost }) => cost));
    expect(robust.loss).toEqual({ name: "soft-l1", C: 2 });
    expect(robust.cost.convention).toBe("1/2 sum rho(r^2), r in pixels, rho soft-l1 with C = 2");
    expect([short.termination, short.iterations.length]).toEqual(["max-iterations", 1]);
  });

  test("says where it solved what is far from the origin", async (context) => {
    const folder = temporaryFolder(context);
    const { origin, ...far } = { origin: [2 ** 34, -(2 ** 33), 2 ** 30] as const, ...readBal(Buffer.from(balText(0.1)), "given") };
    const place = (x: number, a: number): number => x + origin[a];
    const poses = far.poses.map((x, k) => (k % 7 < 3 ? place(x, k % 7) : x));
    const points = far.points.map((x, k) => place(x, k % 3));
    lay(folder, { "problem.txt": [...writeBal({ ...far, poses, points })].join("") });

    const { code, stdout } = await slam(folder, "ba", "problem.txt", "--json", "report.json", "--report", "page.html");

    const { scene, cost } = parseBaReport(readFileSync(join(folder, "report.json"), "utf8"));
    const text = `solved around ${scene?.origin.join(", ")} in units of ${scene?.unit}`;
    expect(code).toBe(0);
    expectClose(scene!.origin, origin, 1e-8);
    expect(stdout).toContain(`scene     ${text}`);
    expect(readFileSync(join(folder, "page.html"), "utf8")).toContain(text);
    expect(cost.final).toBeLessThan(0.5 * 30 * 0.05 ** 2);
  });

  test("refuses inverse depths of a camera that measures depth", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, stereoTexts(0.1));

    const { code, stderr } = await slam(folder, "ba", "VO_stereo_factors7.txt", "--landmarks", "inverse-depth", "--quiet");

    expect({ code, stderr }).toEqual({
      code: 3,
      stderr:
        'slam: VO_stereo_factors7.txt: landmarks: inverse-depth is "stereo", expected a camera model that measures directions alone\n',
    });
  });

  test("exits 4 where it does not converge, with the result written", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "problem.txt": balText(0.1) });

    const { code, stderr } = await slam(folder, "ba", "problem.txt", "--max-iterations", "1", "--quiet", "--out", "solved.txt");

    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringMatching(/^slam: problem\.txt: not converged \(max-iterations\): /) });
    expect(existsSync(join(folder, "solved.txt"))).toBe(true);
  });

  test("names the place in a bad file, exits 3 and leaves nothing", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "problem.txt": balText(0.1).replace("\n0 0 0\n", "\n0 zero 0\n") });

    const { code, stderr } = await slam(folder, "ba", "problem.txt", "--out", "solved.txt");

    expect({ code, stderr }).toEqual({ code: 3, stderr: "slam: problem.txt:17:3: expected ry of camera 0, a finite number, found zero\n" });
    expect(readdirSync(folder)).toEqual(["problem.txt"]);
  });
});

const data = process.env.SLAM_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const dubrovnik = join(data, "bal/dubrovnik-16-22106-pre.txt");

describe.skipIf(!existsSync(data))("dubrovnik-16", () => {
  test("is solved to Ceres' optimum", async (context) => {
    const { code, stdout } = await slam(temporaryFolder(context), "ba", dubrovnik, "--json", "--quiet");

    const { cost } = parseBaReport(stdout);
    expect(code).toBe(0);
    expectClose([cost.final / 18033.90348], [1], 1e-6);
  });

  test("interrupted, is written as far as it has come", async (context) => {
    const folder = temporaryFolder(context);
    const child = launch("main", ["ba", dubrovnik, "--linear", "cgnr", "--ftol", "0", "--out", "out.txt", "--json", "out.json"], folder);
    child.stderr.once("data", () => child.kill("SIGINT"));

    const { code, stderr } = await finish(child);

    const { termination, cost } = parseBaReport(readFileSync(join(folder, "out.json"), "utf8"));
    expect({ code, termination }).toEqual({ code: 130, termination: "cancelled" });
    expect(stderr).toContain("stopping at the next iteration");
    expect(cost.final).toBeLessThan(cost.initial);
    expect(readBal(readFileSync(join(folder, "out.txt")), "out.txt").points).toHaveLength(3 * 22106);
  });
});
