import { type AnyPrecision, fp64, operationFormat, type Vec } from "@slam/float";
import { type LinearOperator, type Preconditioner, vectorSpace, Work } from "@slam/linop";
import { expectClose, inverse, product } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schurOperator } from "../src/schur-operator.ts";
import { sideBySide } from "../src/side-by-side.ts";

const space = vectorSpace<AnyPrecision>(operationFormat<AnyPrecision>(fp64), { events: { overflows: 0, flushed: 0 }, work: new Work() });
const vector = (n: number): Vec<AnyPrecision> => space.zeros(n);

function dense(rows: number, cols: number, a: Float64Array): LinearOperator<AnyPrecision> {
  const into = (y: Vec<AnyPrecision>, values: Float64Array): void => (y as unknown as Float64Array).set(values);
  return {
    rows,
    cols,
    space,
    storage: "fp64",
    multiply: (x, y) => into(y, product(a, x as unknown as Float64Array, cols)),
    multiplyTransposed: (x, y) => into(y, product(transposed(a, rows, cols), x as unknown as Float64Array, rows)),
  };
}

function transposed(a: Float64Array, rows: number, cols: number): Float64Array {
  return a.map((_, at) => a[(at % rows) * cols + Math.floor(at / rows)]);
}

const ROWS = 9;
const CAMERAS = 3;
const POINTS = 2;
const entries = (n: number) => fc.array(fc.integer({ min: -8, max: 8 }), { minLength: n, maxLength: n }).map((xs) => Float64Array.from(xs));
const drawn = fc.tuple(entries(ROWS * CAMERAS), entries(ROWS * POINTS), entries(POINTS), entries(CAMERAS), entries(ROWS + POINTS));

describe("schurOperator", () => {
  test("has the Schur complement for A'A, its transpose, and both in one pass", () => {
    fc.assert(
      fc.property(drawn, fc.boolean(), ([jc, jp, d, x, y], isDamped) => {
        const squares = isDamped ? d.map((v) => v * v) : new Float64Array(POINTS);
        const V = product(transposed(jp, ROWS, POINTS), jp, ROWS);
        for (let i = 0; i < POINTS; i++) V[i * (POINTS + 1)] += squares[i];
        fc.pre(Math.abs(V[0] * V[3] - V[1] * V[2]) > 1);
        const Vi = inverse(V, POINTS);
        const M: Preconditioner<AnyPrecision> = {
          size: POINTS,
          space,
          storage: "fp64",
          apply: (r, z) => (z as unknown as Float64Array).set(product(Vi, r as unknown as Float64Array, POINTS)),
        };
        const roots = isDamped ? d.map(Math.abs) : undefined;
        const workspace = { row: vector(ROWS), right: vector(POINTS), point: vector(POINTS) };
        const A = schurOperator(dense(ROWS, CAMERAS, jc), dense(ROWS, POINTS, jp), M, roots as unknown as Vec<AnyPrecision>, workspace);
        const W = product(transposed(jc, ROWS, CAMERAS), jp, ROWS);
        const S = product(transposed(jc, ROWS, CAMERAS), jc, ROWS);
        const WVW = product(product(W, Vi, POINTS), transposed(W, CAMERAS, POINTS), POINTS);
        const expected = product(
          S.map((v, i) => v - WVW[i]),
          x,
          CAMERAS,
        );
        const [q, w, p, t] = [vector(ROWS + POINTS), vector(CAMERAS), vector(ROWS + POINTS), vector(CAMERAS)].map(
          (v) => v as unknown as Float64Array,
        );
        const as = (v: Float64Array): Vec<AnyPrecision> => v as unknown as Vec<AnyPrecision>;
        A.multiplyNormal?.(as(x), as(q), as(w));
        A.multiply(as(x), as(p));
        A.multiplyTransposed(as(p), as(t));

        expect(p).toEqual(q);
        expectClose(w, expected, 1e-10);
        expectClose(t, expected, 1e-10);
        // <A x, y> = <x, A'y>
        A.multiplyTransposed(as(y), as(t));
        expectClose([dot(p, y)], [dot(x, t)], 1e-9);
      }),
    );
  });
});

test("sideBySide multiplies with [A B], and has its transpose", () => {
  const row = vector(2);
  const A = sideBySide([dense(2, 2, Float64Array.of(1, 2, 3, 4)), dense(2, 1, Float64Array.of(5, 6))], row);
  const [y, x] = [new Float64Array(2), new Float64Array(3)];
  A.multiply(Float64Array.of(1, 1, 1) as unknown as Vec<AnyPrecision>, y as unknown as Vec<AnyPrecision>);
  A.multiplyTransposed(Float64Array.of(1, 10) as unknown as Vec<AnyPrecision>, x as unknown as Vec<AnyPrecision>);

  expect([...y]).toEqual([8, 13]);
  expect([...x]).toEqual([31, 42, 65]);
});

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, v, i) => sum + v * y[i], 0);
}
