import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { se2, se3 } from "@slam/lie";
import { garage, grid, manhattan, ring, sphere, torus } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { informationMatrix, type PoseGraph, poseDof, poseSize } from "../src/graph.ts";
import { readG2o } from "../src/io/g2o.ts";
import { chi2 } from "../src/solve.ts";
import { hasPublicData, publicData } from "./public-data.ts";
import { correlated, worldGraph } from "./world-graph.ts";

/** sum e'We with the group's operations and whole information matrices. */
function plainChi2(graph: PoseGraph): number {
  const [size, dof] = [poseSize(graph), poseDof(graph)];
  const group = graph.dimension === 2 ? se2 : se3;
  const x = new Float64Array(size);
  let sum = 0;
  for (let edge = 0; edge < graph.from.length; edge++) {
    group.relative(graph.poses, graph.from[edge] * size, graph.poses, graph.to[edge] * size, x, 0);
    group.relative(graph.measurements, edge * size, x.slice(), 0, x, 0);
    const e = x.subarray(0, dof).map((value, k) => (k >= 3 && x[6] < 0 ? -value : value));
    const W = informationMatrix(graph, edge);
    for (let i = 0; i < dof; i++) for (let j = 0; j < dof; j++) sum += e[i] * W[i * dof + j] * e[j];
  }
  return sum;
}

test.each([
  ["sphere", sphere({ poses: 100 })],
  ["torus", torus({ poses: 100 })],
  ["grid", grid({ poses: 100 })],
  ["planar grid", grid({ poses: 100, dimension: 2 })],
  ["manhattan", manhattan({ poses: 200 })],
  ["garage", garage({ poses: 100 })],
  ["ring", ring({ poses: 100 })],
])("agrees with a plain evaluation on the %s", (_, world) => {
  const graph = correlated(worldGraph(world));

  expect(Math.abs(chi2(graph) / plainChi2(graph) - 1)).toBeLessThan(tolerance(fp64, 7 * graph.from.length));
});

test("is 0 for true poses without noise, up to rounding, and for a graph without edges", () => {
  const world = sphere({ poses: 50, noise: 0 });
  const graph = worldGraph(world, world.truth);
  const none = new Int32Array(0);

  expect(chi2(graph)).toBeLessThan(1e-20);
  expect(chi2({ ...graph, from: none, to: none, measurements: new Float64Array(0), information: new Float64Array(0) })).toBe(0);
});

test("refuses an edge with indefinite information", () => {
  const graph = worldGraph(ring({ poses: 10 }));
  graph.information[6] = -1;

  expect(() => chi2(graph)).toThrow(OptionError);
  expect(() => chi2(graph)).toThrow("information of the edge 1 -> 2");
});

// From a program that shares no code with this one.
describe.skipIf(!hasPublicData)("public files' own estimates", () => {
  test.each([
    ["CSAIL", 2218641.947872161],
    ["FR079_toro", 8502.773663393491],
    ["M3500_original", 2566667.6592069254],
    ["M3500a", 58265012.55676677],
    ["M3500b", 41329876.89251471],
    ["MIT", 4414181662.524592],
    ["city10000", 654162688.4878849],
    ["intel", 551.7357308497423],
    ["kitti_00", 75329640.56167288],
    ["kitti_02", 39186006.745218515],
    ["parking-garage", 16720.018170518095],
    ["ring", 2041063.9253983602],
    ["smallGrid3D", 115957.99794949505],
    ["sphere2500", 2547810.899044734],
    ["sphere_smallnoise", 982589.406891768],
    ["tinyGrid3D", 213.06437063545684],
    ["torus3D", 2946826.5386780924],
    ["w10000_toro", 49440239.919970505],
  ])("%s has chi2 %d", (name, expected) => {
    const { graph } = readG2o(publicData(`pose-graphs/${name}.g2o`)!, name);

    expect(Math.abs(chi2(graph) / expected - 1)).toBeLessThan(tolerance(fp64, 1000));
  });
});
