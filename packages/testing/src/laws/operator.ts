import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columns, dot, expectWithin, type LinearMap, linearityLaw, magnitudes, vectors } from "./linear-map.ts";

/** What the laws need of a linear map and its transpose; vectors cross as plain numbers, whatever they are stored in. */
export interface Operator {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly multiply: LinearMap;
  readonly multiplyTransposed: LinearMap;
  /** To the format of its vectors. */
  readonly round: (x: number) => number;
}

/**
 * Linearity, and <A x, y> = <x, A' y>.
 *
 * @param tolerance bound on the error of a product relative to |A| |x|, the rounding of its result included.
 */
export function operatorLaws(A: Operator, tolerance: number): void {
  const { rows, cols, round } = A;

  describe(`${A.name} is an operator`, () => {
    test("that takes zero to zero", () => {
      expect(A.multiply(new Float64Array(cols))).toEqual(new Float64Array(rows));
      expect(A.multiplyTransposed(new Float64Array(rows))).toEqual(new Float64Array(cols));
    });

    test("whose transpose has its entries", () => {
      const byColumn = columns(A.multiply, cols);
      const byRow = columns(A.multiplyTransposed, rows);
      for (let i = 0; i < rows; i++) expect(byRow[i]).toEqual(Float64Array.from(byColumn, (column) => column[i]));
    });

    linearityLaw("that is linear", A.multiply, cols, round, tolerance);
    linearityLaw("whose transpose is linear", A.multiplyTransposed, rows, round, tolerance);

    test("with <A x, y> = <x, A' y>", () => {
      const byColumn = columns(A.multiply, cols);
      fc.assert(
        fc.property(vectors(cols, round), vectors(rows, round), (x, y) => {
          const size = dot(magnitudes(byColumn, rows, x), y.map(Math.abs));
          expectWithin(dot(A.multiply(x), y), dot(x, A.multiplyTransposed(y)), 2 * tolerance * size);
        }),
      );
    });
  });
}
