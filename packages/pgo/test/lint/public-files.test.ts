import { presetPolicy } from "@slam/nlls";
import { describe, expect, test } from "vitest";
import { readG2o } from "../../src/io/g2o.ts";
import { lintG2o, lintToro } from "../../src/lint/lint.ts";
import { chi2, start } from "../../src/solve.ts";
import { ascii, joined } from "../io/ascii.ts";
import { hasPublicData, publicData } from "../public-data.ts";

/** On a slow machine. */
const MINUTE = 60_000;

function textAt(path: string): string {
  return Buffer.from(publicData(path)!).toString("latin1");
}

describe.skipIf(!hasPublicData)("public files", () => {
  test.each<readonly [path: string, findings: string]>([
    ["pose-graphs/CSAIL.g2o", "1 identical-edge"],
    ["pose-graphs/FR079_toro.g2o", ""],
    ["pose-graphs/M3500_original.g2o", ""],
    ["pose-graphs/M3500a.g2o", ""],
    ["pose-graphs/M3500b.g2o", ""],
    ["pose-graphs/MIT.g2o", ""],
    ["pose-graphs/city10000.g2o", ""],
    ["pose-graphs/cubicle.g2o", "5021 transposed-block, 4383 repeated-edge"],
    ["pose-graphs/intel.g2o", ""],
    ["pose-graphs/kitti_00.g2o", "1 identical-edge"],
    ["pose-graphs/kitti_02.g2o", ""],
    ["pose-graphs/parking-garage.g2o", ""],
    ["pose-graphs/ring.g2o", ""],
    ["pose-graphs/smallGrid3D.g2o", ""],
    ["pose-graphs/sphere2500.g2o", ""],
    ["pose-graphs/sphere_smallnoise.g2o", ""],
    ["pose-graphs/tinyGrid3D.g2o", ""],
    ["pose-graphs/torus3D.g2o", ""],
    ["pose-graphs/w10000_toro.g2o", ""],
    ["formats/CSAIL_P_toro.graph", "1 identical-edge"],
    ["formats/CSAIL_edges_only.g2o", "1 identical-edge"],
    ["formats/Klaus3.g2o", ""],
    ["formats/M3500a_vertex2_edge2.g2o", ""],
    ["formats/example.graph", "1 unknown-tag"],
    ["formats/kitti_06_edges_only.g2o", "1 identical-edge"],
    ["formats/toyExample.g2o", ""],
    ["formats/w100.graph", "1 unknown-tag"],
  ])("%s: %s", { timeout: MINUTE }, (path, findings) => {
    const bytes = publicData(path)!;

    const { counts } = path.endsWith(".graph") ? lintToro(bytes) : lintG2o(bytes);

    expect(counts.map(({ rule, count }) => `${count} ${rule}`).join(", ")).toBe(findings);
  });

  test("cubicle repaired: all matrices definite, nothing else changed, and the known optimum", { timeout: MINUTE }, () => {
    const bytes = publicData("pose-graphs/cubicle.g2o")!;

    const repaired = joined(lintG2o(bytes).repaired());

    const [before, after] = [readG2o(bytes, "").graph, readG2o(repaired, "").graph];
    expect({ ...after, information: before.information }).toEqual(before);
    expect(lintG2o(repaired).counts.map(({ rule }) => rule)).toEqual(["repeated-edge"]);
    const run = start(after, { policy: presetPolicy("fp64") });
    while (!run.done) run.step();
    expect(run.report.termination).toBe("converged");
    expect(chi2(run.graph)).toBeLessThanOrEqual(2346.244 * (1 + 1e-6));
  });

  test("M3500a in TORO's order under g2o's tag is put back, bit for bit", () => {
    const text = textAt("formats/M3500a_vertex2_edge2.g2o");
    const renamed = lintG2o(ascii(text.replaceAll("EDGE2", "EDGE_SE2").replaceAll("VERTEX2", "VERTEX_SE2")));

    expect(renamed.counts.map(({ rule, count }) => [rule, count])).toEqual([["information-order", 5453]]);
    expect(readG2o(joined(renamed.repaired()), "").graph).toEqual(readG2o(publicData("pose-graphs/M3500a.g2o")!, "").graph);
  });

  test("kitti's full matrices in g2o's order under TORO's tag are found, too", () => {
    const text = textAt("formats/kitti_06_edges_only.g2o");

    const { counts } = lintToro(ascii(text.replaceAll("EDGE_SE2", "EDGE2")));

    expect(counts.map(({ rule }) => rule)).toContain("information-order");
  });
});
