import type { Contestant, Timing } from "@slam/contests";
import { describe, expect, test } from "vitest";
import { figuresOf } from "../src/figures.ts";

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
