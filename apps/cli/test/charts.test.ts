import type { PoseGraph } from "@slam/pgo";
import { sphere } from "@slam/sim";
import { expect, test } from "vitest";
import { convergenceChart, trajectoryChart } from "../src/charts.ts";
import { graphOf } from "../src/worlds.ts";

test("a view has one path for the poses and one for the loops, however many there are", async () => {
  const graph = graphOf(sphere({ poses: 400 }));

  const svg = await trajectoryChart([{ title: "here", graph }]);

  expect(svg.match(/<path [^>]*stroke="#/g)).toHaveLength(2);
  expect(svg).toContain(">here<");
  expect(svg.length).toBeLessThan(30_000);
});

test("a graph of one spot has a picture too", async () => {
  const graph: PoseGraph = { ...graphOf(sphere({ poses: 10 })), poses: new Float64Array(70) };

  expect(await trajectoryChart([{ title: "spot", graph }])).not.toContain("NaN");
});

test("curves that reach zero, or infinity, stay on the logarithmic scale", async () => {
  const svg = await convergenceChart([
    { name: "good", costs: [10, 1, 0] },
    { name: "bad", costs: [10, Infinity, Number.NaN] },
  ]);

  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(svg).toContain(">bad<");
});
