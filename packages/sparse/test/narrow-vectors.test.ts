import { type AnyPrecision, bf16, defineFloat, e4m3, e5m2, fp16, operationFormat, pack, type Storage, type Vec } from "@slam/float";
import { referenceSpace } from "@slam/linop/reference";
import { expectSameBits } from "@slam/testing";
import { Arena, arenaSpace } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { families, fp12, newCounters } from "./matrices.ts";

// The vectors of fp64 and fp32 are compared in @slam/cgnr.

const saturating: AnyPrecision = defineFloat({
  name: "saturating",
  exponentBits: 4,
  significandBits: 4,
  infinities: false,
  saturate: true,
});
const formats: readonly AnyPrecision[] = [fp16, bf16, e4m3, e5m2, fp12, saturating];
const sizes = [0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 130];
const long = [4096, 4103, 16384 + 5];

describe.each(formats)("vectors in $name/$name in an arena have the reference's bits and counts", (P) => {
  test.each(Object.entries(families))("of %s", (_, family) => {
    for (const n of sizes) expectReference(P, n, fc.sample(family(P), { numRuns: 3 * n + 3, seed: n }));
  });

  test.each(long)("at length %d", (n) => {
    const numbers = Array.from({ length: 3 * n + 3 }, (_, i) => Math.cos(i) * 2 ** (i % 7));
    expectReference(P, n, numbers);
  });
});

function expectReference(P: AnyPrecision, n: number, numbers: readonly number[]): void {
  const format = operationFormat<AnyPrecision>(P, P);
  const [engine, reference] = [newCounters(), newCounters()];

  const computed = everyOperation(P, arenaSpace(new Arena(10 * 65536), format, engine), n, numbers);
  const expected = everyOperation(P, referenceSpace(format, reference), n, numbers);

  expectSameBits(computed, expected);
  expect(engine).toEqual(reference);
}

type Space = Pick<ReturnType<typeof referenceSpace<AnyPrecision>>, "zeros" | "dot" | "axpy" | "xpby" | "diagonalAxpy">;

/** The results of all operations, as numbers. */
function everyOperation(P: AnyPrecision, space: Space, n: number, numbers: readonly number[]): Float64Array {
  const vector = (from: number): Vec<AnyPrecision> => {
    const x = space.zeros(n);
    (x as Storage).set(pack(P, numbers.slice(from, from + n)) as Storage);
    return x;
  };
  const [d, x, y] = [0, n, 2 * n].map(vector);
  const results: number[] = [];
  const keep = (): void => {
    for (let i = 0; i < n; i++) results.push(P.load(y as Storage, i));
  };
  results.push(space.dot(x, y));
  space.axpy(numbers[3 * n], x, y);
  keep();
  space.xpby(x, numbers[3 * n + 1], y);
  keep();
  space.diagonalAxpy(d, x, y);
  keep();
  results.push(space.dot(d, y), space.dot(x, d));
  return Float64Array.from(results);
}
