import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readBal, readStereo, stereoFiles } from "@slam/ba";
import { readTum } from "@slam/eval";
import { describe, expect, test } from "vitest";
import { parseBaReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

const SCENES = [
  { scene: "orbit", out: "problem.txt", rows: 2, refined: 9 },
  { scene: "photos", out: "problem.txt", rows: 2, refined: 9 },
  { scene: "street", out: "VO_stereo_factors1.txt", rows: 3, refined: 6 },
  { scene: "apartment", out: "VO_stereo_factors1.txt", rows: 3, refined: 6 },
];

/** Of the true poses. */
function idsIn(folder: string): Float64Array {
  return readTum(readFileSync(join(folder, "truth.tum")), "truth.tum").timestamps;
}

describe.concurrent("slam generate, of a scene for bundle adjustment", () => {
  test.for(SCENES)(
    "$scene: slam ba comes down from a start far off to the noise that was put in",
    async ({ scene, out, rows, refined }, context) => {
      const folder = temporaryFolder(context);
      const flags = ["--poses", "40", "--noise", "2", "--seed", "3"];

      const { code, stdout } = await slam(folder, "generate", scene, ...flags, "--out", out, "--truth", "truth.tum");
      const solved = await slam(folder, "ba", out, "--json", "--quiet");

      const { input, cost, unseen } = parseBaReport(solved.stdout);
      const unknowns = refined * input.cameras + 3 * input.points;
      const freedom = rows * input.observations - unknowns + (rows === 2 ? 7 : 6);
      expect([code, solved.code, unseen, input.cameras]).toEqual([0, 0, 0, 40]);
      expect(stdout).toBe(`${out}: 40 cameras, ${input.points} points, ${input.observations} observations\n`);
      expect([...idsIn(folder)]).toEqual(Array.from({ length: 40 }, (_, k) => k));
      // Half of chi-square of so many degrees of freedom, of sigma 1: its deviation is sqrt(freedom / 2).
      expect(Math.abs(cost.final - freedom / 2)).toBeLessThan(4 * Math.sqrt(freedom / 2));
      expect(cost.initial).toBeGreaterThan(4 * cost.final);
    },
  );

  test.for(SCENES)("$scene: slam info says what it holds", async ({ scene, out }, context) => {
    const folder = temporaryFolder(context);
    await slam(folder, "generate", scene, "--poses", "12", "--out", out, "--quiet");

    const { code, stdout } = await slam(folder, "info", out);

    expect(code).toBe(0);
    expect(stdout).toContain("cameras       12, ");
    expect(stdout).toContain("0 that measure nothing");
    expect(stdout).toContain("0 measured once, 0 never");
    expect(stdout).toContain("1 part\n");
  });

  test("is the same file for the same seed, and another for another", async (context) => {
    const folder = temporaryFolder(context);
    const make = async (out: string, seed: string): Promise<string> => {
      await slam(folder, "generate", "photos", "--poses", "10", "--points", "100", "--seed", seed, "--out", out, "--quiet");
      return gunzipSync(readFileSync(join(folder, out))).toString();
    };

    const first = await make("first.txt.gz", "5");

    expect(await make("second.txt.gz", "5")).toBe(first);
    expect(await make("third.txt.gz", "6")).not.toBe(first);
    expect(readBal(Buffer.from(first)).points.length).toBe(300);
  });

  test("has as many false measurements as asked for, which a loss finds out", async (context) => {
    const folder = temporaryFolder(context);

    const { stdout } = await slam(
      folder,
      "generate",
      "apartment",
      "--poses",
      "30",
      "--outliers",
      "0.05",
      "--out",
      "VO_stereo_factors2.txt",
      "--truth",
      "truth.tum",
    );
    const solve = async (...flags: readonly string[]) => {
      await slam(folder, "ba", "VO_stereo_factors2.txt", "--quiet", "--fix", "0", "--out", "VO_stereo_factors3.txt", ...flags);
      return poseError(folder);
    };
    const [plain, robust] = [await solve(), await solve("--loss", "cauchy")];

    const [, total, outliers] = /(\d+) observations, (\d+) of them false\n$/.exec(stdout) ?? [];
    expect(Math.abs(Number(outliers) / Number(total) - 0.05)).toBeLessThan(0.015);
    expect(robust).toBeLessThan(0.01);
    expect(robust).toBeLessThan(plain / 3);
  });

  test("leaves nothing where a file cannot be written", async (context) => {
    const folder = temporaryFolder(context);

    const { code } = await slam(folder, "generate", "street", "--poses", "10", "--out", "nowhere/VO_stereo_factors1.txt");

    expect(code).toBe(3);
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** Of the last camera's position, in metres; the first is held at the truth. */
function poseError(folder: string): number {
  const names = stereoFiles(join(folder, "VO_stereo_factors3.txt"))!;
  const { bundle } = readStereo(
    { factors: readFileSync(names.factors), poses: readFileSync(names.poses), calibration: readFileSync(names.calibration) },
    names,
  );
  const { poses } = readTum(readFileSync(join(folder, "truth.tum")), "truth.tum");
  const last = poses.length - 7;
  return Math.hypot(...[0, 1, 2].map((a) => bundle.poses[last + a]! - poses[last + a]!));
}
