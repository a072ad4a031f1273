import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chi2, readG2o } from "@slam/pgo";
import { expect, test } from "vitest";
import type { PgoReport } from "../src/report.ts";
import { finish, launch, slam, temporaryFolder } from "./slam.ts";

/** A solve whose steps take long enough to be interrupted: a factor with a tolerance, which has no kernel, in each. */
const SLOW = ["pgo", "sphere.g2o", "--drop", "0", "--refresh", "always", "--ftol", "0", "--out", "out.g2o", "--json", "out.json"];

test("the first Ctrl-C stops at the next iteration, writes the best so far and exits 130", async (context) => {
  const folder = temporaryFolder(context);
  await slam(folder, "generate", "sphere", "--poses", "1500", "--out", "sphere.g2o");
  const child = launch("main", SLOW, folder);
  child.stderr.once("data", () => child.kill("SIGINT"));

  const { code, stderr } = await finish(child);

  const report = JSON.parse(readFileSync(join(folder, "out.json"), "utf8")) as PgoReport;
  const { graph } = readG2o(readFileSync(join(folder, "out.g2o")), "out.g2o");
  expect(code).toBe(130);
  expect(stderr).toContain("stopping at the next iteration");
  expect(report.termination).toBe("cancelled");
  expect(report.iterations.length).toBeLessThan(12);
  expect(chi2(graph)).toBeLessThan(report.cost.initial);
});

// Again where a busy machine delivers the second signal after the step it was meant for.
test("the second Ctrl-C exits 130 at once and leaves nothing", { retry: 2 }, async (context) => {
  const folder = temporaryFolder(context);
  await slam(folder, "generate", "sphere", "--poses", "7000", "--out", "sphere.g2o");
  const child = launch("main", SLOW, folder);
  let signals = 0;
  child.stderr.on("data", (data: Buffer) => {
    // The first at the first iteration; the second as soon as it has been heard, while the next one runs.
    if (signals === 0 || (signals === 1 && data.includes("stopping"))) {
      signals++;
      child.kill("SIGINT");
    }
  });

  const { code } = await finish(child);

  expect({ code, signals }).toEqual({ code: 130, signals: 2 });
  expect(existsSync(join(folder, "out.g2o"))).toBe(false);
  expect(readdirSync(folder)).toEqual(["sphere.g2o"]);
});
