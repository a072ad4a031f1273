import { OptionError } from "@slam/errors";
import { manhattan, Random, ring, sphere } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { addFalseLoops } from "../src/false-loops.ts";
import { checkGraph, type PoseGraph, poseDof } from "../src/graph.ts";
import { isLoop } from "../src/loops.ts";
import { defaultBound } from "../src/loss-bounds.ts";
import { chi2 } from "../src/solve.ts";
import { worldGraph } from "./world-graph.ts";

/** The graph with one edge alone. */
function only(graph: PoseGraph, edge: number): PoseGraph {
  const row = <A extends Int32Array | Float64Array>(values: A): A => {
    const size = values.length / graph.from.length;
    return values.slice(edge * size, (edge + 1) * size) as A;
  };
  const [from, to, measurements, information] = [row(graph.from), row(graph.to), row(graph.measurements), row(graph.information)];
  return { ...graph, from, to, measurements, information };
}

describe.each([
  { name: "the plane", world: manhattan({ poses: 300 }) },
  { name: "space", world: sphere({ poses: 200 }) },
])("false loops in $name", ({ world }) => {
  const graph = worldGraph(world);
  const trueLoops = Array.from(graph.from.keys()).filter((edge) => isLoop(graph, edge));
  const spoiled = addFalseLoops(graph, world.truth, { share: 0.5, random: new Random(3) });
  const added = Array.from(spoiled.from.keys()).slice(graph.from.length);

  test("come after the graph's own edges, half as many as its loops", () => {
    checkGraph(spoiled);
    expect(added).toHaveLength(Math.round(trueLoops.length / 2));
    expect(spoiled.from.subarray(0, graph.from.length)).toEqual(graph.from);
    expect(spoiled.measurements.subarray(0, graph.measurements.length)).toEqual(graph.measurements);
    expect([spoiled.poses, spoiled.ids]).toEqual([graph.poses, graph.ids]);
  });

  test("join poses at least 20 apart, either way around, and have a true loop's measurement and information", () => {
    const rowsOf = (g: PoseGraph, edge: number): string => [...only(g, edge).measurements, ...only(g, edge).information].join(" ");
    const known = new Set(trueLoops.map((edge) => rowsOf(graph, edge)));

    for (const edge of added) {
      expect(Math.abs(spoiled.from[edge] - spoiled.to[edge])).toBeGreaterThanOrEqual(20);
      expect(known.has(rowsOf(spoiled, edge))).toBe(true);
    }
    expect(new Set(added.map((edge) => spoiled.from[edge] < spoiled.to[edge])).size).toBe(2);
  });

  test("are false: beyond the 99 % quantile at the optimum", () => {
    const least = defaultBound(poseDof(graph)) ** 2;

    for (const edge of added) expect(chi2({ ...only(spoiled, edge), poses: world.truth })).toBeGreaterThanOrEqual(least);
  });

  test("are the same for the same seed, and others for another", () => {
    const again = addFalseLoops(graph, world.truth, { share: 0.5, random: new Random(3) });
    const other = addFalseLoops(graph, world.truth, { share: 0.5, random: new Random(4) });

    expect(again).toEqual(spoiled);
    expect(other.from).not.toEqual(spoiled.from);
  });

  test("a share of 0 adds none", () => {
    expect(addFalseLoops(graph, world.truth, { share: 0, random: new Random(0) })).toEqual(graph);
  });
});

describe("there are none", () => {
  const random = new Random(0);

  test.each([
    ["for a share below 0", worldGraph(ring({ poses: 60 })), -0.1, "outliers is -0.1"],
    ["where there is no true one to copy", worldGraph(ring({ poses: 60, loops: 0 })), 0.5, "outliers: loops of the graph is 0"],
    ["where no two poses are far enough apart", worldGraph(ring({ poses: 20 })), 0.5, "outliers: poses of the graph is 20"],
  ])("%s", (_, graph, share, message) => {
    expect(() => addFalseLoops(graph, graph.poses, { share, random })).toThrow(message);
    expect(() => addFalseLoops(graph, graph.poses, { share, random })).toThrow(OptionError);
  });

  test("where hardly a loop would be false", () => {
    const graph = worldGraph(ring({ poses: 60 }));
    const vague = { ...graph, information: graph.information.map((x) => 1e-12 * x) };

    expect(() => addFalseLoops(vague, graph.poses, { share: 0.5, random })).toThrow("hardly a loop can be false");
  });
});
