import { fp16, fp32, fp64 } from "@slam/float";
import { analyzeCholesky } from "@slam/ichol";
import { bsrPattern } from "@slam/sparse";
import { describe, expect, test } from "vitest";
import { factorizationCost, iterationCost, StalenessMeter } from "../src/refresh.ts";

describe("StalenessMeter", () => {
  test("is never stale where no solve takes longer than the first", () => {
    const meter = new StalenessMeter();
    meter.reset();

    for (const iterations of [5, 5, 3]) meter.record(iterations, 10);

    expect(meter.isStale(1)).toBe(false);
  });

  test("is stale once the iterations beyond the first solve's have cost a factorisation", () => {
    const meter = new StalenessMeter();
    meter.reset();
    meter.record(2, 10);
    meter.record(6, 10);
    const before = meter.isStale(100);

    meter.record(8, 10);

    expect([before, meter.isStale(100), meter.isStale(101)]).toEqual([false, true, false]);
  });

  test("has patience for as many iterations more than the first solve's as a factorisation costs", () => {
    const meter = new StalenessMeter();
    meter.reset();
    meter.record(2, 10);
    const before = meter.patience(100, 10);

    meter.record(6, 10);

    expect([before, meter.patience(100, 10), meter.patience(40, 10)]).toEqual([2 + 10, 2 + 6, 2]);
  });

  test("starts anew with a new factor", () => {
    const meter = new StalenessMeter();
    meter.reset();
    meter.record(2, 10);
    meter.record(20, 10);

    meter.reset();
    meter.record(20, 10);

    expect(meter.isStale(1)).toBe(false);
  });
});

describe("the costs of a 2 x 2 matrix", () => {
  const pattern = bsrPattern({ blockRows: 2, blockCols: 2, r: 1, c: 1, rowPtr: Int32Array.of(0, 1, 3), colIdx: Int32Array.of(0, 0, 1) });
  const symbolic = analyzeCholesky(pattern);

  test("a factorisation: 16 bytes for each of 3 scalars, and for a flop a quarter of a byte in fp32, half a byte in fp64", () => {
    expect(factorizationCost(symbolic, fp32)).toBe(16 * 3 + symbolic.flops / 4);
    expect(factorizationCost(symbolic, fp64)).toBe(16 * 3 + symbolic.flops / 2);
  });

  test("an iteration reads the factor twice, and the Jacobian twice: 3 and 6 scalars, 2 bytes each way at the least", () => {
    expect(iterationCost(symbolic, fp16, 6, fp16)).toBe(4 * 3 + 4 * 6);
    expect(iterationCost(symbolic, fp16, 6, fp32)).toBe(4 * 3 + 8 * 6);
    expect(iterationCost(symbolic, fp64, 6, fp64)).toBe(16 * 3 + 16 * 6);
  });
});
