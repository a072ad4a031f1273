import { type FP64, fp64, operationFormat } from "@slam/float";
import { expect, test } from "vitest";
import { type LinearOperator, multiplyNormal, vectorSpace, Work } from "../src/index.ts";

/** [1 2; 3 4; 5 6], and how it was asked. */
function matrix(asked: string[]): LinearOperator<FP64> {
  const rows = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  return {
    rows: 3,
    cols: 2,
    space: vectorSpace(operationFormat(fp64), { events: { overflows: 0, flushed: 0 }, work: new Work() }),
    storage: "fp64",
    multiply: (x, y) => {
      asked.push("A x");
      for (const [i, [a, b]] of rows.entries()) y[i] = a * x[0] + b * x[1];
    },
    multiplyTransposed: (x, y) => {
      asked.push("A'x");
      for (let j = 0; j < 2; j++) y[j] = rows.reduce((sum, row, i) => sum + row[j] * x[i], 0);
    },
  };
}

test("A'A x takes two products, or the operator's one pass", () => {
  const asked: string[] = [];
  const A = matrix(asked);
  const onePass: LinearOperator<FP64> = {
    ...A,
    multiplyNormal: (_, q, w) => {
      asked.push("A'A x");
      q.fill(-1);
      w.fill(-2);
    },
  };
  const [q, w] = [new Float64Array(3), new Float64Array(2)];

  multiplyNormal(A, Float64Array.of(1, 10), q, w);
  expect([[...q], [...w]]).toEqual([
    [21, 43, 65],
    [21 + 129 + 325, 42 + 172 + 390],
  ]);
  multiplyNormal(onePass, Float64Array.of(1, 10), q, w);

  expect([[...q], [...w]]).toEqual([
    [-1, -1, -1],
    [-2, -2],
  ]);
  expect(asked).toEqual(["A x", "A'x", "A'A x"]);
});
