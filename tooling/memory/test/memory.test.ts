import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const timeout = 60_000;

describe("allocates next to nothing, whatever the size:", () => {
  test("an iteration of CGNR", { timeout }, async () => {
    const { small, large } = await measure("cg-loop");

    // Counters and results of kernels that are boxed; the smallest vector here is 2 kB.
    expect(small.bytes, small.sites.join("\n")).toBeLessThan(512);
    expect(large.bytes, large.sites.join("\n")).toBeLessThan(512);
  });

  test("an outer iteration, but for the poses", { timeout }, async () => {
    const { small, large } = await measure("outer-loop");

    const bound = (poses: number): number => 16 * 1024 + 4 * poses * 7 * 8;
    expect(small.bytes, small.sites.join("\n")).toBeLessThan(bound(100));
    expect(large.bytes, large.sites.join("\n")).toBeLessThan(bound(400));
  });
});

describe("a sliding window,", () => {
  test("once it is warm, allocates some vectors for a key frame and no J, and 200 key frames do not grow memory", { timeout }, async () => {
    const { small, large, inUse } = await measure("window");

    // Residuals, gradients, patterns and iterates are made for each solve: 4 times J, where a vector of J's rows is a ninth of it and every evaluation of J another half. J itself, in fp32, fp64 and scaled, its factors and the
    // vectors of CG lie in arenas that stay. What is left is of no size: views, operators, reports.
    const bound = (J: number): number => 2 ** 20 + 6 * J;
    expect(small.bytes, small.sites.join("\n")).toBeLessThan(bound(small.J));
    expect(large.bytes, large.sites.join("\n")).toBeLessThan(bound(large.J));
    // 7 kB for each after the 50th: less than its measurements.
    expect(inUse[19] - inUse[4]).toBeLessThan(2 ** 20);
  });
});

test("200 solves in a row do not grow memory", { timeout }, async () => {
  const inUse: { readonly [memory: string]: readonly number[] } = await measure("solves");

  expect(Object.keys(inUse)).toEqual(["own", "shared"]);
  for (const bytes of Object.values(inUse)) {
    // 7 kB for each after the 50th: less than its graph.
    expect(bytes[19] - bytes[4]).toBeLessThan(2 ** 20);
  }
});

/** What a program of src/ prints, in a process with nothing else in it. */
async function measure(program: string) {
  const path = fileURLToPath(new URL(`../src/${program}.ts`, import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128", "--conditions=@slam/source", path],
    { timeout },
  );
  return JSON.parse(stdout);
}
