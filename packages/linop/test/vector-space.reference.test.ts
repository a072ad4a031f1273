import { e4m3, fp16, fp32, fp64, type OperationFormat, operationFormat, pack, type Storage, tolerance, unpack } from "@slam/float";
import type { SpaceCounters } from "@slam/linop";
import { referenceSpace } from "@slam/linop/reference";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formats, newCounters } from "./spaces.ts";

describe("dot", () => {
  const space = referenceSpace(operationFormat(fp32), newCounters());
  const big = 2 ** 24; // big + 1 rounds to big

  test("sums element i into sum i mod 8", () => {
    const x = Float32Array.of(big, 1, 0, 0, 0, 0, 0, 0, 1, 1);

    expect(space.dot(x, new Float32Array(10).fill(1))).toBe(big + 2);
  });

  test("adds the sums as ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))", () => {
    const ones = new Float32Array(8).fill(1);

    expect(space.dot(Float32Array.of(big, 0, 0, 0, 1, 0, 0, 0), ones)).toBe(big);
    expect(space.dot(Float32Array.of(big, 0, 1, 0, 0, 0, 1, 0), ones)).toBe(big + 2);
    expect(space.dot(Float32Array.of(big, 1, 0, 0, 0, 1, 0, 0), ones)).toBe(big + 2);
    expect(space.dot(Float32Array.of(big, 0, 0, 1, 0, 0, 0, 1), ones)).toBe(big + 2);
    expect(space.dot(Float32Array.of(big, 1, 1, 0, 0, 0, 0, 0), ones)).toBe(big);
  });

  test("starts anew after 4096 elements", () => {
    const x = new Float32Array(4098);
    x[0] = big;
    x[4096] = 1;
    x[4097] = 1;

    expect(space.dot(x, x.map(Math.sign))).toBe(big + 2);
  });

  test("and not before", () => {
    const x = new Float32Array(4096);
    x[0] = big;
    x[4080] = 1;
    x[4088] = 1;

    expect(space.dot(x, x.map(Math.sign))).toBe(big);
  });

  test("accumulates fp16 in fp32, and in fp16 where the policy rounds every operation", () => {
    const x = pack(fp16, [2048, 1]);
    const ones = pack(fp16, [1, 1]);

    expect(referenceSpace(operationFormat(fp16), newCounters()).dot(x, ones)).toBe(2049);
    expect(referenceSpace(operationFormat(fp16, fp16), newCounters()).dot(x, ones)).toBe(2048);
  });
});

describe("counts", () => {
  const cases: readonly (readonly [string, OperationFormat, number, number, number, { overflows: number; flushed: number }])[] = [
    ["an fp16 sum beyond 65504", operationFormat(fp16), 1, 60_000, 60_000, { overflows: 1, flushed: 0 }],
    ["the same with every operation in fp16", operationFormat(fp16, fp16), 1, 60_000, 60_000, { overflows: 1, flushed: 0 }],
    ["an fp16 product under half of 2^-24", operationFormat(fp16), 2 ** -10, 2 ** -16, 0, { overflows: 0, flushed: 1 }],
    ["not what fp16 arithmetic made zero before", operationFormat(fp16, fp16), 2 ** -10, 2 ** -16, 0, { overflows: 0, flushed: 0 }],
    ["an e4m3 sum beyond 448, which becomes NaN", operationFormat(e4m3), 1, 448, 448, { overflows: 1, flushed: 0 }],
    ["an fp64 infinity", operationFormat(fp64), 2, Number.MAX_VALUE, 0, { overflows: 1, flushed: 0 }],
  ];

  test.each(cases)("%s", (_, format, alpha, x, y, events) => {
    const counters = newCounters();

    referenceSpace(format, counters).axpy(alpha, pack(format.storage, [x]), pack(format.storage, [y]));

    expect(counters.events).toEqual(events);
  });

  test("two flops an element, and the vectors read and written", () => {
    const { work, ...counters }: SpaceCounters = newCounters();
    const space = referenceSpace(operationFormat(fp16), { work, ...counters });
    const x = space.zeros(10);

    space.dot(x, x);
    space.axpy(2, x, space.zeros(10));

    expect(work).toEqual({ flops: { vectors: { fp32: 40 } }, bytes: { vectors: { fp16: 2 * 10 * 2 + 3 * 10 * 2 } } });
  });
});

