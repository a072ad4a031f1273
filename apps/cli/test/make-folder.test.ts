import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InputError } from "../src/failure.ts";
import { makeFolder } from "../src/make-folder.ts";
import { slam, temporaryFolder } from "./slam.ts";

test("makes a folder with those that it lies in, and leaves one that is there", (context) => {
  const folder = join(temporaryFolder(context), "a", "b");

  makeFolder(folder);
  writeFileSync(join(folder, "file"), "");
  makeFolder(folder);

  expect(statSync(folder).isDirectory()).toBe(true);
  expect(existsSync(join(folder, "file"))).toBe(true);
});

test("refuses a file's place, and a folder in a file", (context) => {
  const file = join(temporaryFolder(context), "file");
  writeFileSync(file, "");

  for (const folder of [file, join(file, "below")]) expect(() => makeFolder(folder)).toThrow(InputError);
});

// Where Node's own recursive mkdir never returns.
test.skipIf(!existsSync("/proc/self"))("a folder that the system does not know is a bad place and not a long wait", async (context) => {
  const { code, stderr } = await slam(
    temporaryFolder(context),
    "reproduce",
    "--quick",
    "--share",
    "0.02",
    "--data",
    ".",
    "--out",
    "/proc/x/y",
  );

  expect(code).toBe(3);
  expect(stderr).toContain("slam: /proc/x/y: cannot make this folder: ENOENT");
});
