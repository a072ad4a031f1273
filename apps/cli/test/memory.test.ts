import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readG2o } from "@slam/pgo";
import { expect, test } from "vitest";
import { finish, launch, slam, temporaryFolder } from "./slam.ts";

test("while a graph is solved, the main thread holds neither it nor its file", async (context) => {
  const folder = temporaryFolder(context);
  await slam(folder, "generate", "manhattan", "--poses", "20000", "--out", "a.g2o");
  const preload = new URL("./count-buffers.ts", import.meta.url).href;
  const env = { NODE_OPTIONS: `--import=${preload}`, SLAM_BUFFERS: join(folder, "buffers") };

  const { code, stderr } = await finish(launch("main", ["pgo", "a.g2o", "--out", "b.g2o", "--fix", "3"], folder, env));

  // At the first iteration.
  expect(stderr).toMatch(/^iteration 1/);
  expect(code).toBe(0);
  const held = Number(readFileSync(join(folder, "buffers"), "utf8"));
  // Its arrays take 3 MB, the file 5.
  expect(statSync(join(folder, "a.g2o")).size).toBeGreaterThan(4e6);
  expect(held).toBeLessThan(2 ** 20);
  const [before, after] = ["a.g2o", "b.g2o"].map((name) => readG2o(readFileSync(join(folder, name)), name).graph);
  expect({ ...after, poses: before.poses }).toEqual(before);
});
