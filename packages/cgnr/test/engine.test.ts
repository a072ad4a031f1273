import { type CgnrOptions, cgnr } from "@slam/cgnr";
import { type FP32, type FP64, fp32, fp64, type OperationFormat, operationFormat, type RoundingEvents, type Vec } from "@slam/float";
import { type VectorSpace, Work } from "@slam/linop";
import { referenceSpace } from "@slam/linop/reference";
import { expectSameBits } from "@slam/testing";
import { Arena, arenaSpace } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dense, diagonal, inverse, newSpace, withSingularValues } from "./systems.ts";

type Float = FP64 | FP32;
type FloatVec = Float64Array | Float32Array;

interface Counters {
  readonly events: RoundingEvents;
  readonly work: Work;
}

/** One space on the engine and the reference, with counters of their own. */
function bothSpaces(format: OperationFormat<Float>): readonly { readonly space: VectorSpace<Float>; readonly counters: Counters }[] {
  const counters = [0, 1].map(() => ({ events: { overflows: 0, flushed: 0 }, work: new Work() }));
  const arena = new Arena(8 * 65536);
  return [
    { space: arenaSpace(arena, format, counters[0]), counters: counters[0] },
    { space: referenceSpace(format, counters[1]), counters: counters[1] },
  ];
}

const sizes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15, 16, 17, 31, 4095, 4096, 4097, 4103, 8192 + 5];

