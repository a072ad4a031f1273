import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DoglegPath } from "../src/dogleg-path.ts";
import { DenseJacobian, DenseSolver } from "./dense.ts";

/** The path of r = -b at J, in lengths of diag(J'J), and what its model says. */
function pathOf(rows: readonly (readonly number[])[], b: readonly number[]) {
  const J = new DenseJacobian(rows);
  const g = new Float64Array(rows[0].length);
  J.gradient(
    Float64Array.from(b, (bi) => -bi),
    fp64,
    g,
  );
  const weights = J.columnSquares();
  const solver = new DenseSolver();
  solver.factor(J, undefined);
  const gaussNewton = new Float64Array(g.length);
  solver.solve(g, gaussNewton, 0, false);
  const along = g.map((gj, j) => -gj / weights[j]);
  const image = new Float64Array(rows.length);
  J.multiply(along, image);
  const square = (v: Float64Array): number => v.reduce((sum, x) => sum + x * x, 0);
  const t = g.reduce((sum, gj, j) => sum - gj * along[j], 0) / square(image);
  const cauchy = along.map((d) => t * d);
  const costAfter = (p: Float64Array): number => {
    J.multiply(p, image);
    return square(image.map((y, i) => y - b[i]));
  };
  const lengthOf = (p: Float64Array): number => Math.sqrt(p.reduce((sum, x, j) => sum + weights[j] * x * x, 0));
  return { path: new DoglegPath(weights, cauchy, gaussNewton), cauchy, gaussNewton, costAfter, lengthOf };
}

function pointAt(path: DoglegPath, radius: number, cols: number): Float64Array {
  const p = new Float64Array(cols);
  path.at(radius, p);
  return p;
}

describe("a path from (2, 0), the Cauchy point, to (2, 3), in lengths where the second unknown counts twice", () => {
  const path = new DoglegPath(Float64Array.of(1, 4), Float64Array.of(2, 0), Float64Array.of(2, 3));

  test.each([
    [0, [0, 0]],
    [1, [1, 0]],
    [2, [2, 0]],
    // 4 + 4 y^2
    [Math.sqrt(8), [2, 1]],
    [Math.sqrt(20), [2, 2]],
    [Math.sqrt(40), [2, 3]],
    [Number.POSITIVE_INFINITY, [2, 3]],
  ])("at %d", (radius, expected) => {
    const p = new Float64Array(2);

    const length = path.at(radius, p);

    expectClose(p, expected, tolerance(fp64, 4));
    expectClose([length], [Math.min(radius, Math.sqrt(40))], tolerance(fp64, 4));
  });
});

test("goes straight to the Gauss-Newton point where there is no Cauchy point", () => {
  const path = new DoglegPath(Float64Array.of(1, 1), Float64Array.of(0, 0), Float64Array.of(3, 4));

  expectClose(pointAt(path, 2.5, 2), [1.5, 2], tolerance(fp64, 4));
});

test("within a Gauss-Newton point that is nearer than Cauchy's, goes along steepest descent", () => {
  const path = new DoglegPath(Float64Array.of(1, 1), Float64Array.of(8, 0), Float64Array.of(0, 4));

  expectClose(pointAt(path, 2, 2), [2, 0], tolerance(fp64, 4));
  expectClose(pointAt(path, 4, 2), [0, 4], 0);
});

describe("for any J of full rank", () => {
  const entry = fc.integer({ min: -8, max: 8 });
  const anyRows = fc.array(fc.tuple(entry, entry, entry), { minLength: 1, maxLength: 5 });
  const anyRight = fc.array(entry, { minLength: 8, maxLength: 8 });
  const full = (drawn: readonly (readonly number[])[]): (readonly number[])[] => [...drawn, [1, 0, 0], [0, 1, 0], [0, 0, 1]];
  const slack = 1 + tolerance(fp64, 1024);

  test("ends in the Gauss-Newton point and goes through Cauchy's", () => {
    fc.assert(
      fc.property(anyRows, anyRight, (drawn, b) => {
        const rows = full(drawn);
        const { path, cauchy, gaussNewton, lengthOf } = pathOf(rows, b.slice(0, rows.length));
        fc.pre(path.length > 0);

        expect([...pointAt(path, path.length, 3)]).toEqual([...gaussNewton]);
        expectClose(pointAt(path, Math.min(path.cauchyLength, path.length), 3), cauchy, lengthOf(cauchy) * tolerance(fp64, 1024));
        expect(path.cauchyLength).toBeLessThanOrEqual(path.length * slack);
      }),
    );
  });

  test("is no longer than the radius, and the model falls all the way", () => {
    fc.assert(
      fc.property(anyRows, anyRight, (drawn, b) => {
        const rows = full(drawn);
        const right = b.slice(0, rows.length);
        const { path, costAfter, lengthOf } = pathOf(rows, right);
        fc.pre(path.length > 0);
        let before = costAfter(new Float64Array(3));
        const rounding = before * tolerance(fp64, 1024);

        for (let k = 1; k <= 16; k++) {
          const radius = (k / 16) * path.length;
          const p = pointAt(path, radius, 3);
          expect(lengthOf(p)).toBeLessThanOrEqual(radius * slack);
          expect(costAfter(p)).toBeLessThanOrEqual(before + rounding);
          before = costAfter(p);
        }
      }),
    );
  });
});
