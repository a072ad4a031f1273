import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readKitti, readTum, writeTum } from "@slam/eval";
import { chi2, readG2o } from "@slam/pgo";
import { apartment } from "@slam/sim";
import { expectSameBits } from "@slam/testing";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import schema from "../schema/odometry.schema.json" with { type: "json" };
import type { OdometryReport } from "../src/odometry-report.ts";
import { finish, launch, slam, temporaryFolder } from "./slam.ts";

const validate: ValidateFunction = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** A report that is as its schema says. */
function parse(text: string): OdometryReport {
  const report: unknown = JSON.parse(text);
  validate(report);
  expect(validate.errors).toBe(null);
  return report as OdometryReport;
}

/** What differs from run to run. */
const TIMES = { seconds: undefined, milliseconds: undefined, iterations: undefined, linear: undefined, memoryBytes: undefined };

/** A minute of an apartment's patrol, twice along its corridor, as a recording of poses. */
function lay(folder: string, length: number): void {
  const { timestamps, poses } = apartment({ length, rate: 2, seed: 1 });
  writeFileSync(join(folder, "motion.tum"), [...writeTum({ timestamps, poses })].join(""));
}

/** Two cameras half a metre apart along z, eight landmarks. */
function layStereo(folder: string, suffix: string): void {
  const identity = (z: number): string => `1 0 0 0 0 1 0 0 0 0 1 ${z} 0 0 0 1`;
  const seen = [0, 0.5, 1].flatMap((z, c) =>
    Array.from({ length: 12 }, (_, p) => {
      const [x, y, ahead] = [(p % 4) - 1.5, Math.floor(p / 4) - 1, 4 + 0.3 * p - z];
      return `${c} ${p} ${320 + (500 * x) / ahead} ${320 + (500 * (x - 0.2)) / ahead} ${240 + (500 * y) / ahead} ${x} ${y} ${ahead}`;
    }),
  );
  writeFileSync(join(folder, `VO_stereo_factors${suffix}.txt`), seen.join("\n"));
  writeFileSync(join(folder, `VO_camera_poses${suffix}.txt`), [0, 0.5, 1].map((z, c) => `${c} ${identity(z)}`).join("\n"));
  writeFileSync(join(folder, `VO_calibration${suffix}.txt`), "500 500 0 320 240 0.2\n");
  writeFileSync(join(folder, "truth.kitti"), [0, 0.5, 1].map((z) => `1 0 0 0 0 1 0 0 0 0 1 ${z}`).join("\n"));
}

describe("along a recorded trajectory", () => {
  test("a simulated camera finds back to it, loops closed, the same bits each time", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, 45);
    const args = ["odometry", "motion.tum", "--rate", "2", "--window", "5", "--seed", "3", "--quiet"];

    const first = await slam(folder, ...args, "--out", "first", "--json");
    const second = await slam(folder, ...args, "--out", "second", "--json", "second.json", "--report", "second.html", "--repeat", "2");

    expect([first.code, first.stderr, second.code, second.stdout]).toEqual([0, "", 0, ""]);
    const report = parse(first.stdout);
    expect(report).toMatchObject({ termination: "converged", policy: { name: "mixed" }, lost: [], loops: { recognizer: "descriptors" } });
    expect(report.loops.accepted).toBeGreaterThan(0);
    expect(report.loops.found).toBe(report.loops.accepted + report.loops.rejected);
    expect(report.ate!.withLoops.rmse).toBeLessThan(report.ate!.withoutLoops.rmse);
    // Of its second drive, whose recogniser has forgotten the places of the first.
    const again = parse(readFileSync(join(folder, "second.json"), "utf8"));
    expect({ ...again, ...TIMES }).toEqual({ ...report, ...TIMES });
    expect(again.seconds.cold).toBeGreaterThan(0);
    for (const { seconds } of [report, again]) {
      expect(seconds.solve).toBeGreaterThan(seconds.linearize + seconds.factorize + seconds.linearSolve + seconds.update);
    }
    expect(report.seconds.cold).toBe(report.seconds.solve);
    const names = readdirSync(join(folder, "first")).sort();
    expect(names).toEqual(["graph.g2o", "map.ply", "trajectory.kitti", "trajectory.tum"]);
    for (const name of names) expect(readFileSync(join(folder, "second", name))).toEqual(readFileSync(join(folder, "first", name)));
    const tum = readTum(readFileSync(join(folder, "first", "trajectory.tum")));
    const { graph } = readG2o(readFileSync(join(folder, "first", "graph.g2o")), "graph.g2o");
    expect(tum.timestamps.length).toBe(report.input.keyFrames);
    expectSameBits(readKitti(readFileSync(join(folder, "first", "trajectory.kitti"))).subarray(0, 3), tum.poses.subarray(0, 3));
    expect(graph.from.length).toBe(report.graph.edges);
    expect(chi2(graph)).toBeCloseTo(report.cost!.final, 6);
    expect(report.cost!.initial).toBeGreaterThanOrEqual(report.cost!.final);
    expect(report.iterations!.reduce((sum, { cgIterations }) => sum + cgIterations, 0)).toBe(report.linear!.cgIterations);
    expect(report.linear!.solver).toBe("cgnr");
    const page = readFileSync(join(folder, "second.html"), "utf8");
    expect(page.split("<svg").length - 1).toBe(3);
    for (const text of ["as the windows left it", "loops closed", "dashed where they truly were", "The last solve of the graph"])
      expect(page).toContain(text);
    expect(readFileSync(join(folder, "first", "map.ply"), "utf8")).toContain(`comment ${report.landmarks} points`);

    const solved = await slam(folder, "pgo", "first/graph.g2o", "--json", "--quiet");
    expect(solved.code).toBe(0);
    expect(JSON.parse(solved.stdout).cost.final).toBeLessThan(1.01 * report.cost!.final);
  });
});

