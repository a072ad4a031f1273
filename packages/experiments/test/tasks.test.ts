import { FULL, findingsOf, type PlanSize, planTasks, QUICK, type Result, runTask, type Scene, sceneOf } from "@slam/experiments";
import { beforeAll, describe, expect, test } from "vitest";

const patrol = { kind: "patrol", name: "apartment", metres: 135, seed: 1 } as const;
let scene: Scene;
beforeAll(() => {
  scene = sceneOf(patrol);
});

const FEW: PlanSize = {
  estimations: 1,
  graphs: 2,
  lengths: 2,
  longest: 450,
  wholeSeeds: 1,
  sweepSeeds: 1,
  pathWindows: 1,
  pipelineSeeds: 1,
  pipelineFrames: 150,
};

/** Without what a clock said. */
function timeless(result: Result): object {
  return { ...result, seconds: undefined };
}

describe("planTasks", () => {
  test("plans the published numbers, each run once", () => {
    for (const size of [FULL, QUICK]) {
      const tasks = planTasks([scene], size, 0);
      const ids = new Set(tasks.map(({ id }) => id));

      expect(ids.size).toBe(tasks.length);
      expect(tasks.filter(({ kind }) => kind === "estimation").length).toBe(size.estimations);
      expect(tasks.filter((task) => task.kind === "graph" && task.experiment === "growing").length).toBe(size.graphs);
    }
  });

  test("draws other noise for another seed, in the same runs", () => {
    const [a, b] = [planTasks([scene], FEW, 0), planTasks([scene], FEW, 1)];

    expect(a.map(({ id }) => id)).toEqual(b.map(({ id }) => id));
    expect(a).not.toEqual(b);
  });

  test("takes windows from all scenes, even where there are fewer runs than windows", () => {
    const other = { ...scene, name: "other" };
    const tasks = planTasks([scene, other], { ...FEW, estimations: 8 }, 0);
    const scenes = tasks.filter(({ kind }) => kind === "estimation").map((task) => task.scene);

    expect(new Set(scenes)).toEqual(new Set(["apartment", "other"]));
  });
});

test("a recorded motion is a scene too, at 10 key frames a second", () => {
  const { timestamps, poses } = scene.world;
  const motion = { timestamps: timestamps.slice(0, 100), poses: poses.slice(0, 700) };
  const { isRecorded, world } = sceneOf({ kind: "recording", name: "recorded", surroundings: "room", motion });

  expect(isRecorded).toBe(true);
  expect(world.timestamps.length).toBe(100);
  expect(world.landmarks.length).toBeGreaterThan(3 * 60);
});

test("runs have the same numbers each time; mixed is as good as double, half is not and costs more", { timeout: 60_000 }, () => {
  const tasks = planTasks([scene], FEW, 7).filter((task) => task.kind !== "graph" || task.experiment !== "sweep");
  const results = tasks.map((task) => runTask(task, scene));
  const again = tasks.map((task) => runTask(task, sceneOf(patrol)));

  expect(again.map(timeless)).toEqual(results.map(timeless));
  for (const result of results) {
    if (result.kind === "estimation") {
      const { double, mixed, half } = result.byPolicy;
      expect(double.termination).toBe("converged");
      expect(Math.abs(mixed.ate - double.ate)).toBeLessThan(0.01 * double.ate);
      expect(half.cgIterations).toBeGreaterThan(mixed.cgIterations);
      expect(half.cost).toBeGreaterThan(mixed.cost);
      expect(mixed.joules).toBeLessThan(0.6 * double.joules);
    }
    if (result.kind === "graph" && result.experiment === "whole") {
      expect(result.loops).toBeGreaterThan(20);
      expect(result.bySolve.double.ate).toBeLessThan(0.5 * result.odometryAte);
      expect(Math.abs(result.bySolve["mixed, static"].ate / result.bySolve.double.ate - 1)).toBeLessThan(1e-3);
    }
    if (result.kind === "pipeline") {
      const { double, mixed } = result.byPolicy;
      expect(result.keyFrames).toBe(50);
      expect([double.lost, mixed.lost]).toEqual([0, 0]);
      expect(Math.abs(mixed.odometryAte / double.odometryAte - 1)).toBeLessThan(0.05);
      expect(double.odometryAte).toBeLessThan(0.1);
    }
    if (result.kind === "path") expect(result.byPolicy.mixed.length).toBe(3 * 50);
    if (result.kind === "pattern") expect(result.reduced.blocks.length / 2).toBeLessThanOrEqual((50 * 51) / 2);
  }
  const { estimations, graphs, closures, sweep } = findingsOf(results);
  expect(estimations?.count).toBe(1);
  // One run is not enough for an interval.
  expect(estimations?.equivalence).toBeUndefined();
  expect(graphs?.count).toBe(2);
  expect(closures.map(({ motions }) => motions)).toEqual(["simulated"]);
  expect(sweep).toEqual([]);
});

test("says nothing of experiments without results", () => {
  expect(findingsOf([])).toEqual({ closures: [], sweep: [] });
});
