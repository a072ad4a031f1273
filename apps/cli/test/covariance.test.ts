import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMarginals, readG2o, recoverMarginals } from "@slam/pgo";
import { expect, test } from "vitest";
import type { PgoReport } from "../src/report.ts";
import { lay, SQUARE } from "./graphs.ts";
import { parseReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

/** Two poses a metre apart; the second one's angle is not measured. */
const HINGE = "EDGE_SE2 4 7 1 0 0 4 0 0 16 0 0\n";

test("chosen poses have covariances, and standard deviations with their units", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "square.g2o": SQUARE });

  const { code, stdout } = await slam(
    ...[folder, "pgo", "square.g2o", "--policy", "half", "--init", "file", "--covariance", "2,0,3,2"],
    ...["--out", "out.g2o", "--json", "report.json", "--report", "page.html"],
  );

  const { covariance, termination } = parseReport(readFileSync(join(folder, "report.json"), "utf8"));
  const { graph } = readG2o(readFileSync(join(folder, "out.g2o")), "out.g2o");
  const marginals = recoverMarginals(graph);
  if (!isMarginals(marginals)) throw new Error("rank-deficient");
  const matrix = (i: number, j: number): number[] => [...marginals.block(i, j)];
  expect(code).toBe(termination === "converged" ? 0 : 4);
  expect(covariance?.poses).toEqual([2, 0, 3].map((id) => ({ id, matrix: matrix(id, id) })));
  expect(covariance?.joint).toEqual(
    [[2, 0] as const, [2, 3] as const, [0, 3] as const].map(([i, j]) => ({ ids: [i, j], matrix: matrix(i, j) })),
  );
  expect(stdout).toMatch(/^deviation pose 2: x 0\.\d+ m, y 0\.\d+ m, theta 0\.\d+ rad$/m);
  expect(stdout).toContain("deviation pose 0: x 0 m, y 0 m, theta 0 rad\n");
  expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("standard deviations of pose 3");
});

test("what the measurements leave open is said with the pose; the exit code stays the solve's", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "hinge.g2o": HINGE });

  const { code, stdout, stderr } = await slam(folder, "pgo", "hinge.g2o", "--covariance", "7", "--json", "--quiet");

  const { covariance, termination }: PgoReport = parseReport(stdout);
  expect([termination, code]).toEqual(["converged", 0]);
  expect(covariance).toMatchObject({ poses: [], joint: [], refused: { id: 7, row: 2, pivot: 0 } });
  expect(stderr).toBe(`slam: hinge.g2o: no covariance: ${covariance?.refused?.message}\n`);
  expect(stderr).toContain("at pose 7, theta");
});

test("without the flag the report has none", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "square.g2o": SQUARE });

  const { stdout } = await slam(folder, "pgo", "square.g2o", "--json", "--quiet");

  expect(parseReport(stdout)).not.toHaveProperty("covariance");
});
