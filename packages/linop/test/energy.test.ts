import { energyOf, horowitzCache, horowitzDram, Work } from "@slam/linop";
import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";

const pencil = { name: "pencil", perFlop: { fp32: 2, fp16: 1 }, perByte: 10 };

test("prices flops by their format and bytes alike", () => {
  const work = new Work();
  work.count("matvec", "fp32", 10, "fp16", 20);
  work.count("vectors", "fp16", 3, "fp64", 1);

  expect(energyOf(work, pencil)).toEqual({ table: "pencil", arithmetic: 23, memory: 210, unpriced: [] });
});

test("names the formats that it cannot price, and leaves them out", () => {
  const work = new Work();
  work.count("matvec", "posit", 10, "posit", 1);
  work.count("precondition", "own", 10, "own", 1);
  work.count("precondition", "fp32", 1, "own", 0);

  expect(energyOf(work, pencil)).toEqual({ table: "pencil", arithmetic: 2, memory: 20, unpriced: ["own", "posit"] });
});

test("the published table: 0.4 and 1.1 pJ in fp16, 0.9 and 3.7 pJ in fp32, 100 pJ for 8 bytes", () => {
  const { perFlop, perByte } = horowitzCache;

  expectClose([perFlop.fp16, perFlop.fp32, perByte], [0.75e-12, 2.3e-12, 12.5e-12], 1e-24);
  expect(perFlop.fp64).toBeGreaterThan(4 * perFlop.fp32);
  expect(horowitzDram.perByte).toBeGreaterThan(10 * perByte);
});

test.each([
  { perFlop: { fp32: -1 }, perByte: 1 },
  { perFlop: {}, perByte: Number.NaN },
])("refuses $perFlop, $perByte", (prices) => {
  expect(() => energyOf(new Work(), { name: "wrong", ...prices })).toThrow(/a price in joules/);
});
