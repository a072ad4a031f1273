import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InputError, UsageError } from "../src/failure.ts";
import { checkTargets, writeOutputs } from "../src/outputs.ts";
import { temporaryFolder } from "./slam.ts";

test("writes all chunks of all files", async (context) => {
  const folder = temporaryFolder(context);

  await writeOutputs([
    { target: join(folder, "a"), chunks: ["one", " two"] },
    { target: join(folder, "b"), chunks: [Uint8Array.of(51)] },
  ]);

  expect(readFileSync(join(folder, "a"), "utf8")).toBe("one two");
  expect(readFileSync(join(folder, "b"), "utf8")).toBe("3");
  expect(readdirSync(folder)).toEqual(["a", "b"]);
});

test("a failure while the second file is made leaves no first one, and an older first one as it was", async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, "old"), "old");
  function* broken(): Generator<string> {
    yield "half of it";
    throw new InputError("no more");
  }

  const outputs = [
    { target: join(folder, "old"), chunks: ["new"] },
    { target: join(folder, "first"), chunks: ["first"] },
    { target: join(folder, "second"), chunks: broken() },
  ];

  await expect(writeOutputs(outputs)).rejects.toThrow("no more");
  expect(readdirSync(folder)).toEqual(["old"]);
  expect(readFileSync(join(folder, "old"), "utf8")).toBe("old");
});

test("a folder that has gone is the user's to mend", async (context) => {
  const target = join(temporaryFolder(context), "gone", "a");

  await expect(writeOutputs([{ target, chunks: ["a"] }])).rejects.toThrow(InputError);
});

test("a link keeps pointing where it does", async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, "file"), "old");
  symlinkSync("file", join(folder, "link"));

  await writeOutputs([{ target: join(folder, "link"), chunks: ["new"] }]);

  expect(readlinkSync(join(folder, "link"))).toBe("file");
  expect(readFileSync(join(folder, "file"), "utf8")).toBe("new");
});

test("checks targets before the work begins", (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, "sub"));

  expect(() => checkTargets([join(folder, "a"), join(folder, "b")])).not.toThrow();
  expect(() => checkTargets([join(folder, "a"), join(folder, "a")])).toThrow(UsageError);
  expect(() => checkTargets([join(folder, "a.g2o.bz2")])).toThrow("bzip2 is read, not written");
  expect(() => checkTargets([join(folder, "sub")])).toThrow("is a directory, not a file");
  expect(() => checkTargets([join(folder, "none", "a")])).toThrow(/cannot write in .*none$/);
});
