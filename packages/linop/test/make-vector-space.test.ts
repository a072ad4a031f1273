import { fp32, fp64, type OperationFormat, operationFormat, type Storage } from "@slam/float";
import { type SpaceCounters, type VectorSpace, vectorSpace } from "@slam/linop";
import { referenceSpace } from "@slam/linop/reference";
import { expectSameBits } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { drawn, families, newCounters, plainFormats } from "./spaces.ts";

type MakeSpace = (format: OperationFormat, counters: SpaceCounters) => VectorSpace<OperationFormat["storage"]>;

describe.each(plainFormats)("the plain $name space", (format) => {
  describe.each(Object.entries(families))("on %s", (_, family) => {
    const pool = drawn(format.storage, family(format.storage), 10_002) as Storage;

    test.each([...Array(18).keys(), 4095, 4096, 4097, 10_000])("has the reference's bits, events and counts at length %i", (n) => {
      const vectors = [0, 1, 2].map((from) => pool.slice(from, from + n));

      const plain = everyOperation(vectorSpace, format, vectors);
      const expected = everyOperation(referenceSpace, format, vectors);

      expectSameBits(plain.results, expected.results);
      expect(plain.counters).toEqual(expected.counters);
    });
  });

  test("refuses a length that is none", () => {
    expect(() => vectorSpace(format, newCounters()).zeros(-1)).toThrow("zeros: n is -1, expected an integer >= 0");
  });
});

test("fp64 numbers in fp32 arithmetic go to the reference", () => {
  const space = vectorSpace(operationFormat(fp64, fp32), newCounters());

  const sum = space.dot(Float64Array.of(1, 2 ** -30), Float64Array.of(1, 1));

  expect(sum).toBe(1);
});

function everyOperation(make: MakeSpace, format: OperationFormat, vectors: readonly Storage[]) {
  const counters = newCounters();
  const space = make(format, counters);
  const [x, y, d] = vectors.map((v) => v.slice() as ReturnType<typeof space.zeros>);
  const results: number[] = [];
  for (const scalar of [0.1, -3, format.storage.maxFinite]) {
    results.push(space.dot(x, y));
    space.axpy(scalar, x, y);
    results.push(...(y as Storage));
    space.xpby(x, scalar, y);
    results.push(...(y as Storage));
    space.diagonalAxpy(d, x, y);
    results.push(...(y as Storage));
  }
  return { results, counters };
}
