import { cgnr } from "@slam/cgnr";
import { OptionError } from "@slam/errors";
import { fp64, operationFormat } from "@slam/float";
import { describe, expect, test } from "vitest";
import { dense, newSpace, norm } from "./systems.ts";

const space = newSpace(operationFormat(fp64));
/** Singular values from 1 to 100. */
const SIZES = Array.from({ length: 12 }, (_, j) => 100 ** (j / 11));
const A = dense(
  space,
  SIZES.map((size, j) => SIZES.map((_, k) => (k === j ? size : 0))),
);
const b = Float64Array.from(SIZES, (_, j) => 1 + (j % 3));
const d = Float64Array.from(SIZES, (_, j) => 0.5 * (j % 2));
const options = { rtol: 0, damping: d };

/** x'(A'A + D) x / 2 - x'A'b */
function modelAt(x: Float64Array): number {
  return SIZES.reduce((sum, size, j) => sum + 0.5 * (size * size + d[j]) * x[j] * x[j] - x[j] * size * b[j], 0);
}

/** Q_0, Q_1, ... by the iterates themselves. */
function models(guess: Float64Array): readonly number[] {
  return Array.from({ length: 20 }, (_, n) => {
    const x = guess.slice();
    cgnr(A, { b }, x, { ...options, maxIterations: n });
    return modelAt(x);
  });
}

describe.each([
  ["from zero", new Float64Array(12)],
  ["from a guess", Float64Array.from(SIZES, (size, j) => (j % 4) / size)],
] as const)("%s", (_, guess) => {
  test.each([0.5, 0.1, 0.03])("ends where a step wins no more than %d of what those before won on average", (qTolerance) => {
    const Q = models(guess);
    const expected = Q.findIndex((value, n) => n > 0 && n * (Q[n - 1] - value) <= qTolerance * (Q[0] - value));
    const [x, y] = [guess.slice(), guess.slice()];

    const report = cgnr(A, { b }, x, { ...options, qTolerance });
    cgnr(A, { b }, y, { ...options, maxIterations: expected });

    expect(report).toMatchObject({ termination: "tolerance-met", iterations: expected });
    expect(report.message).toMatch(/the last won .* of the model's decrease$/);
    expect(expected).toBeGreaterThan(1);
    expect(expected).toBeLessThan(19);
    expect(x).toEqual(y);
  });
});

test("the residual may end a solve before it", () => {
  const x = new Float64Array(12);

  const report = cgnr(A, { b }, x, { rtol: 0.9, damping: d, qTolerance: 1e-12 });

  expect(report.message).toContain("|A'b|");
  expect(report.relativeResidual).toBeLessThanOrEqual(0.9);
  expect(norm([...x])).toBeGreaterThan(0);
});

test("a tolerance below zero is none", () => {
  expect(() => cgnr(A, { b }, new Float64Array(12), { qTolerance: -0.1 })).toThrow(OptionError);
});
