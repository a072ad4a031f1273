import { describe, expect, test } from "vitest";
import type { Contestant, Timing } from "../src/contest.ts";
import { figuresOf } from "../src/figures.ts";
import { median, pairedRatio } from "../src/statistics.ts";

describe("median", () => {
  test("is the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

test("pairedRatio divides turn by turn", () => {
  expect(pairedRatio([1, 20, 3], [2, 40, 3])).toBe(0.5);
});

describe("figuresOf", () => {
  const timing = (kernel: string, format: string, by: Contestant["by"], bytes: number, seconds: number): Timing => ({
    contestant: { kernel, format, by, bytes, flops: 2 * bytes, run: () => seconds },
    seconds: [seconds, seconds, seconds],
  });

  test("compares with the triad, with fp32 and with C", () => {
    const timings = [
      timing("triad", "fp32", "slam", 4e9, 1),
      timing("J x", "fp32", "slam", 4e9, 2),
      timing("J x", "fp16", "slam", 2e9, 1),
      timing("J x", "fp16", "C", 2e9, 0.5),
    ];

    const [, fp32, fp16, inC] = figuresOf("products", 44, timings);

    expect(fp32).toMatchObject({ gigabytesPerSecond: 2, gigaflopsPerSecond: 4, ofTriad: 0.5 });
    expect(fp32).not.toHaveProperty("timeOfC");
    expect(fp16).toMatchObject({ timesFp32: 2, timeOfC: 2, ofTriad: 0.5 });
    expect(inC).not.toHaveProperty("timesFp32");
  });
});