describe.each<OperationFormat<Float>>([operationFormat(fp64), operationFormat(fp32)])("vectors in $name in an arena", (format) => {
  const { storage: P } = format;
  const ends = [0, -0, 1, -1, P.minSubnormal, -P.minSubnormal, P.minNormal, P.maxFinite, -P.maxFinite, Infinity, -Infinity, NaN];
  const families = {
    "numbers near 1": fc.double({ min: -2, max: 2, noNaN: true }),
    "numbers of any size": fc.double({ noNaN: true, noDefaultInfinity: true }),
    "numbers near the least": fc.double({ min: -4, max: 4, noNaN: true }).map((x) => x * P.minNormal),
    "the ends of the range": fc.constantFrom(...ends),
    "zeros of either sign": fc.constantFrom(0, -0),
  };

  describe.each(Object.entries(families))("%s", (_, number) => {
    test.each(sizes)("have the reference's bits and counts at length %d", (n) => {
      const numbers = fc.sample(number, { numRuns: 3 * n + 3, seed: n });
      const [engine, reference] = bothSpaces(format).map(({ space, counters }) => ({
        results: everyOperation(space, n, numbers),
        counters,
      }));

      expectSameBits(engine.results, reference.results);
      expect(engine.counters).toEqual(reference.counters);
    });
  });

  test("may be one vector twice", () => {
    const [engine, reference] = bothSpaces(format).map(({ space }) => {
      const x = filled(space, [1, -2, 3, 4, 5]);
      space.axpy(0.1, x, x);
      space.xpby(x, -3, x);
      space.diagonalAxpy(x, x, x);
      return [...x, space.dot(x, x)];
    });

    expectSameBits(engine, reference);
  });

  test("are refused where they lie elsewhere, and nothing is written", () => {
    const { space } = bothSpaces(format)[0];
    const [own, other] = [filled(space, [1, 2]), new P.Storage(2) as Vec<Float>];

    for (const use of [
      () => space.dot(own, other),
      () => space.dot(other, own),
      () => space.axpy(1, other, own),
      () => space.axpy(1, own, other),
      () => space.xpby(other, 1, own),
      () => space.xpby(own, 1, other),
      () => space.diagonalAxpy(other, own, own),
      () => space.diagonalAxpy(own, other, own),
      () => space.diagonalAxpy(own, own, other),
    ]) {
      expect(use).toThrow(/^(dot|axpy|xpby|diagonalAxpy): [dxy]\.buffer is "another", expected the arena's/);
    }
    expect([...own, ...other]).toEqual([1, 2, 0, 0]);
  });

  test("are refused where their lengths differ, as by the reference", () => {
    const { space } = bothSpaces(format)[0];
    const [x, y] = [filled(space, [1, 1]), filled(space, [1, 1, 1])];

    expect(() => space.dot(x, y)).toThrow("dot: y has length 3, expected 2");
    expect(() => space.axpy(1, x, y)).toThrow("axpy: y has length 3, expected 2");
    expect(() => space.xpby(x, 1, y)).toThrow("xpby: y has length 3, expected 2");
    expect(() => space.diagonalAxpy(y, x, x)).toThrow("diagonalAxpy: d has length 3, expected 2");
    expect(() => space.diagonalAxpy(x, x, y)).toThrow("diagonalAxpy: y has length 3, expected 2");
  });

  describe("cgnr", () => {
    const A = withSingularValues(Array.from({ length: 13 }, (_, i) => 1 + i));
    const b = Array.from({ length: 13 }, (_, i) => Math.cos(i));

    test.each<readonly [string, (space: VectorSpace<Float>) => CgnrOptions<Float>]>([
      ["plain", () => ({})],
      ["with damping", (space) => ({ damping: filled(space, b.map(Math.abs)) })],
      ["preconditioned", (space) => ({ preconditioner: inverse(space, diagonal(b.map((_, i) => 1 / (2 + i)))) })],
      ["flexible", (space) => ({ flexible: true, preconditioner: inverse(space, diagonal(b.map((_, i) => 1 / (2 + i)))) })],
      [
        "with an exact system",
        (space) => ({ exact: exactSystem(), rtol: 1e-6, preconditioner: inverse(space, diagonal(b.map(() => 0.1))) }),
      ],
    ])("%s, reaches the reference's bits in the same steps", (_, options) => {
      const [engine, reference] = bothSpaces(format).map(({ space, counters }) => {
        const x = space.zeros(13);
        const norms: number[] = [];
        const onIteration = (_: number, relative: number): number => norms.push(relative);
        const report = cgnr(dense(space, A), { b: filled(space, b) }, x, { rtol: 1e-5, ...options(space), onIteration });
        return { x, norms, report, counters };
      });

      expect(engine.report.iterations).toBeGreaterThan(3);
      expect(engine.report).toEqual(reference.report);
      expect(engine.counters).toEqual(reference.counters);
      expectSameBits(engine.x, reference.x);
      expectSameBits(engine.norms, reference.norms);
    });

    function exactSystem(): NonNullable<CgnrOptions<Float>["exact"]> {
      const wide = newSpace(operationFormat(fp64));
      const exact = dense(wide, A);
      const g = wide.zeros(13);
      exact.multiplyTransposed(Float64Array.from(b), g);
      return { A: exact, g } as unknown as NonNullable<CgnrOptions<Float>["exact"]>;
    }
  });
});

/** The results of all operations on vectors of length n, with scalars among which some overflow. */
function everyOperation(space: VectorSpace<Float>, n: number, numbers: readonly number[]): number[] {
  const [x, y, d] = [0, 1, 2].map((k) => filled(space, numbers.slice(k * n, (k + 1) * n), k));
  const results: number[] = [];
  for (const scalar of [0.1, -0, space.format.storage.maxFinite]) {
    results.push(space.dot(x, y));
    space.axpy(scalar, x, y);
    results.push(...y);
    space.xpby(d, scalar, y);
    results.push(...y);
    space.diagonalAxpy(d, x, y);
    results.push(...y);
  }
  return results;
}

/** A vector of the space, `offset` elements behind where vectors start. */
function filled(space: VectorSpace<Float>, numbers: readonly number[], offset = 0): FloatVec {
  const x = (space.zeros(numbers.length + offset) as FloatVec).subarray(offset);
  x.set(numbers);
  return x;
}
