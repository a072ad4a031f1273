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

test("landmarks are dots, those without an estimate and the farthest left out", async () => {
  const graph = graphOf(sphere({ poses: 40 }));
  const positions = Float64Array.from({ length: 300 }, (_, i) => (i === 0 ? 1e6 : i % 7));
  const landmarks = { ids: Float64Array.from({ length: 100 }, (_, k) => 1000 + k), positions, fixed: new Int32Array(0) };
  const known = Uint8Array.from(landmarks.ids, (_, k) => (k < 60 ? 1 : 0));

  const svg = await trajectoryChart([{ title: "seen", graph: { ...graph, landmarks: { ...landmarks, known } } }]);

  const dots = svg.match(/fill="#3f7d58"/g)!.length;
  expect(dots).toBeGreaterThan(50);
  expect(dots).toBeLessThan(60);
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
