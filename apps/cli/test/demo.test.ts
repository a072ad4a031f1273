import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countingModules, finish, launch, temporaryFolder } from "./slam.ts";

test("the demo follows a robot in four policies, closes its loops and draws a page, here on a shorter way", async (context) => {
  const folder = temporaryFolder(context);
  const modules = join(temporaryFolder(context), "modules");

  const { code, stdout, stderr } = await finish(launch("demo", ["60"], folder, countingModules(modules)));

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const policy of ["fp64", "mixed", "half", "naive"]) {
    const row = stdout.match(new RegExp(`│ ${policy} +│ +(\\d\\.\\d+) │ +(\\d\\.\\d+) │ +(\\d+) │`));
    // Loops are closed, and help.
    expect(Number(row?.[3])).toBeGreaterThan(3);
    expect(Number(row?.[2])).toBeLessThan(0.6 * Number(row?.[1]));
  }
  expect(readdirSync(folder)).toEqual(["demo-report.html"]);
  expect(readFileSync(join(folder, "demo-report.html"), "utf8").match(/<svg /g)).toHaveLength(1);
  // What fp64 and mixed compile was shipped; half, after them, emits its own.
  expect(readFileSync(modules, "utf8")).toMatch(/^s{20,}e+/);
});

test("the demo refuses a way that is none", async (context) => {
  const { code, stderr } = await finish(launch("demo", ["far"], temporaryFolder(context)));

  expect({ code, stderr }).toEqual({ code: 2, stderr: "slam: demo: the argument is metres to drive, at least 20, not far\n" });
});
