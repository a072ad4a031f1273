import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { finish, launch, temporaryFolder } from "./slam.ts";

test("the demo solves a world in every preset policy and draws a page, here with fewer poses", async (context) => {
  const folder = temporaryFolder(context);

  const { code, stdout, stderr } = await finish(launch("demo", ["40"], folder));

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const policy of ["fp64", "fp32", "mixed"]) expect(stdout).toMatch(new RegExp(`│ ${policy} .* converged │`));
  for (const policy of ["half", "naive"]) expect(stdout).toMatch(new RegExp(`│ ${policy} `));
  expect(readdirSync(folder)).toEqual(["demo-report.html"]);
  expect(readFileSync(join(folder, "demo-report.html"), "utf8").match(/<svg /g)).toHaveLength(2);
});
