import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { expectClose, expectSameBits } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../src/graph.ts";
import { squareRootInformation } from "../src/whitening.ts";

/** Edges between the poses with ids 7 and 9. */
function withInformation(dimension: 2 | 3, information: readonly number[]): PoseGraph {
  const edges = information.length / (dimension === 2 ? 6 : 21);
  const size = dimension === 2 ? 3 : 7;
  return {
    dimension,
    ids: Float64Array.of(7, 9),
    poses: new Float64Array(2 * size),
    known: new Uint8Array(2),
    from: new Int32Array(edges),
    to: new Int32Array(edges).fill(1),
    measurements: new Float64Array(edges * size),
    information: Float64Array.from(information),
    fixed: new Int32Array(0),
  };
}

/** The upper triangle of A'A, for A with `rows` rows of 6. */
function gram(A: readonly number[], rows: number): number[] {
  const upper: number[] = [];
  for (let i = 0; i < 6; i++) {
    for (let j = i; j < 6; j++) {
      let sum = 0;
      for (let k = 0; k < rows; k++) sum += A[6 * k + i] * A[6 * k + j];
      upper.push(sum);
    }
  }
  return upper;
}

/** 6 x 6, from its upper triangle. */
function full(upper: Float64Array): number[] {
  const rows = [0, 6, 11, 15, 18, 20];
  return Array.from({ length: 36 }, (_, k) =>
    k % 6 < Math.floor(k / 6) ? 0 : upper[rows[Math.floor(k / 6)] + (k % 6) - Math.floor(k / 6)],
  );
}

/** What it gives, or says. */
function attempt<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    return (error as Error).message;
  }
}

const entries = (n: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: n, maxLength: n });

describe("squareRootInformation", () => {
  test("of diag(4, 9, 16) is diag(2, 3, 4), brought below 2 by a quarter", () => {
    const { whitening, costScale } = squareRootInformation(withInformation(2, [4, 0, 0, 9, 0, 16]));

    expect(whitening).toEqual(Float64Array.of(0.5, 0, 0, 0.75, 0, 1));
    expect(costScale).toBe(16);
  });

  test("of [4 2 0; 2 10 0; 0 0 1] is [2 1 0; 0 3 0; 0 0 1], halved", () => {
    const { whitening, costScale } = squareRootInformation(withInformation(2, [4, 2, 0, 10, 0, 1]));

    expect(whitening).toEqual(Float64Array.of(1, 0.5, 0, 1.5, 0, 0.5));
    expect(costScale).toBe(4);
  });

  test("one power of two is common to all edges", () => {
    const { whitening, costScale } = squareRootInformation(withInformation(2, [1, 0, 0, 1, 0, 1, 2 ** 20, 0, 0, 1, 0, 1]));

    expect([whitening[0], whitening[6], costScale]).toEqual([2 ** -10, 1, 2 ** 20]);
  });

  test("costScale W'W is the information, and the largest entry of W is in [1, 2)", () => {
    fc.assert(
      fc.property(entries(48), fc.integer({ min: -40, max: 40 }), (A, exponent) => {
        // A'A + I
        const information = gram([...A, ...Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? 1 : 0))], 14).map((x) => x * 2 ** exponent);

        const { whitening, costScale } = squareRootInformation(withInformation(3, information));

        const scale = Math.max(...information);
        const product = gram(full(whitening), 6).map((x) => (x * costScale) / scale);
        expectClose(
          product,
          information.map((x) => x / scale),
          tolerance(fp64, 6),
        );
        const largest = Math.max(...whitening.map(Math.abs));
        expect([largest >= 1, largest < 2]).toEqual([true, true]);
      }),
    );
  });

  test("an axis without information has a row of zeros", () => {
    const { whitening } = squareRootInformation(withInformation(2, [0, 0, 0, 1, 0.5, 1.25]));

    expect(whitening).toEqual(Float64Array.of(0, 0, 0, 1, 0.5, 1));
  });

  test("a matrix v v' is accepted although rounding makes it indefinite", () => {
    const seventh = fc.integer({ min: -999, max: 999 }).map((k) => k / 7);
    fc.assert(
      fc.property(fc.array(seventh, { minLength: 6, maxLength: 6 }), (v) => {
        const information = gram(v, 1);

        const { whitening, costScale } = squareRootInformation(withInformation(3, information));

        const product = gram(full(whitening), 6).map((x) => x * costScale);
        expectClose(product, information, tolerance(fp64, 6));
      }),
    );
  });

  test("the engine has the bits of plain loops, whatever the numbers", () => {
    const any = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -2, max: 2 }),
      fc.constantFrom(-0, 5e-324, 1e-200, 1e200),
    );
    const matrix = fc.oneof(
      fc.array(any, { minLength: 21, maxLength: 21 }),
      entries(36).map((A) => gram(A, 6)),
      entries(12).map((A) => gram(A, 2)),
    );
    const arenas = new ArenaPool();
    fc.assert(
      fc.property(fc.array(matrix, { maxLength: 3 }), (matrices) => {
        const graph = withInformation(3, matrices.flat());
        const [plain, engine] = [undefined, arenas].map((pool) => attempt(() => squareRootInformation(graph, pool)));

        if (typeof plain === "string" || typeof engine === "string") expect(engine).toBe(plain);
        else {
          expectSameBits(engine.whitening, plain.whitening);
          expect(engine.costScale).toBe(plain.costScale);
        }
        arenas.recycle();
      }),
    );
  });

  test("so it has beyond what one call of a kernel takes, and names the edge there", () => {
    const information = Array.from({ length: 1100 }, (_, e) => [4 + e, 2, 0, 10 + e, 0, e % 7]).flat();
    const broken = information.with(6 * 1050, -1);

    const [plain, engine] = [undefined, new ArenaPool()].map((pool) => squareRootInformation(withInformation(2, information), pool));

    expectSameBits(engine.whitening, plain.whitening);
    expect(engine.costScale).toBe(plain.costScale);
    const graph = { ...withInformation(2, broken), ids: Float64Array.of(7, 9, 11) };
    graph.to[1050] = 2;
    expect(() => squareRootInformation(graph, new ArenaPool())).toThrow("the edge 7 -> 11");
  });

  test.each([
    ["a negative diagonal", [1, 0, 0, -1, 0, 1]],
    ["two eigenvalues -1 and 3", [1, 2, 0, 1, 0, 1]],
    ["an entry beside a zero diagonal", [0, 1, 0, 1, 0, 1]],
  ])("refuses %s, naming the edge", (_, information) => {
    const second = () => squareRootInformation(withInformation(2, [1, 0, 0, 1, 0, 1, ...information]));

    expect(second).toThrow(OptionError);
    expect(second).toThrow('information of the edge 7 -> 9 is "indefinite", expected a positive semidefinite matrix');
  });
});
