import { fp64, tolerance } from "@slam/float";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eigenOf, nearestSemidefinite, trianglePlace } from "../../src/lint/information.ts";
import { lintG2o, lintToro } from "../../src/lint/lint.ts";
import { isSemidefinite } from "../../src/whitening.ts";
import { ascii, textOf } from "../io/ascii.ts";
import { chain, edge, fileOf, found, namesOf, repaired } from "./linted.ts";

const solid = (information: string, from: number = 0): string => `EDGE_SE3:QUAT ${from} ${from + 1} 1 0 0 0 0 0 1 ${information}`;

/**
 * 6 x 6 with the diagonal `d`, and c at (x, qy), the only entry of the translation-rotation block B: definite if c^2 < d_x d_qy; with B transposed
 * the entry stands at (y, qx), and that asks for c^2 < d_y d_qx.
 */
function single([x, y, z, qx, qy, qz]: readonly number[], c: number): string {
  return `${x} 0 0 0 ${c} 0 ${y} 0 0 0 0 ${z} 0 0 0 ${qx} 0 0 ${qy} 0 ${qz}`;
}

const transposedSingle = ([x, y, z, qx, qy, qz]: readonly number[], c: number): string =>
  `${x} 0 0 0 0 0 ${y} 0 ${c} 0 0 ${z} 0 0 0 ${qx} 0 0 ${qy} 0 ${qz}`;

describe("transposed-block", () => {
  const diagonal = [1, 4, 1, 4, 1, 1];

  test("an indefinite matrix that is definite transposed", () => {
    const { findings } = lintG2o(ascii(fileOf([solid(single(diagonal, 2))])));

    expect(findings.map(({ rule, line, message }) => [rule, line, message])).toEqual([
      [
        "transposed-block",
        1,
        "information of 0 -> 1 has the eigenvalue -1, and none below 0 with its translation-rotation block transposed",
      ],
    ]);
    expect(repaired(solid(single(diagonal, 2)))).toEqual([solid(transposedSingle(diagonal, 2))]);
  });

  test("takes with it what is definite either way", () => {
    const either = [single([4, 4, 4, 4, 4, 4], 1), transposedSingle([4, 4, 4, 4, 4, 4], 1)] as const;

    expect(found(solid(single(diagonal, 2)), solid(either[0], 1))).toEqual(["transposed-block 1", "transposed-block 2"]);
    expect(repaired(solid(single(diagonal, 2)), solid(either[0], 1))[1]).toBe(solid(either[1], 1));
    expect(found(solid(either[0]))).toEqual([]);
  });

  test("unless another matrix proves the contrary", () => {
    const right = solid(transposedSingle(diagonal, 2), 1);
    const either = solid(single([4, 4, 4, 4, 4, 4], 1), 2);

    expect(found(solid(single(diagonal, 2)), right, either)).toEqual(["transposed-block 1"]);
  });

  test("not what is indefinite either way", () => {
    expect(found(solid(single([1, 1, 1, 1, 1, 1], 2)))).toEqual(["indefinite-information 1"]);
  });

  test("not where the block is symmetric", () => {
    expect(found(solid("1 0 0 2 0 0 1 0 0 0 0 1 0 0 0 1 0 0 1 0 1"))).toEqual(["indefinite-information 1"]);
  });

  test("in TORO files, too", () => {
    expect(namesOf(lintToro(ascii(`EDGE3 0 1 1 0 0 0 0 0 ${single(diagonal, 2)}\n`)))).toEqual(["transposed-block 1"]);
  });
});

