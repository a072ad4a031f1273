import { cgnr } from "@slam/cgnr";
import { type AnyPrecision, bf16, fp16, fp32, fp64, operationFormat, unpack } from "@slam/float";
import { describe, expect, test } from "vitest";
import { dense, diagonal, newSpace, norm, trueResidual, vector, withSingularValues } from "./systems.ts";

const wide = newSpace(operationFormat(fp64));
const single = newSpace(operationFormat(fp32));

const A = withSingularValues(Array.from({ length: 12 }, (_, i) => 1 + i / 4));
const b = Float64Array.from({ length: 12 }, (_, i) => Math.cos(i));
const d = Float64Array.from({ length: 12 }, (_, i) => 0.1 + 0.01 * i);
const g = Float64Array.from(trueResidual(A, b, new Float64Array(12)));

describe.each<{ readonly name: string; readonly M: AnyPrecision; readonly rtol: number }>([
  { name: "fp16", M: fp16, rtol: 1e-5 },
  { name: "bf16", M: bf16, rtol: 1e-5 },
])("with A stored in $name and an fp64 exact system", ({ M, rtol }) => {
  const stored = dense(single, A, M);
  const start = () => single.zeros(12);
  const error = (x: Float32Array): number => norm(trueResidual(A, b, x)) / norm([...g]);

  test("the recurrence meets a tolerance that the true residual does not", () => {
    const x = start();

    const report = cgnr(stored, { g: Float32Array.from(g) }, x, { rtol });

    expect(report.termination).toBe("tolerance-met");
    expect(error(x)).toBeGreaterThan(10 * rtol);
  });

  test("the true residual reaches it and is verified", () => {
    const x = start();

    const report = cgnr(stored, { g: Float32Array.from(g) }, x, { rtol, exact: { A: dense(wide, A), g } });

    expect(report.termination).toBe("verified");
    expect(error(x)).toBeLessThanOrEqual(1.01 * rtol);
    expect(Math.abs(report.relativeResidual - error(x))).toBeLessThanOrEqual(0.01 * rtol);
  });

  test("so it does with damping, and from a guess", () => {
    const x = start().fill(0.5);

    const damping = Float32Array.from(d);
    const report = cgnr(stored, { g: Float32Array.from(g) }, x, { rtol, damping, exact: { A: dense(wide, A), g, damping: d } });

    expect(report.termination).toBe("verified");
    expect(norm(trueResidual(A, b, x, d)) / norm([...g])).toBeLessThanOrEqual(1.01 * rtol);
  });
});

test("from the solution of the exact system no step is taken", () => {
  const system = { A: dense(wide, A), g };
  const solution = wide.zeros(12);
  cgnr(system.A, { g }, solution, { rtol: 1e-12 });

  const report = cgnr(dense(single, A, bf16), { g: Float32Array.from(g) }, Float32Array.from(solution), { rtol: 1e-5, exact: system });

  expect(report).toMatchObject({ termination: "verified", iterations: 0 });
});

test("fp32 iterates reach what fp32 alone does not", () => {
  const [x, y] = [single.zeros(12), single.zeros(12)];
  const ill = withSingularValues(Array.from({ length: 12 }, (_, i) => 2 ** (i / 2)));
  const right = Float64Array.from(trueResidual(ill, b, new Float64Array(12)));
  const error = (v: Float32Array): number => norm(trueResidual(ill, b, v)) / norm([...right]);

  cgnr(dense(single, ill), { g: Float32Array.from(right) }, x, { rtol: 1e-6 });
  const report = cgnr(dense(single, ill), { g: Float32Array.from(right) }, y, { rtol: 1e-6, exact: { A: dense(wide, ill), g: right } });

  expect(report.termination).toBe("verified");
  expect(error(x)).toBeGreaterThan(1e-6);
  expect(error(y)).toBeLessThanOrEqual(1.01e-6);
});

test("a system that is its own exact one is verified where it would have ended", () => {
  const [x, y] = [wide.zeros(12), wide.zeros(12)];
  const operator = dense(wide, A);

  const alone = cgnr(operator, { g }, x, { rtol: 1e-8 });
  const verified = cgnr(operator, { g }, y, { rtol: 1e-8, exact: { A: operator, g } });

  expect(verified).toMatchObject({ termination: "verified", iterations: alone.iterations });
  expect(y).toEqual(x);
});

test("an exact system that is another one ends in stagnation", () => {
  const tripled = dense(
    wide,
    A.map((row) => row.map((x) => 3 * x)),
  );

  const report = cgnr(dense(single, A), { g: Float32Array.from(g) }, single.zeros(12), { rtol: 1e-3, exact: { A: tripled, g } });

  expect(report.termination).toBe("stagnated");
  expect(report.relativeResidual).toBeGreaterThan(1);
});

test("a true residual that the format of the iteration flushes is not verified", () => {
  const half = newSpace(operationFormat(fp16));
  const x = half.zeros(1);
  const right = 2 ** -10 + 2 ** -30;

  const report = cgnr(dense(half, [[1]]), { g: vector(half, [right]) }, x, {
    rtol: 1e-8,
    exact: { A: dense(wide, [[1]]), g: Float64Array.of(right) },
  });

  expect(report.termination).toBe("breakdown");
  expect(unpack(fp16, x)).toEqual(Float64Array.of(2 ** -10));
  expect(half.events).toEqual({ overflows: 0, flushed: 1 });
});

test("a true residual that the format of the iteration cannot hold is non-finite", () => {
  const half = newSpace(operationFormat(fp16));
  const x = half.zeros(2);
  const exact = { A: dense(wide, diagonal([1, 1])), g: Float64Array.of(1e6, 1) };

  const report = cgnr(dense(half, diagonal([1, 1])), { g: vector(half, [1, 1]) }, x, { exact });

  expect(report.termination).toBe("non-finite");
  expect(unpack(fp16, x)).toEqual(Float64Array.of(1, 1));
  expect(half.events.overflows).toBe(1);
});

test("residuals may be computed in a narrower format: x is rounded to it", () => {
  const x = wide.zeros(12);
  const exact = { A: dense(single, A), g: Float32Array.from(g) };

  const report = cgnr(dense(wide, A), { g }, x, { rtol: 1e-4, exact });

  expect(report.termination).toBe("verified");
});