describe.each(formats)("the space of $name", (format) => {
  const P = format.storage;
  const space = referenceSpace(format, newCounters());
  // Few bits and sums of at most 9 products below 2: nothing overflows or underflows in any of the formats.
  const number = fc.integer({ min: -4, max: 4 }).map((k) => k / 4);
  const vectors = (count: number) =>
    fc
      .integer({ min: 0, max: 9 })
      .chain((n) => fc.tuple(...Array.from({ length: count }, () => fc.array(number, { minLength: n, maxLength: n }))))
      .map((drawn) => drawn.map((numbers) => pack(P, numbers)));
  const u = Math.max(tolerance(P, 1, 1), tolerance(format.arithmetic, 10));

  function law(name: string, count: number, check: (alpha: number, ...v: ReturnType<typeof space.zeros>[]) => void): void {
    test(name, () => {
      fc.assert(
        fc.property(number, vectors(count), (alpha, drawn) => {
          check(alpha, ...drawn);
        }),
      );
    });
  }

  law("has a symmetric dot product", 2, (_, x, y) => expect(space.dot(x, y)).toBe(space.dot(y, x)));

  law("has a definite one", 1, (_, x) => expect(space.dot(x, x) > 0).toBe(unpack(P, x).some((xi) => xi !== 0)));

  law("has a dot product within n u of the exact one", 2, (_, x, y) => {
    const [a, b] = [unpack(P, x), unpack(P, y)];
    const exact = a.reduce((sum, ai, i) => sum + ai * b[i], 0);
    const size = a.reduce((sum, ai, i) => sum + Math.abs(ai * b[i]), 0);

    expect(Math.abs(space.dot(x, y) - exact)).toBeLessThanOrEqual(u * size);
  });

  law("adds a multiple within three roundings", 2, (alpha, x, y) => {
    const [a, b] = [unpack(P, x), unpack(P, y)];

    space.axpy(alpha, x, y);

    unpack(P, y).forEach((yi, i) => {
      expect(Math.abs(yi - (alpha * a[i] + b[i]))).toBeLessThanOrEqual(u * (Math.abs(alpha * a[i]) + Math.abs(b[i])));
    });
  });

  law("has one sum, whichever operation adds", 2, (alpha, x, y) => {
    const copies = [0, 1, 2].map(() => pack(P, unpack(P, y)));
    const diagonal = pack(
      P,
      unpack(P, x).map(() => alpha),
    );

    space.axpy(alpha, x, copies[0]);
    space.diagonalAxpy(diagonal, x, copies[1]);
    expect(copies[1]).toEqual(copies[0]);

    space.axpy(1, x, y);
    space.xpby(x, 1, copies[2]);
    expect(copies[2]).toEqual(y);
  });

  test("refuses lengths that differ, and writes nothing", () => {
    const [x, y] = [pack(P, [1, 1]), pack(P, [1, 1, 1])];

    expect(() => space.dot(x, y)).toThrow("dot: y has length 3, expected 2");
    expect(() => space.axpy(1, x, y)).toThrow("axpy: y has length 3, expected 2");
    expect(() => space.xpby(x, 1, y)).toThrow("xpby: y has length 3, expected 2");
    expect(() => space.diagonalAxpy(y, x, x)).toThrow("diagonalAxpy: d has length 3, expected 2");
    expect(() => space.diagonalAxpy(x, x, y)).toThrow("diagonalAxpy: y has length 3, expected 2");
    expect([x, y].map((v) => unpack(P, v))).toEqual([Float64Array.of(1, 1), Float64Array.of(1, 1, 1)]);
  });

  test("makes vectors of zeros", () => {
    expect([...(space.zeros(3) as Storage)]).toEqual([0, 0, 0]);
  });
});
