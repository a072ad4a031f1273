import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type LoopCheck, type LossReport, readG2o } from "@slam/pgo";
import { describe, expect, test } from "vitest";
import { numberedAsInFile } from "../src/loop-check.ts";
import { lay } from "./graphs.ts";
import { parseReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

/** Twelve poses 1 m apart, each step 0.1 m off, and four loops of which the second is 3 m off and the last says nothing of x. */
const SPOILED = [
  ...Array.from({ length: 11 }, (_, k) => `EDGE_SE2 ${k} ${k + 1} 1 0 0 100 0 0 1e6 0 1e6`),
  "EDGE_SE2 0 10 10 0 0 400 0 0 1e6 0 1e6",
  "EDGE_SE2 7 2 -2 0 0 400 0 0 1e6 0 1e6",
  "EDGE_SE2 1 9 8 0 0 400 0 0 1e6 0 1e6",
  "EDGE_SE2 3 8 5 0 0 0 0 0 1e6 0 1e6",
].join("\n");

describe.concurrent("slam pgo --pcm", () => {
  test("removes the loops that do not agree, lists them and why, and writes the result without them", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "spoiled.g2o": SPOILED });

    const { code, stdout } = await slam(folder, "pgo", "spoiled.g2o", "--pcm", "--out", "solved.g2o", "--json", "--quiet");

    const { pcm, input, cost } = parseReport(stdout);
    expect(code).toBe(0);
    // 3 m, five steps of variance 0.01 and a loop of 0.0025.
    expect(pcm?.rejected).toEqual([{ edge: 12, from: 7, to: 2, against: "odometry", squared: expect.closeTo(9 / 0.0525, 6) }]);
    expect(pcm?.untested).toEqual([{ edge: 14, from: 3, to: 8, reason: "singular-information" }]);
    expect(pcm).toMatchObject({ quantile: 0.9999, loops: 4, pairs: 1, sets: [{ loops: 2, kept: 2, bound: 2, method: "exact" }] });
    expect([input.edges, cost.final < 1e-12]).toEqual([15, true]);
    const { graph } = readG2o(readFileSync(join(folder, "solved.g2o")), "solved.g2o");
    expect([...graph.from].map((from, edge) => [from, graph.to[edge]]).slice(11)).toEqual([
      [0, 10],
      [1, 9],
      [3, 8],
    ]);
  });

  test("takes the quantile, and goes with a loss", async (context) => {
    const folder = temporaryFolder(context);
    await slam(folder, "generate", "ring", "--poses", "60", "--outliers", "2", "--out", "spoiled.g2o");

    const { stdout } = await slam(folder, "pgo", "spoiled.g2o", "--pcm", "0.99", "--loss", "gnc-tls", "--json", "--quiet");

    const { pcm, loss } = parseReport(stdout);
    expect(pcm?.quantile).toBe(0.99);
    expect(pcm?.bound).toBeCloseTo(11.3449, 4);
    expect(pcm?.rejected.length).toBeGreaterThan(0);
    expect(loss?.name).toBe("gnc-tls");
  });

  test("says on the terminal and on the page what was removed", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "spoiled.g2o": SPOILED });

    const { stdout, stderr } = await slam(folder, "pgo", "spoiled.g2o", "--pcm", "0.999", "--report", "page.html");

    expect(stderr).toMatch(/^spoiled\.g2o: testing loops in pairs\n/);
    expect(stdout).toMatch(/^pcm +1 of 4 loops rejected, 1 by odometry alone, at quantile 0\.999; 1 untested; [\d.e-]+ s$/m);
    expect(stdout).toMatch(/^ +7 - 2 \(odometry, 171\)$/m);
    expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("7 - 2 (odometry, 171)");
  });
});

test("what a loss rejects of the edges that are left is numbered as in the file", () => {
  const row = (edge: number): LossReport["rejected"][number] => ({ edge, from: 0, to: 9, weight: 0 });
  const rejected = [0, 2, 3, 7].map((edge) => ({ edge, from: 0, to: 9, against: "odometry" as const, squared: 99 }));

  // Left are 1, 4, 5, 6, 8, 9, ...
  const { rejected: numbered } = numberedAsInFile(
    { rejected: [0, 1, 3, 4, 6].map(row) } as unknown as LossReport,
    { rejected } as unknown as LoopCheck,
  );

  expect(numbered.map(({ edge }) => edge)).toEqual([1, 4, 6, 8, 10]);
});
