import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import schema from "../schema/bench.schema.json" with { type: "json" };
import type { BenchJob, BenchMessage, KernelFigure } from "../src/bench/bench-job.ts";
import type { BenchReport } from "../src/bench/bench-report.ts";
import { finish, launch, slam, temporaryFolder } from "./slam.ts";

const validate: ValidateFunction = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** A report that is as its schema says. */
function parse(text: string): BenchReport {
  const report: unknown = JSON.parse(text);
  validate(report);
  expect(validate.errors).toBe(null);
  return report as BenchReport;
}

/** Asks the bench's worker, as it is published, for kernels of a size that tests can wait for. */
function benchSmallKernels(): Promise<readonly KernelFigure[]> {
  const figures: KernelFigure[] = [];
  const worker = new Worker(new URL("../dist/bench-worker.js", import.meta.url));
  const stop = new Int32Array(new SharedArrayBuffer(4));
  return new Promise<readonly KernelFigure[]>((resolve, reject) => {
    worker.on("error", reject);
    worker.on("message", (message: BenchMessage) => {
      if (message.kind === "kernels") figures.push(...message.figures);
      else if (message.kind === "done") resolve(figures);
    });
    worker.postMessage({ parts: ["kernels"], rounds: 3, megabytes: [0.05], stop } satisfies BenchJob);
  }).finally(() => worker.terminate());
}

test("times each kernel in each format beside the triad, in ratios to fp32", async () => {
  const figures = await benchSmallKernels();

  const kernels = ["J x", "J'r", "J'J x", "M^-1 r"];
  const expected = kernels.flatMap((kernel) => ["fp32", "fp64", "fp16", "bf16"].map((format) => `${kernel} ${format}`));
  const found = figures.map(({ kernel, format }) => `${kernel} ${format}`);
  expect(found.filter((name) => name !== "triad fp32").sort()).toEqual(expected.sort());
  expect(found.filter((name) => name === "triad fp32").length).toBe(2);
  for (const { format, kernel, milliseconds, gigabytesPerSecond, ofFp32, ofTriad } of figures) {
    for (const amount of [milliseconds, gigabytesPerSecond, ofFp32, ofTriad]) expect(amount).toBeGreaterThan(0);
    if (format === "fp32") expect(ofFp32).toBe(1);
    if (kernel === "triad") expect(ofTriad).toBe(1);
  }
});

test("pgo solves generated graphs in three policies, to the same cost, and reports as its schema says", async (context) => {
  const { code, stdout, stderr } = await slam(temporaryFolder(context), "bench", "pgo", "--repeat", "1", "--quiet", "--json");

  const { pgo, kernels, ba, ...report } = parse(stdout);
  expect(code).toBe(0);
  expect(report).toMatchObject({ parts: ["pgo"], rounds: 1, complete: true, skipped: [] });
  expect([kernels, ba]).toEqual([[], []]);
  expect(stderr.includes("busy")).toBe(report.load.before > 0.75 * report.machine.cores);
  expect(pgo.map(({ problem, size, policy }) => `${problem} ${size.poses} ${policy.name}`)).toEqual(
    ["manhattan 1000", "manhattan 10000", "sphere 400", "sphere 10000"].flatMap((graph) =>
      ["fp64", "fp32", "mixed"].map((policy) => `${graph} ${policy}`),
    ),
  );
  for (const { policy, ofFp32, costAboveFp64, seconds, cgIterations } of pgo) {
    expect(Math.abs(costAboveFp64)).toBeLessThan(1e-6);
    expect(seconds.solve).toBeGreaterThan(seconds.linearSolve);
    expect(cgIterations).toBeGreaterThan(0);
    if (policy.name === "fp32") expect(ofFp32).toEqual({ solve: 1, linearSolve: 1 });
  }
  // The largest is large enough for 16 bits.
  expect(pgo.filter(({ policy }) => policy.precondition === "fp16").map(({ problem }) => problem)).toEqual(["sphere"]);
});

test("ba prints a table for each bundle, with every linear solver", async (context) => {
  const { code, stdout } = await slam(temporaryFolder(context), "bench", "ba", "--repeat", "1");

  expect(code).toBe(0);
  expect(stdout).toMatch(/, \d+ cores?, L2 .*, L3 .*; \w+ \w+, Node v/);
  expect(stdout).toMatch(/load \d+\.\d\d before, \d+\.\d\d after; medians of 1 turn; ratios are times over fp32's/);
  for (const linear of ["cgnr", "schur-cg", "schur-direct"]) expect(stdout.match(new RegExp(`│ ${linear} +│ mixed`, "g"))).toHaveLength(2);
  expect(stdout).toMatch(/\napartment of \d+ cameras, \d+ points, \d+ observations\n/);
});

test("Ctrl-C ends it with the contests that are done", async (context) => {
  const folder = temporaryFolder(context);
  const child = launch("main", ["bench", "pgo", "--repeat", "12", "--json", "out.json"], folder);
  let signals = 0;
  child.stderr.on("data", (data: Buffer) => {
    if (signals === 0 && data.includes("manhattan of 10000")) {
      signals++;
      child.kill("SIGINT");
    }
  });

  const { code, stdout, stderr } = await finish(child);

  const report = parse(readFileSync(join(folder, "out.json"), "utf8"));
  expect(code).toBe(130);
  expect(stderr).toContain("stopping with the contests that are done");
  expect(report.complete).toBe(false);
  expect(report.pgo.map(({ size }) => size.poses)).toEqual([1000, 1000, 1000]);
  expect(stdout).toContain("manhattan of 1000 poses");
});

test.for([
  [["bench", "gpu"], 2, /Allowed choices are kernels, pgo, ba/],
  [["bench", "--repeat", "0"], 2, />= 1/],
  [["bench", "pgo", "--json", "report"], 2, /the report's name ends in .json/],
  [["bench", "pgo", "--json", "nowhere/out.json"], 3, /cannot write in nowhere/],
] as [string[], number, RegExp][])("%j exits with %i", async ([args, expected, message], context) => {
  const { code, stderr } = await slam(temporaryFolder(context), ...args);

  expect(code).toBe(expected);
  expect(stderr).toMatch(message);
});
