import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columns, dot, expectWithin, type LinearMap, linearityLaw, magnitudes, vectors } from "./linear-map.ts";

/** What the laws need of z = M^-1 r; vectors cross as plain numbers, whatever they are stored in. */
export interface SymmetricMap {
  readonly name: string;
  readonly size: number;
  readonly apply: LinearMap;
  /** To the format of its vectors. */
  readonly round: (x: number) => number;
}

/**
 * Linearity, symmetry and positivity.
 *
 * @param tolerance bound on the error of M^-1 r relative to |M^-1| |r|; less than the reciprocal of M's condition.
 */
export function preconditionerLaws(M: SymmetricMap, tolerance: number): void {
  const { size, apply, round } = M;
  const vector = vectors(size, round);

  describe(`${M.name} is a preconditioner`, () => {
    test("that takes zero to zero", () => {
      expect(apply(new Float64Array(size))).toEqual(new Float64Array(size));
    });

    linearityLaw("that is linear", apply, size, round, tolerance);

    test("that is symmetric", () => {
      const inverse = columns(apply, size);
      fc.assert(
        fc.property(vector, vector, (r, s) => {
          const scale = dot(magnitudes(inverse, size, r), s.map(Math.abs));
          expectWithin(dot(apply(r), s), dot(r, apply(s)), 2 * tolerance * scale);
        }),
      );
    });

    test("that is positive definite", () => {
      fc.assert(
        fc.property(
          vector.filter((r) => r.some((ri) => ri !== 0)),
          (r) => {
            expect(dot(apply(r), r)).toBeGreaterThan(0);
          },
        ),
      );
    });
  });
}
