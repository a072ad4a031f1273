import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { doneBefore } from "../src/resume.ts";

const SETTINGS = { policy: "mixed", turns: 3, solves: 5 };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slam-peers-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function lay(name: string, settings: typeof SETTINGS, graph: string): void {
  writeFileSync(join(folder, name), JSON.stringify({ ...settings, graphs: [{ graph }] }));
}

test("goes on with the newest file of the commit", () => {
  lay("2026-01-01-abc1234.json", SETTINGS, "old");
  lay("2026-01-02-abc1234.json", SETTINGS, "new");
  lay("2026-01-03-def5678.json", SETTINGS, "other");

  expect(doneBefore(folder, "abc1234", SETTINGS)).toEqual([{ graph: "new" }]);
});

test("begins anew where there is none", () => {
  lay("2026-01-03-def5678.json", SETTINGS, "other");

  expect(doneBefore(folder, "abc1234", SETTINGS)).toEqual([]);
  expect(doneBefore(join(folder, "nowhere"), "abc1234", SETTINGS)).toEqual([]);
});

test("refuses figures of other settings", () => {
  lay("2026-01-01-abc1234.json", { ...SETTINGS, turns: 1 }, "intel");

  expect(() => doneBefore(folder, "abc1234", SETTINGS)).toThrow("--resume: 2026-01-01-abc1234.json is of turns 1, now 3");
});
