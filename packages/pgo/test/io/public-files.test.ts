import { fp64, tolerance } from "@slam/float";
import { describe, expect, test } from "vitest";
import { checkGraph } from "../../src/graph.ts";
import { readG2o, writeG2o } from "../../src/io/g2o.ts";
import type { ReadGraph } from "../../src/io/read-graph.ts";
import { readToro } from "../../src/io/toro.ts";
import { hasPublicData, publicData } from "../public-data.ts";
import { joined } from "./ascii.ts";

function read(path: string): ReadGraph {
  const bytes = publicData(path);
  if (bytes === undefined) throw new Error(`${path} is not in the public data`);
  return path.endsWith(".graph") ? readToro(bytes, path) : readG2o(bytes, path);
}

describe.skipIf(!hasPublicData)("public files", () => {
  test.each([
    ["pose-graphs/CSAIL.g2o", 2, 1045, 1172],
    ["pose-graphs/FR079_toro.g2o", 2, 989, 1217],
    ["pose-graphs/M3500_original.g2o", 2, 3500, 5453],
    ["pose-graphs/M3500a.g2o", 2, 3500, 5453],
    ["pose-graphs/M3500b.g2o", 2, 3500, 5453],
    ["pose-graphs/MIT.g2o", 2, 808, 827],
    ["pose-graphs/city10000.g2o", 2, 10000, 20687],
    ["pose-graphs/cubicle.g2o", 3, 5750, 16869],
    ["pose-graphs/intel.g2o", 2, 1728, 2512],
    ["pose-graphs/kitti_00.g2o", 2, 4541, 4677],
    ["pose-graphs/kitti_02.g2o", 2, 4661, 4703],
    ["pose-graphs/parking-garage.g2o", 3, 1661, 6275],
    ["pose-graphs/ring.g2o", 2, 434, 459],
    ["pose-graphs/smallGrid3D.g2o", 3, 125, 297],
    ["pose-graphs/sphere2500.g2o", 3, 2500, 4949],
    ["pose-graphs/sphere_smallnoise.g2o", 3, 2200, 8647],
    ["pose-graphs/tinyGrid3D.g2o", 3, 9, 11],
    ["pose-graphs/torus3D.g2o", 3, 5000, 9048],
    ["pose-graphs/w10000_toro.g2o", 2, 10000, 64311],
    ["formats/CSAIL_P_toro.graph", 2, 1045, 1172],
    ["formats/CSAIL_edges_only.g2o", 2, 1045, 1172],
    ["formats/Klaus3.g2o", 3, 3, 3],
    ["formats/M3500a_vertex2_edge2.g2o", 2, 3500, 5453],
    ["formats/kitti_06_edges_only.g2o", 2, 1101, 1150],
    ["formats/toyExample.g2o", 3, 5, 6],
  ])("%s is %iD with %i poses and %i edges", (path, dimension, poses, edges) => {
    const { graph, unknown } = read(path);

    expect([graph.dimension, graph.ids.length, graph.from.length]).toEqual([dimension, poses, edges]);
    expect(unknown).toEqual([]);
    expect(() => checkGraph(graph)).not.toThrow();
  });

  test("example.graph's 422 BR lines and w100.graph's 40 EQUIV lines are reported", () => {
    const [bearings, equivalences] = [read("formats/example.graph"), read("formats/w100.graph")];

    expect([bearings.graph.ids.length, bearings.graph.from.length]).toEqual([95, 94]);
    expect(bearings.unknown).toEqual([{ tag: "BR", count: 422, firstLine: 190 }]);
    expect([equivalences.graph.ids.length, equivalences.graph.from.length]).toEqual([100, 300]);
    expect(equivalences.unknown).toEqual([expect.objectContaining({ tag: "EQUIV", count: 40 })]);
  });

  test("M3500a with VERTEX2 and EDGE2 is M3500a", () => {
    expect(read("formats/M3500a_vertex2_edge2.g2o").graph).toEqual(read("pose-graphs/M3500a.g2o").graph);
  });

  test("CSAIL as TORO has the edges of CSAIL as g2o, information in another frame", () => {
    const toro = read("formats/CSAIL_P_toro.graph").graph;
    const g2o = read("formats/CSAIL_edges_only.g2o").graph;

    expect([toro.ids, toro.from, toro.to, toro.measurements]).toEqual([g2o.ids, g2o.from, g2o.to, g2o.measurements]);
    for (let e = 0; e < g2o.from.length; e++) {
      const [a, b] = [toro, g2o].map(({ information }) => information.subarray(e * 6, e * 6 + 6));
      const largest = b!.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
      // Both files are rounded to 6 decimals.
      a!.forEach((x, i) => {
        expect(Math.abs(x - b![i])).toBeLessThanOrEqual(3e-6 + tolerance(fp64, 6) * largest);
      });
    }
  });

  test("CSAIL without vertices knows no pose; with them, all", () => {
    expect(read("formats/CSAIL_edges_only.g2o").graph.known.includes(1)).toBe(false);
    expect(read("pose-graphs/CSAIL.g2o").graph.known.includes(0)).toBe(false);
  });

  test.each(["formats/kitti_06_edges_only.g2o", "pose-graphs/intel.g2o", "pose-graphs/parking-garage.g2o"])(
    "%s written and read is the same, bit for bit",
    (path) => {
      const first = read(path);

      expect(readG2o(joined(writeG2o(first.graph)), path)).toEqual(first);
    },
  );
});
