import { afterAll, afterEach, expect, test } from "vitest";
import { type CKernels, startCKernels } from "../src/c-kernels.ts";
import { type Contestant, compete } from "../src/contest.ts";
import { factorisation, linearisation, products, solves, triad, vectors } from "../src/contestants.ts";

const started = startCKernels();
const c: CKernels | undefined = typeof started === "string" ? undefined : started;

afterEach(async () => {
  await c?.clear();
});

afterAll(async () => {
  await c?.close();
});

type Group = (c: CKernels | undefined) => readonly Contestant[] | Promise<readonly Contestant[]>;

const groups: readonly [string, Group][] = [
  ["triad", (c) => triad(0.01, c)],
  ["vectors", (c) => vectors(0.01, c)],
  ["products, edges in space", (c) => products({ r: 6, c: 6, pair: true }, 0.02, c)],
  ["products, edges in the plane", (c) => products({ r: 3, c: 3, pair: true }, 0.02, c)],
  ["products, cameras", (c) => products({ r: 2, c: 6, pair: false }, 0.02, c)],
  ["products, points", (c) => products({ r: 2, c: 3, pair: false }, 0.02, c)],
  ["triangular solves", (c) => solves(6, 0.1, c)],
];
const engineGroups: readonly [string, Group][] = [
  ["linearisation", () => linearisation(3, 0.02)],
  ["factorisation", () => factorisation(2, 30)],
];

test.each([...groups, ...engineGroups])("%s run on the engine", async (_, contestants) => {
  for (const { run, by } of await contestants(undefined)) {
    expect(by).toBe("slam");
    expect(await run(20)).toBeGreaterThanOrEqual(0);
  }
});

// Products throw where the sums of the results differ.
test.skipIf(c === undefined).each(groups)("%s run in C", async (_, contestants) => {
  const list = await contestants(c);

  expect(list.map(({ by }) => by)).toContain("C");
  for (const { run } of list) expect(await run(20)).toBeGreaterThanOrEqual(0);
});

test("a contest runs each contestant in every turn, warm and long enough to be measured", async () => {
  const runs: number[] = [];
  const run = (repeats: number): number => {
    runs.push(repeats);
    return repeats * 0.001;
  };
  const contestant: Contestant = { kernel: "k", format: "fp32", by: "slam", bytes: 1, flops: 1, run };

  const [{ seconds }] = await compete([contestant], 7);

  expect(seconds).toHaveLength(7);
  expect(seconds[0]).toBeCloseTo(0.001, 12);
  expect(runs.slice(-7)).toEqual(Array(7).fill(30));
});
