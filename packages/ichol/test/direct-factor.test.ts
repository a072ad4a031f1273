import { OptionError } from "@slam/errors";
import { type AnyPrecision, fp16, fp32, fp64, type OperationFormat, operationFormat, pack } from "@slam/float";
import { Work } from "@slam/linop";
import { type BsrMatrix, bsrMatrix, bsrPattern } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import { checkDirectFormat, DirectFactor, type DirectFactorCounters } from "../src/direct-factor.ts";
import { analyzeCholesky } from "../src/symbolic.ts";

/** The lower triangle of a 2 x 2 matrix. */
const pattern = bsrPattern({ blockRows: 2, blockCols: 2, r: 1, c: 1, rowPtr: Int32Array.of(0, 1, 3), colIdx: Int32Array.of(0, 0, 1) });

function newCounters(): DirectFactorCounters {
  return { events: { overflows: 0, flushed: 0, shifts: 0 }, work: new Work(), seconds: {} };
}

function matrix(format: AnyPrecision, lower: readonly number[]): BsrMatrix<AnyPrecision> {
  return bsrMatrix(pattern, format, pack(format, lower));
}

function factorOf(format: OperationFormat, counters: DirectFactorCounters): DirectFactor {
  return new DirectFactor(analyzeCholesky(pattern, { ordering: "natural" }), format, counters, new ArenaPool());
}

describe.each([fp64, fp32])("in $name", (P) => {
  const format = operationFormat<AnyPrecision>(P);

  test("applies the inverse of the matrix that was scaled", () => {
    // A = [64 8; 8 2] with S = diag(1/8, 1): S A S = [1 1; 1 2].
    const counters = newCounters();
    const factor = factorOf(format, counters);
    const z = new Float64Array(2);

    const bad = factor.factor(matrix(P, [1, 1, 2]), Float64Array.of(1 / 8, 1));
    factor.apply(Float64Array.of(64 + 16, 8 + 4), z);

    expect([bad, [...z], factor.nonzeros]).toEqual([undefined, [1, 2], 3]);
    expect(counters.work.flops.vectors).toEqual({ fp64: 12 });
    // 8 of the two solves, 2 of the inverses, and the parts of two sums.
    expect(counters.work.flops.precondition).toEqual({ [P.name]: 10 + 2 * (P === fp64 ? 2 : 4) });
    expect(counters.seconds.precondition).toBeGreaterThan(0);
  });

  test("takes right sides of any size, of zeros too", () => {
    const factor = factorOf(format, newCounters());
    const z = new Float64Array(2);
    factor.factor(matrix(P, [1, 0, 1]), Float64Array.of(1, 1));

    for (const size of [0, 2 ** -400, 2 ** 400]) {
      factor.apply(Float64Array.of(3 * size, -size), z);

      expect([...z]).toEqual([3 * size, -size]);
    }
  });

  test("refuses a right side of another length", () => {
    const factor = factorOf(format, newCounters());
    factor.factor(matrix(P, [1, 0, 1]), Float64Array.of(1, 1));

    expect(() => factor.apply(new Float64Array(3), new Float64Array(3))).toThrow("direct factor: r has length 3, expected 2");
  });

  test("returns the pivot of a matrix that is not positive definite", () => {
    const counters = newCounters();

    const bad = factorOf(format, counters).factor(matrix(P, [1, 2, 1]), Float64Array.of(1, 1));

    expect(bad).toMatchObject({ row: 1 });
    expect(bad!.pivot).toBeLessThan(0);
    expect(counters.events.shifts).toBe(0);
  });
});

test("a matrix that rounding alone made singular has a slightly larger diagonal in fp32, and none in fp64", () => {
  const [single, double] = [newCounters(), newCounters()];

  const bad32 = factorOf(operationFormat<AnyPrecision>(fp32), single).factor(matrix(fp32, [1, 1, 1]), Float64Array.of(1, 1));
  const bad64 = factorOf(operationFormat<AnyPrecision>(fp64), double).factor(matrix(fp64, [1, 1, 1]), Float64Array.of(1, 1));

  expect([bad32, single.events.shifts]).toEqual([undefined, 1]);
  expect([bad64?.row, double.events.shifts]).toEqual([1, 0]);
});

test("formats are fp64 and fp32", () => {
  for (const P of [fp64, fp32] as const) expect(() => checkDirectFormat("here", operationFormat(P))).not.toThrow();
  for (const format of [operationFormat(fp16), operationFormat(fp16, fp16), operationFormat(fp32, fp16)]) {
    expect(() => checkDirectFormat("here", format)).toThrow(OptionError);
    expect(() => checkDirectFormat("here", format)).toThrow("here: the policy's factorize is");
  }
});
