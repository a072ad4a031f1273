import { type Contestant, products, type Rig, triad, triangularSolves } from "@slam/contests";
import { afterAll, afterEach, expect, test } from "vitest";
import { type CKernels, startCKernels } from "../src/c-kernels.ts";
import { factorisation, linearisation, vectors } from "../src/contestants.ts";
import { processorSeconds } from "../src/processor-seconds.ts";

const started = startCKernels();
const c: CKernels | undefined = typeof started === "string" ? undefined : started;

afterEach(async () => {
  await c?.clear();
});

afterAll(async () => {
  await c?.close();
});

type Group = (rig: Rig) => readonly Contestant[] | Promise<readonly Contestant[]>;

const groups: readonly [string, Group][] = [
  ["triad", (rig) => triad(0.01, rig)],
  ["vectors", (rig) => vectors(0.01, rig)],
  ["products, edges in space", (rig) => products({ r: 6, c: 6, pair: true }, 0.02, rig)],
  ["products, edges in the plane", (rig) => products({ r: 3, c: 3, pair: true }, 0.02, rig)],
  ["products, cameras", (rig) => products({ r: 2, c: 6, pair: false }, 0.02, rig)],
  ["products, points", (rig) => products({ r: 2, c: 3, pair: false }, 0.02, rig)],
  ["triangular solves", (rig) => triangularSolves(6, 0.1, rig)],
];
const engineGroups: readonly [string, Group][] = [
  ["linearisation", (rig) => linearisation(3, 0.02, rig)],
  ["factorisation", (rig) => factorisation(2, 30, rig)],
];

test.each([...groups, ...engineGroups])("%s run on the engine", async (_, contestants) => {
  for (const { run, by } of await contestants({ clock: processorSeconds })) {
    expect(by).toBe("slam");
    expect(await run(20)).toBeGreaterThanOrEqual(0);
  }
});

// Products throw where the sums of the results differ.
test.skipIf(c === undefined).each(groups)("%s run in C", async (_, contestants) => {
  const list = await contestants({ clock: processorSeconds, native: c });

  expect(list.map(({ by }) => by)).toContain("C");
  for (const { run } of list) expect(await run(20)).toBeGreaterThanOrEqual(0);
});
