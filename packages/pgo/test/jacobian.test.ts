import { fp16, fp32, fp64, pack } from "@slam/float";
import { bsrMatrix, bsrPattern } from "@slam/sparse";
import { describe, expect, test } from "vitest";
import { BsrJacobian } from "../src/jacobian.ts";

/** [1 2 0; 3 4 0; 0 5 6], the third row a block row of its own. */
const pattern = bsrPattern({
  blockRows: 3,
  blockCols: 3,
  r: 1,
  c: 1,
  rowPtr: Int32Array.of(0, 2, 4, 6),
  colIdx: Int32Array.of(0, 1, 0, 1, 1, 2),
});
const values = [1, 2, 3, 4, 5, 6];

describe.each([fp64, fp32, fp16])("a Jacobian in $name", (P: typeof fp64 | typeof fp32 | typeof fp16) => {
  const J = new BsrJacobian(bsrMatrix(pattern, P, pack<typeof P>(P, values)));

  test("multiplies", () => {
    const y = new Float64Array(3);

    J.multiply(Float64Array.of(1, 10, 100), y);

    expect(y).toEqual(Float64Array.of(21, 43, 650));
  });

  test("gives the gradient J'r", () => {
    const g = new Float64Array(3);

    J.gradient(Float64Array.of(1, 10, 100), fp64, g);

    expect(g).toEqual(Float64Array.of(31, 542, 600));
  });

  test("gives the diagonal of J'J", () => {
    expect(J.columnSquares()).toEqual(Float64Array.of(10, 45, 36));
  });
});

test.each([fp64, fp32, fp16])(
  "rows are scaled in place, each entry rounded once, in $name",
  (P: typeof fp64 | typeof fp32 | typeof fp16) => {
    const J = new BsrJacobian(bsrMatrix(pattern, P, pack<typeof P>(P, values)));
    const y = new Float64Array(3);

    J.scaleRows(Float64Array.of(2, 1 / 3, 0));
    J.multiply(Float64Array.of(1, 0, 0), y);

    expect(y).toEqual(Float64Array.of(2, P.round(3 * (1 / 3)), 0));
    J.multiply(Float64Array.of(0, 1, 1), y);
    expect(y).toEqual(Float64Array.of(4, P.round(4 / 3), 0));
  },
);

describe("a gradient in narrow arithmetic", () => {
  const J = new BsrJacobian(bsrMatrix(pattern, fp16, pack(fp16, values)));

  test("rounds every operation: 3 x 2049/2048 is 3 in fp16", () => {
    const g = new Float64Array(3);

    J.gradient(Float64Array.of(0, 2049, 0), fp16, g);

    expect(g).toEqual(Float64Array.of(3 * 2048, 4 * 2048, 0));
  });

  test("does not overflow, however large the residuals", () => {
    const g = new Float64Array(3);

    J.gradient(Float64Array.of(2 ** 40, 2 ** 41, -(2 ** 40)), fp16, g);

    expect(g).toEqual(Float64Array.of(7 * 2 ** 40, 5 * 2 ** 40, -6 * 2 ** 40));
  });

  test("of zero residuals is zero", () => {
    const g = new Float64Array(3).fill(1);

    J.gradient(new Float64Array(3), fp16, g);

    expect(g).toEqual(new Float64Array(3));
  });
});