test("an apartment is patrolled without loops where none are asked for", async (context) => {
  const folder = temporaryFolder(context);

  const { code, stdout } = await slam(
    folder,
    "odometry",
    "--world",
    "apartment",
    "--rate",
    "0.5",
    "--window",
    "2",
    "--loops",
    "none",
    "--policy",
    "fp64",
    "--linear",
    "schur-dense",
  );

  expect([0, 4]).toContain(code);
  expect(stdout).toMatch(/^apartment: 126 frames, 126 key frames, policy fp64\n/);
  expect(stdout).toContain("loops     not looked for");
});

describe("stereo features", () => {
  test("are followed, and judged by rows of a truth without times", async (context) => {
    const folder = temporaryFolder(context);
    layStereo(folder, "7");

    const args = ["odometry", "VO_stereo_factors7.txt", "--truth", "truth.kitti", "--json", "--quiet", "--report", "page.html"];
    const { code, stdout } = await slam(folder, ...args);

    expect(code).toBe(0);
    const report = parse(stdout);
    expect(report.input).toEqual({ file: "VO_stereo_factors7.txt", kind: "stereo", frames: 3, keyFrames: 3, seed: 0 });
    expect(report.ate!.withoutLoops).toMatchObject({ pairs: 3 });
    expect(report.ate!.withoutLoops.rmse).toBeLessThan(1e-6);
    expect(report.loops.recognizer).toBe("none");
    expect([report.cost, report.iterations, report.linear]).toEqual([undefined, undefined, undefined]);
    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page.split("<svg").length - 1).toBe(2);
    expect(page).toContain("no loop closed");
  });

  test("are judged by a truth whose clock is a few milliseconds off", async (context) => {
    const folder = temporaryFolder(context);
    layStereo(folder, "9");
    writeFileSync(join(folder, "truth.tum"), [0, 0.5, 1].map((z, k) => `${0.1 * k + 0.005} 0 0 ${z} 0 0 0 1`).join("\n"));

    const { code, stdout } = await slam(folder, "odometry", "VO_stereo_factors9.txt", "--truth", "truth.tum", "--json", "--quiet");

    expect(code).toBe(0);
    expect(parse(stdout).ate!.withoutLoops).toMatchObject({ pairs: 3 });
  });

  test("are followed as far as --time-budget lets each window, and the report says how often it did not", async (context) => {
    const folder = temporaryFolder(context);
    layStereo(folder, "8");
    const args = ["odometry", "VO_stereo_factors8.txt", "--json", "--quiet"];

    const [none, enough] = [await slam(folder, ...args, "--time-budget", "0"), await slam(folder, ...args, "--time-budget", "60000")];

    expect([none.code, enough.code]).toEqual([0, 0]);
    expect(parse(none.stdout)).toMatchObject({
      message: expect.stringMatching(/^3 windows solved, 3 of them cut short by the time budget/),
      windows: { iterations: 0, terminations: { "time-budget": 3 } },
    });
    expect(parse(enough.stdout).windows.terminations["time-budget"]).toBe(undefined);
  });

  test("are followed as closely as --ftol and --max-iterations say", async (context) => {
    const folder = temporaryFolder(context);
    layStereo(folder, "7");
    const windows = async (...flags: string[]) =>
      parse((await slam(folder, "odometry", "VO_stereo_factors7.txt", "--json", "--quiet", ...flags)).stdout).windows;

    const [none, loose, close] = [await windows("--max-iterations", "0"), await windows("--ftol", "1"), await windows("--ftol", "1e-12")];

    expect(none).toMatchObject({ iterations: 0, terminations: { "max-iterations": 3 } });
    expect(loose.iterations).toBeGreaterThan(0);
    expect(close.iterations).toBeGreaterThan(loose.iterations);
  });

  test("that break off are said to, with exit code 4", async (context) => {
    const folder = temporaryFolder(context);
    layStereo(folder, "");
    const file = join(folder, "VO_stereo_factors.txt");
    // The last camera sees other landmarks.
    writeFileSync(file, readFileSync(file, "utf8").replace(/^2 (\d+) /gm, "2 1$1 "));

    const { code, stderr, stdout } = await slam(folder, "odometry", "VO_stereo_factors.txt", "--json");

    expect(code).toBe(4);
    expect(stderr).toMatch(/not converged \(breakdown\): key frame 2 shares too few landmarks/);
    expect(parse(stdout).lost).toEqual([2]);
  });
});

