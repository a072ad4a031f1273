import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readG2o } from "@slam/pgo";
import { describe, expect, test } from "vitest";
import { lay } from "./graphs.ts";
import { parseReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

const ONE = "1 0 0 0 0 0 0 1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0 0 1 0 1";
const PAIR = `VERTEX_SIM3:QUAT 0 0 0 0 0 0 0 1 1\nVERTEX_SIM3:QUAT 1 2 0 0 0 0 0 1 2\nEDGE_SIM3:QUAT 0 1 1 0 0 0 0 0 1 2 ${ONE}\n`;

describe.concurrent("poses with a scale", () => {
  test("are made by generate, solved by pgo, and found again by their truth", async (context) => {
    const folder = temporaryFolder(context);
    await slam(folder, "generate", "sphere", "--poses", "200", "--scale-drift", "0.05", "--out", "mono.g2o", "--truth", "truth.tum");

    const { code, stdout } = await slam(
      folder,
      ...["pgo", "mono.g2o", "--truth", "truth.tum", "--covariance", "199", "--out", "solved.g2o", "--json", "report.json"],
    );

    const report = parseReport(readFileSync(join(folder, "report.json"), "utf8"));
    expect([code, report.termination]).toEqual([0, "converged"]);
    expect(report.cost.convention).toBe("g2o chi2 = sum e' W e");
    expect(report.covariance!.poses[0]!.matrix).toHaveLength(49);
    expect(stdout).toMatch(/deviation pose 199: x .*, log of the scale 0\.0\d+\n/);
    const { graph } = readG2o(readFileSync(join(folder, "solved.g2o")), "");
    expect(graph.similarity).toBe("quat");
    const again = await slam(folder, "pgo", "mono.g2o", "--truth", "truth.tum", "--init", "file", "--max-iterations", "0", "--json");
    expect(report.ate!.rmse).toBeLessThan(0.25 * parseReport(again.stdout).ate!.rmse);
  });

  test("are not those of the plane", async (context) => {
    const folder = temporaryFolder(context);

    const { code, stderr } = await slam(folder, "generate", "ring", "--scale-drift", "0.05", "--out", "mono.g2o");

    expect({ code, stderr }).toEqual({ code: 2, stderr: "slam: --scale-drift goes with a world in space, not with one in the plane\n" });
  });

  test.for(["0", "-1", "nan"])("drift by more than %s", async (drift, context) => {
    const { code, stderr } = await slam(temporaryFolder(context), "generate", "sphere", "--scale-drift", drift, "--out", "mono.g2o");

    expect(code).toBe(2);
    expect(stderr).toContain("--scale-drift");
  });

  test("info says that they have one, and how it is written", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "pair.g2o": PAIR });

    const { code, stdout } = await slam(folder, "info", "pair.g2o");

    expect(code).toBe(0);
    expect(stdout).toContain("pair.g2o: g2o, 3D, poses with a scale (SIM3:QUAT)\n");
  });

  test("keep their bytes through convert, lose the scale in a trajectory and are refused by TORO", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "pair.g2o": PAIR });

    await slam(folder, "convert", "pair.g2o", "again.g2o");
    await slam(folder, "convert", "pair.g2o", "pair.tum");
    const { code, stderr } = await slam(folder, "convert", "pair.g2o", "pair.graph");

    expect(readFileSync(join(folder, "again.g2o"), "utf8")).toBe(PAIR);
    expect(readFileSync(join(folder, "pair.tum"), "utf8")).toBe("0 0 0 0 0 0 0 1\n1 2 0 0 0 0 0 1\n");
    expect(code).toBe(3);
    expect(stderr).toContain("expected poses without a scale: TORO has none for them");
  });

  test("are checked by lint and repaired", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "bad.g2o": PAIR.replace("2 0 0 0 0 0 1 2", "2 0 0 0 0 0 3 2") });

    const { code, stdout } = await slam(folder, "lint", "bad.g2o", "--repair", "--out", "good.g2o");

    expect(code).toBe(0);
    expect(stdout).toContain("warning non-unit-quaternion: 1 time, line 2");
    expect(readFileSync(join(folder, "good.g2o"), "utf8")).toBe(PAIR);
  });

  test("cost what g2o says, and nothing else", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "pair.g2o": PAIR });

    const { code, stderr } = await slam(folder, "pgo", "pair.g2o", "--cost", "sesync");

    expect(code).toBe(3);
    expect(stderr).toContain("expected g2o for a graph of similarities, the only one that has an error for them");
  });
});
