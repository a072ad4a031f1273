import { type Contestant, type NativeKernels, products, triad, triangularSolves } from "@slam/contests";
import { describe, expect, test } from "vitest";

const clock = (): number => performance.now() / 1000;

/** Kernels of another make, whose results have a sum. */
function native(sum: number): NativeKernels & { readonly prepared: string[] } {
  const prepared: string[] = [];
  return { prepared, prepare: async (what) => void prepared.push(what), seconds: async () => 1, sum: async () => sum };
}

describe.each([
  ["triad", () => triad(0.01, { clock })],
  ["products", () => products({ r: 6, c: 6, pair: true }, 0.02, { clock })],
  ["products, one block a row", () => products({ r: 2, c: 3, pair: false }, 0.02, { clock })],
  ["triangular solves", () => triangularSolves(6, 0.05, { clock })],
] as const)("%s", (_, make: () => Promise<readonly Contestant[]>) => {
  test("run, and say what they move", async () => {
    for (const { run, by, bytes, flops } of await make()) {
      expect(by).toBe("slam");
      expect(bytes).toBeGreaterThan(0);
      expect(flops).toBeGreaterThan(0);
      expect(await run(3)).toBeGreaterThanOrEqual(0);
    }
  });
});

test("products have a pass that is both, which moves the values once", async () => {
  const list = await products({ r: 6, c: 6, pair: true }, 0.02, { clock });

  for (const format of ["fp32", "fp64", "fp16", "bf16"]) {
    const [forward, fused] = ["J x", "J'J x"].map((kernel) => list.find((one) => one.kernel === kernel && one.format === format)!);
    expect(fused.flops).toBe(2 * forward.flops);
    expect(fused.bytes).toBeLessThan(1.5 * forward.bytes);
  }
});

test("native kernels compete besides, and must have the same sums", async () => {
  const c = native(0);

  await expect(products({ r: 2, c: 3, pair: false }, 0.02, { clock, native: c })).rejects.toThrow(/the sum is .* here and 0 in C/);
  const [, inC] = await triad(0.01, { clock, native: c });

  expect(c.prepared).toEqual(["products fp32", "triad"]);
  expect(inC).toMatchObject({ kernel: "triad", by: "C" });
  expect(await inC.run(1)).toBe(1);
});
