import { PARTS, type PartEfforts } from "@slam/nlls";
import { expect, test } from "vitest";
import { linearShareOf, shareChart, shareOf, shareRows } from "../src/shares.ts";

/** Part k takes k seconds, twice as many flops as the last, and all bytes are those of products. */
const parts = Object.fromEntries(
  PARTS.map((part, k) => [part, { seconds: k, flops: 2 ** k, bytes: part === "products" ? 100 : 0 }]),
) as PartEfforts;

test("rows are all parts, the linear solve together before its own", () => {
  const rows = shareRows([{ name: "mixed", parts }]);

  expect(rows.length).toBe(PARTS.length + 1);
  // Of 0 + 1 + ... + 9 seconds, and of 1023 flops.
  expect(rows.map(([name, shares]) => `${name}: ${shares}`)).toEqual([
    "residuals and gradients: 0 | 0.1 | 0",
    "Jacobians: 2 | 0.2 | 0",
    "factorisation: 4 | 0.4 | 0",
    "linear solve: 40 | 12 | 100",
    "· products by J: 7 | 0.8 | 100",
    "· triangular solves: 9 | 2 | 0",
    "· checks, refinement: 11 | 3 | 0",
    "· vectors: 13 | 6 | 0",
    "updates: 16 | 13 | 0",
    "the start: 18 | 25 | 0",
    "the rest: 20 | 50 | 0",
  ]);
});

test("shares are of all, or of the linear solves", () => {
  expect(shareOf(parts, ["jacobians", "factorization"], "seconds")).toBe(3 / 45);
  expect(linearShareOf(parts, "preconditioner", "seconds")).toBe(4 / 18);
});

test("a solve that took nothing has shares of nothing", () => {
  const none = Object.fromEntries(PARTS.map((part) => [part, { seconds: 0, flops: 0, bytes: 0 }])) as PartEfforts;

  expect(shareOf(none, ["rest"], "flops")).toBe(0);
});

test("bars are of all solves, by time and by flops", async () => {
  const svg = await shareChart("Shares", [
    { name: "double", parts },
    { name: "mixed", parts },
  ]);

  expect(svg).not.toMatch(/NaN|undefined/);
  for (const text of ["of the time", "of the flops", "double", "mixed", "linear solve: triangular solves"])
    expect(svg).toContain(`>${text}<`);
});