test("Ctrl-C ends it after the key frame at hand: the way so far is written, and the report says that it was cancelled", async (context) => {
  const folder = temporaryFolder(context);
  const child = launch("main", ["odometry", "--world", "apartment", "--out", "out", "--json", "out.json"], folder);
  child.stderr.once("data", () => child.kill("SIGINT"));

  const { code, stderr } = await finish(child);

  const report = parse(readFileSync(join(folder, "out.json"), "utf8"));
  const tum = readTum(readFileSync(join(folder, "out", "trajectory.tum")));
  expect(code).toBe(130);
  expect(stderr).toContain("stopping after this key frame");
  expect(report).toMatchObject({ termination: "cancelled", message: `interrupted after key frame ${report.input.keyFrames - 1}` });
  expect(report.input.keyFrames).toBeLessThan(report.input.frames);
  expect(tum.timestamps.length).toBe(report.input.keyFrames);
});

test.for([
  [["odometry"], 2, /name a file, or a world/],
  [["odometry", "motion.tum", "--world", "apartment"], 2, /name a file, or a world/],
  [["odometry", "motion.tum", "--truth", "motion.tum"], 2, /--truth goes with a file of stereo features/],
  [["odometry", "VO_stereo_factors1.txt", "--loops", "descriptors"], 2, /these features have none/],
  [["odometry", "VO_stereo_factors1.txt", "--loops", "oracle"], 2, /--truth/],
  [["odometry", "motion.tum", "--window", "1"], 2, />= 2/],
  [["odometry", "motion.tum", "--rate", "0"], 2, /> 0/],
  [["odometry", "motion.tum", "--linear", "qr"], 2, /Allowed choices/],
  [["odometry", "motion.tum", "--time-budget", "-1"], 2, />= 0/],
  [["odometry", "motion.tum", "--policy", "quarter", "--out", "out"], 2, /policy.preset is "quarter"/],
  [["odometry", "motion.tum", "--repeat", "0"], 2, />= 1/],
  [["odometry", "motion.tum", "--json", "out.json", "--report", "out.json"], 2, /named for two results/],
  [["odometry", "none.tum", "--out", "out"], 3, /no such file/],
  [["odometry", "motion.tum", "--out", "motion.tum/out"], 3, /motion.tum/],
] as [string[], number, RegExp][])("%j exits with %i", async ([args, expected, message], context) => {
  const folder = temporaryFolder(context);
  lay(folder, 3);
  layStereo(folder, "1");

  const { code, stderr } = await slam(folder, ...args);

  expect(code).toBe(expected);
  expect(stderr).toMatch(message);
  expect(existsSync(join(folder, "out"))).toBe(false);
});
