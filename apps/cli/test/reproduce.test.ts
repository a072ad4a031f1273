import { execFile } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { Result } from "@slam/experiments";
import { Random } from "@slam/sim";
import { afterAll, expect, test } from "vitest";
import type { Reproduction } from "../src/commands/reproduce.ts";
import { VERSION } from "../src/version.ts";
import { countingModules, finish, launch, slam, temporaryFolder } from "./slam.ts";

/** A few seconds of simulated motion alone. */
const SHORT = ["reproduce", "--quick", "--share", "0.02", "--data", "nowhere", "--out", "runs"];

interface Outcome {
  readonly lines: readonly string[];
  readonly reproduction: Reproduction;
  readonly page: string;
}

function outcomeOf(folder: string): Outcome {
  const read = (name: string): string => readFileSync(join(folder, "runs", name), "utf8");
  return {
    lines: read("runs.jsonl").trimEnd().split("\n"),
    reproduction: JSON.parse(read("findings.json")) as Reproduction,
    page: read("report.html"),
  };
}

/** The runs by id, without what a clock said. */
function timeless(lines: readonly string[]): Map<string, object> {
  return new Map(
    lines
      .slice(1)
      .map((line) => JSON.parse(line) as Result)
      .map((result) => [result.id, { ...result, seconds: undefined }]),
  );
}

const whole = mkdtempSync(join(tmpdir(), "slam-reproduce-"));
afterAll(() => rmSync(whole, { recursive: true }));

test("runs to the end without any data, says how far it is, and writes what it found", { timeout: 180_000 }, async () => {
  const modules = join(whole, "modules");

  const { code, stderr, stdout } = await finish(launch("main", [...SHORT, "--workers", "2"], whole, countingModules(modules)));

  expect(stderr).toContain("nowhere lacks KITTI 00");
  expect(stderr).toMatch(/of 30 runs, \d+ s left/);
  expect(stdout).toContain("report.html shows what 30 runs found");
  expect(code).toBe(0);
  const { lines, reproduction } = outcomeOf(whole);
  expect(lines.length).toBe(1 + 30);
  expect(reproduction.runs).toBe(30);
  expect(reproduction.findings.sweep.length).toBe(24);
  // Its threads have the kernels that are shipped.
  expect(readFileSync(modules, "utf8").match(/s/g)!.length).toBeGreaterThan(20);
  const shares = [reproduction.findings.estimations!.byPolicy.mixed.shares, reproduction.findings.graphs!.bySolve["mixed, static"].shares];
  for (const share of shares) {
    for (const amount of ["seconds", "flops", "bytes"] as const) {
      expect(Object.values(share).reduce((sum, part) => sum + part[amount], 0)).toBeCloseTo(1, 10);
    }
  }
  expect(shares[0]!.products.flops).toBeGreaterThan(0.5);
});

test("loses nothing and does nothing twice when killed again and again, and finds the same on another number of threads", {
  timeout: 180_000,
}, async (context) => {
  const killed = temporaryFolder(context);
  const random = new Random(5);
  let kills = 0;
  for (;;) {
    const child = launch("main", [...SHORT, "--workers", "1", "--quiet"], killed);
    const ended = finish(child);
    const patience = kills < 4 ? 1500 + 2500 * random.uniform() : 150_000;
    const timer = setTimeout(() => child.kill("SIGKILL"), patience);
    const { code } = await ended;
    clearTimeout(timer);
    if (code === 0) break;
    kills++;
    // What a process leaves that dies while it writes.
    if (existsSync(join(killed, "runs/runs.jsonl"))) appendFileSync(join(killed, "runs/runs.jsonl"), '{"kind":"graph","id":"half a li');
  }

  const { lines } = outcomeOf(killed);
  expect(kills).toBeGreaterThan(0);
  expect(lines.length).toBe(1 + 30);
  expect(timeless(lines)).toEqual(timeless(outcomeOf(whole).lines));
});

test("Ctrl-C keeps the runs that are done and says how to go on", async (context) => {
  const folder = temporaryFolder(context);
  const child = launch("main", [...SHORT, "--workers", "1"], folder);
  let signals = 0;
  child.stderr.on("data", (data: Buffer) => {
    if (signals === 0 && data.includes("of 30 runs")) {
      signals++;
      child.kill("SIGINT");
    }
  });

  const { code, stderr } = await finish(child);

  expect(code).toBe(130);
  expect(stderr).toMatch(/slam: \d+ of 30 runs done; the same command goes on from here/);
  const done = readFileSync(join(folder, "runs/runs.jsonl"), "utf8").trimEnd().split("\n").length - 1;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(30);
});

test("runs of another plan, and files that are not of runs, are refused and kept", async (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, "runs"));
  const file = join(folder, "runs/runs.jsonl");
  for (const [text, message] of [
    ['{"format":"slam reproduce","version":"0.0.1"}\n', /runs\.jsonl: its runs are of another plan \(version "0\.0\.1", now /],
    [
      `{"format":"slam reproduce","version":"${VERSION}","seed":0}\n`,
      /runs\.jsonl: its runs are of another plan \(records not said, now 2\)/,
    ],
    ["hello\n", /runs\.jsonl:1: expected a line of JSON/],
  ] as const) {
    writeFileSync(file, text);

    const { code, stderr } = await slam(folder, ...SHORT);

    expect(stderr).toMatch(message);
    expect(code).toBe(3);
    expect(readFileSync(file, "utf8")).toBe(text);
  }
});

const chromium = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "chromium"))
  .find(existsSync);

test.skipIf(chromium === undefined)("the page opens in Chromium without a word on its console", async (context) => {
  const folder = temporaryFolder(context);
  const open = async (file: string): Promise<{ dom: string; said: string[] }> => {
    const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr", "--dump-dom"];
    const { stdout, stderr } = await promisify(execFile)(
      chromium!,
      [...flags, `--user-data-dir=${join(folder, "profile")}`, `file://${file}`],
      { timeout: 50_000, maxBuffer: 2 ** 26, env: { ...process.env, HOME: folder } },
    );
    return { dom: stdout, said: stderr.split("\n").filter((line) => line.includes("CONSOLE")) };
  };
  const talkative = join(folder, "talkative.html");
  writeFileSync(talkative, "<script>console.error('so')</script>");

  const { dom, said } = await open(join(whole, "runs/report.html"));

  expect(said).toEqual([]);
  expect(dom.split("<svg").length - 1).toBe(11);
  const captions = dom.match(/<figcaption>.*?<\/figcaption>/gs) ?? [];
  expect(captions.length).toBe(9);
  for (const caption of captions) expect(caption).toContain("Seeds from 0; <code>slam reproduce --quick --share 0.02 --seed 0</code>");
  expect((await open(talkative)).said.length).toBe(1);
});
