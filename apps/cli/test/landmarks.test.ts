import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chi2, readG2o } from "@slam/pgo";
import { describe, expect, test } from "vitest";
import { lay, SQUARE } from "./graphs.ts";
import { slam, temporaryFolder } from "./slam.ts";

/** The square, a tree in its middle that three corners see, another that one corner sees in one direction, and a prior. */
const GARDEN = `${SQUARE}VERTEX_XY 10 0.4 0.6
VERTEX_XY 11 3 0.2
EDGE_SE2_XY 0 10 0.5 0.5 20 0 20
EDGE_SE2_XY 1 10 0.5 0.55 20 0 20
EDGE_SE2_XY 2 10 0.45 0.5 20 0 20
EDGE_BEARING_SE2_XY 0 11 0.1 50
EDGE_PRIOR_SE2 3 0 1 -1.5708 5 0 0 5 0 5
`;

describe.concurrent("a file with landmarks and priors", () => {
  test("is solved and written with its landmarks; the one that is open is named", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "garden.g2o": GARDEN });

    const { code, stdout } = await slam(folder, "pgo", "garden.g2o", "--out", "solved.g2o", "--json", "report.json");

    const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
    const { graph, unknown } = readG2o(readFileSync(join(folder, "solved.g2o")), "solved.g2o");
    expect([code, unknown]).toEqual([0, []]);
    expect(report.input).toMatchObject({ poses: 4, edges: 4, landmarks: 2, factors: 5 });
    expect(report.undetermined).toEqual([11]);
    expect(report.cost.final).toBeLessThan(report.cost.initial);
    expect(chi2(graph) / report.cost.final).toBeCloseTo(1, 12);
    expect(graph.poses.slice(0, 3)).not.toEqual(new Float64Array(3));
    expect(stdout).toContain("garden.g2o: 4 poses, 4 edges, 2 landmarks, 5 other measurements, policy mixed");
    expect(stdout).toContain("open      1 landmark that the measurements do not determine: 11\n");
  });

  test("keeps a landmark that --fix names", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "garden.g2o": GARDEN });

    const { code } = await slam(folder, "pgo", "garden.g2o", "--fix", "10", "--out", "solved.g2o", "--quiet");
    const bad = await slam(folder, "pgo", "garden.g2o", "--fix", "12", "--quiet");

    const { graph } = readG2o(readFileSync(join(folder, "solved.g2o")), "solved.g2o");
    expect([code, [...graph.landmarks!.positions.slice(0, 2)], graph.landmarks!.fixed.length]).toEqual([0, [0.4, 0.6], 0]);
    expect([bad.code, bad.stderr]).toEqual([2, "slam: --fix 12: the graph has no pose or landmark of this id; its ids are 0 ... 3\n"]);
  });

  test("is counted by info", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "garden.g2o": GARDEN });

    const { stdout } = await slam(folder, "info", "garden.g2o");

    expect(stdout).toContain("landmarks     2, 2 with an estimate, 0 fixed\n");
    expect(stdout).toContain("other         3 EDGE_SE2_XY, 1 EDGE_BEARING_SE2_XY, 1 EDGE_PRIOR_SE2\n");
    expect(stdout).toContain("0 of 9 matrices indefinite");
    expect(stdout).toContain("unknown tags  none\n");
  });

  test("has no place in a TORO file", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "garden.g2o": GARDEN });

    const { code, stderr } = await slam(folder, "convert", "garden.g2o", "garden.graph");

    expect(code).toBe(3);
    expect(stderr).toBe('slam: the graph to write is "with landmarks", expected poses and edges alone: the format has nothing else\n');
    expect(readdirSync(folder)).toEqual(["garden.g2o"]);
  });
});
