import { type FP64, fp64, operationFormat } from "@slam/float";
import { type LinearOperator, type OperationSeconds, timedOperator, timedPreconditioner, vectorSpace, Work } from "@slam/linop";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const space = vectorSpace(operationFormat(fp64), { events: { overflows: 0, flushed: 0 }, work: new Work() });
let now = 0;

beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A = [2; 3], whose products take 1, 20, 300 and 4000 ms. */
const column: Required<LinearOperator<FP64>> = {
  rows: 2,
  cols: 1,
  space,
  storage: "fp64",
  multiply(x, y) {
    now += 1;
    y.set([2 * x[0], 3 * x[0]]);
  },
  multiplyTransposed(x, y) {
    now += 20;
    y[0] = 2 * x[0] + 3 * x[1];
  },
  multiplyNormal(x, q, w) {
    now += 300;
    q.set([2 * x[0], 3 * x[0]]);
    w[0] = 13 * x[0];
  },
  applyNormal(x, d, w) {
    now += 4000;
    w[0] = (13 + (d?.[0] ?? 0)) * x[0];
    return x[0] * w[0];
  },
};

describe("an operator that is timed", () => {
  test("has the products of the one it times, and adds up what they take", () => {
    const seconds: OperationSeconds = { matvec: 1 };
    const A = timedOperator(column, "matvec", seconds);
    const [x, y, q, g, w, v] = [Float64Array.of(2), space.zeros(2), space.zeros(2), space.zeros(1), space.zeros(1), space.zeros(1)];

    A.multiply(x, y);
    A.multiplyTransposed(y, g);
    A.multiplyNormal!(x, q, w);
    const square = A.applyNormal!(x, Float64Array.of(1), v);

    expect([A.rows, A.cols, A.storage, A.space]).toEqual([2, 1, "fp64", space]);
    expect([[...y], [...g], [...q], [...w], [...v], square]).toEqual([[4, 6], [26], [4, 6], [26], [28], 56]);
    expect(seconds.matvec).toBeCloseTo(1 + 4.321, 12);
  });

  test("has no product in one pass where the other one has none", () => {
    const { multiplyNormal: _, applyNormal: __, ...plain } = column;

    const A = timedOperator(plain, "residual", {});

    expect(Object.keys(A).sort()).toEqual(["cols", "multiply", "multiplyTransposed", "rows", "space", "storage"]);
  });
});

test("a preconditioner that is timed adds up what its applications take", () => {
  const seconds: OperationSeconds = {};
  const halves = {
    size: 1,
    space,
    storage: "fp64",
    apply(r: Float64Array, z: Float64Array): void {
      now += 500;
      z[0] = r[0] / 2;
    },
  };
  const M = timedPreconditioner<FP64>(halves, seconds);
  const z = space.zeros(1);

  M.apply(Float64Array.of(3), z);
  M.apply(z.slice() as Float64Array, z);

  expect([z[0], M.size, M.storage]).toEqual([0.75, 1, "fp64"]);
  expect(seconds).toEqual({ precondition: 1 });
});
