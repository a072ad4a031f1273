import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMarginals, readBal, recoverMarginals, type Variable } from "@slam/ba";
import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";
import { balText, colmapTexts } from "./bundles.ts";
import { lay } from "./graphs.ts";
import { parseBaReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

test("chosen cameras and points have covariances, and standard deviations with their units", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "problem.txt": balText(0.1) });

  const { code, stdout } = await slam(
    ...[folder, "ba", "problem.txt", "--policy", "half", "--fix", "0,2", "--fix-intrinsics"],
    ...["--covariance", "cam:1,point:4,cam:0,cam:1", "--out", "out.txt", "--json", "report.json"],
  );

  const { covariance, termination } = parseBaReport(readFileSync(join(folder, "report.json"), "utf8"));
  const marginals = recoverMarginals(readBal(readFileSync(join(folder, "out.txt")), "out.txt"), {
    held: { cameras: [0, 2], intrinsics: true },
  });
  if (!isMarginals(marginals)) throw new Error("rank-deficient");
  const [cam1, point4]: Variable[] = [
    { kind: "camera", index: 1 },
    { kind: "point", index: 4 },
  ];
  expect(code).toBe(termination === "converged" ? 0 : 4);
  expect(covariance?.cameras.map(({ id }) => id)).toEqual([1, 0]);
  // Poses cross to BAL's with a rounding or a few each.
  expectClose(covariance!.cameras[0]!.matrix, [...marginals.block(cam1!, cam1!)], 1e-12);
  expectClose(covariance!.points[0]!.matrix, [...marginals.block(point4!, point4!)], 1e-12);
  expect(covariance?.joint.map(({ of, matrix }) => [of, matrix.length])).toEqual([
    [["cam:1", "point:4"], 18],
    [["cam:1", "cam:0"], 36],
    [["point:4", "cam:0"], 18],
  ]);
  expectClose(covariance!.joint[0]!.matrix, [...marginals.block(cam1!, point4!)], 1e-12);
  expect(stdout).toMatch(/^deviation camera 1: x 0\.\d+ m, y 0\.\d+ m, z 0\.\d+ m, turn about x 0\.\d+ rad, /m);
  expect(stdout).toMatch(/^deviation point 4: x 0\.\d+ m, y 0\.\d+ m, z 0\.\d+ m$/m);
  expect(stdout).toContain("deviation camera 0: x 0 m, y 0 m,");
});

test("cameras and points go by what a COLMAP model calls them", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, colmapTexts(0.1));

  const { stdout } = await slam(
    folder,
    "ba",
    ".",
    "--fix",
    "1,3",
    "--fix-intrinsics",
    "--covariance",
    "cam:2,point:3",
    "--json",
    "--quiet",
  );
  const unknown = await slam(folder, "ba", ".", "--covariance", "point:9");

  const { covariance } = parseBaReport(stdout);
  expect([covariance?.cameras[0]?.id, covariance?.points[0]?.id, covariance?.refused]).toEqual([2, 3, undefined]);
  expect({ code: unknown.code, stderr: unknown.stderr }).toEqual({
    code: 2,
    stderr: "slam: --covariance point:9: the problem has no point of this id; its ids are 0 ... 4\n",
  });
});

test("an open gauge is said with how to hold it; the exit code stays the solve's", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "problem.txt": balText(0.1) });

  const { code, stdout, stderr } = await slam(folder, "ba", "problem.txt", "--covariance", "cam:0", "--json", "--quiet");

  const { covariance, termination } = parseBaReport(stdout);
  expect([termination, code]).toEqual(["converged", 0]);
  expect(covariance).toMatchObject({
    cameras: [],
    points: [],
    joint: [],
    refused: { of: expect.stringMatching(/^(cam|intrinsics|point):\d+$/) },
  });
  expect(stderr).toBe(`slam: problem.txt: no covariance: ${covariance?.refused?.message}\n`);
  expect(stderr).toContain("--fix a camera");
});