describe("information-order", () => {
  test("TORO's order under EDGE_SE2", () => {
    const lines = [...chain(3), edge(0, 1, "4 0 5 9 0 0"), edge(1, 2, "4 1 5 9 0.5 0.25")];

    expect(found(...lines)).toEqual(["information-order 4", "information-order 5"]);
    expect(repaired(...lines).slice(3)).toEqual([edge(0, 1, "4 0 0 5 0 9"), edge(1, 2, "4 1 0.5 5 0.25 9")]);
  });

  test("g2o's order under EDGE2", () => {
    const text = "EDGE2 0 1 1 0 0 4 1 0.5 5 0.25 9\n";

    expect(namesOf(lintToro(ascii(text)))).toEqual(["information-order 1"]);
    expect(textOf(lintToro(ascii(text)).repaired())).toBe("EDGE2 0 1 1 0 0 4 1 5 9 0.5 0.25\n");
  });

  test("not where a matrix is right in its own order only", () => {
    expect(found(...chain(3), edge(0, 1, "4 0 5 9 0 0"), edge(1, 2), edge(0, 2))).toEqual(["indefinite-information 4"]);
  });
});

describe("indefinite-information", () => {
  test("eigenvalues below zero are raised to zero", () => {
    // [1 2; 2 1] = 3 [1 1]'[1 1] / 2 - [1 -1]'[1 -1] / 2
    const lines = [...chain(2), edge(0, 1, "1 2 0 1 0 9")];

    expect(found(...lines)).toEqual(["indefinite-information 3"]);
    const numbers = repaired(...lines)[2]!
      .split(" ")
      .slice(6)
      .map(Number);
    [1.5, 1.5, 0, 1.5, 0, 9].forEach((value, i) => {
      expect(Math.abs(numbers[i]! - value)).toBeLessThanOrEqual(9 * tolerance(fp64, 9));
    });
  });

  test("a negative definite matrix becomes zero", () => {
    expect(found(...chain(2), edge(0, 1, "-1 0 0 -2 0 -3"))).toEqual(["indefinite-information 3", "zero-information 3"]);
    expect(repaired(...chain(2), edge(0, 1, "-1 0 0 -2 0 -3"))[2]).toBe(edge(0, 1, "0 0 0 0 0 0"));
  });

  test("a singular one is none", () => {
    expect(found(...chain(2), edge(0, 1, "1 1 0 1 0 0"))).toEqual([]);
  });
});

const exponent = fc.integer({ min: -150, max: 150 });
const triangleOf = (dof: number): fc.Arbitrary<Float64Array> =>
  fc
    .tuple(
      exponent,
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: (dof * (dof + 1)) / 2, maxLength: (dof * (dof + 1)) / 2 }),
    )
    .map(([power, values]) => Float64Array.from(values, (value) => value * 10 ** power));

describe.each([3, 6])("nearestSemidefinite with %i rows", (dof) => {
  test("solvers take it, whatever the scale", () => {
    fc.assert(
      fc.property(triangleOf(dof), (triangle) => {
        expect(isSemidefinite(nearestSemidefinite(triangle, dof), dof)).toBe(true);
      }),
    );
  });

  test("solvers take it where it is of subnormal numbers", () => {
    const triangle = new Float64Array((dof * (dof + 1)) / 2);
    triangle[1] = -9.207283868723096e-309;
    triangle[dof] = -2.0032990965040044e-307;

    expect(isSemidefinite(nearestSemidefinite(triangle, dof), dof)).toBe(true);
  });

  test("changes a definite matrix by rounding only, and no matrix by more than its negative eigenvalues", () => {
    fc.assert(
      fc.property(triangleOf(dof), (triangle) => {
        const nearest = nearestSemidefinite(triangle, dof);

        const { values } = eigenOf(triangle, dof);
        const scale = Math.max(-values[0]!, values[dof - 1]!) || 1;
        const negative = Math.hypot(...values.map((value) => Math.min(value, 0) / scale));
        let squared = 0;
        for (let i = 0; i < dof; i++) {
          for (let j = i; j < dof; j++) {
            const at = trianglePlace(i, j, dof);
            squared += (i === j ? 1 : 2) * ((nearest[at]! - triangle[at]!) / scale) ** 2;
          }
        }
        expect(Math.abs(Math.sqrt(squared) - negative)).toBeLessThanOrEqual(tolerance(fp64, dof * dof, 16));
      }),
    );
  });
});
