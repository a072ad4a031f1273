import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SIXTEEN_BIT, start } from "@slam/pgo";
import { recordModules } from "@slam/wasm";
import { expect, test } from "vitest";
import { decodeModules, encodeModules, KERNEL_FILE } from "../src/kernel-file.ts";
import { policyOf } from "../src/policy.ts";
import { firstModules } from "../src/shipped-kernels.ts";
import { graphOf, WORLDS } from "../src/worlds.ts";

const shipped = decodeModules(readFileSync(join(import.meta.dirname, "../dist", KERNEL_FILE)));

test("the modules in the bundle are, byte for byte, what the emitter writes", { timeout: 60_000 }, () => {
  const emitted = firstModules();

  expect([...shipped.keys()]).toEqual([...emitted.keys()]);
  for (const [name, bytes] of emitted) expect(Buffer.compare(shipped.get(name)!, bytes), name).toBe(0);
});

test.each(Object.keys(WORLDS))("a solve of a %s with default options needs no other", (world) => {
  const graph = graphOf(WORLDS[world]({ poses: 60, seed: 3 }));

  const needed = recordModules(() => {
    const run = start(graph, { policy: policyOf({ preset: "mixed" }, SIXTEEN_BIT) });
    while (!run.done) run.step();
  });

  expect(needed.size).toBeGreaterThan(15);
  expect([...needed.keys()].filter((name) => !shipped.has(name))).toEqual([]);
});

test("a file of modules is read as it was written", () => {
  const modules = new Map([
    ["a/b 1 2:\n]", Uint8Array.of(1, 10, 3)],
    ["empty", new Uint8Array(0)],
    ["c", Uint8Array.of(10)],
  ]);

  expect(new Map(Array.from(decodeModules(encodeModules(modules)), ([name, bytes]) => [name, Uint8Array.from(bytes)]))).toEqual(modules);
});
