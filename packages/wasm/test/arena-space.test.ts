import {
  type AnyPrecision,
  bf16,
  defineFloat,
  e4m3,
  fp16,
  fp32,
  fp64,
  type OperationFormat,
  operationFormat,
  pack,
  type Storage,
} from "@slam/float";
import { describe, expect, test } from "vitest";
import { Arena, type ArenaSpace, arenaSpace, bytesFor } from "../src/index.ts";

// That every operation has the bits and counts of the reference is shown in @slam/cgnr, which sees both.

function newSpace<P extends typeof fp64 | typeof fp32>(P: P, bytes = 65536) {
  const counts: unknown[][] = [];
  const counters = { events: { overflows: 0, flushed: 0 }, work: { count: (...numbers: unknown[]) => void counts.push(numbers) } };
  const space: ArenaSpace<P> = arenaSpace(new Arena(bytes), operationFormat(P), counters);
  return { space, counts, counters };
}

describe.each([fp64, fp32])("the space of $name", (P) => {
  test("computes (1, 2, 3)'(4, 5, 6) = 32 and sums with them", () => {
    const { space } = newSpace(P as typeof fp64);
    const [x, y] = [space.zeros(3), space.zeros(3)];
    x.set([1, 2, 3]);
    y.set([4, 5, 6]);

    expect(space.dot(x, y)).toBe(32);
    space.axpy(2, x, y);
    expect([...y]).toEqual([6, 9, 12]);
    space.xpby(x, 0.5, y);
    expect([...y]).toEqual([4, 6.5, 9]);
    space.diagonalAxpy(x, x, y);
    expect([...y]).toEqual([5, 10.5, 18]);
  });

  test("counts infinities stored, wherever they are, and no NaN", () => {
    for (const n of [1, 3, 16, 37]) {
      const { space, counters } = newSpace(P as typeof fp64);
      const [x, y] = [space.zeros(n), space.zeros(n)];
      x.fill(P.maxFinite);
      y[0] = NaN;

      space.axpy(-2, x, y);

      expect(counters.events).toEqual({ overflows: n - 1, flushed: 0 });
    }
  });

  test("counts two flops an element, and the vectors read and written", () => {
    const { space, counts } = newSpace(P as typeof fp64);
    const x = space.zeros(10);
    const vector = 10 * P.Storage.BYTES_PER_ELEMENT;

    space.dot(x, x);
    space.axpy(1, x, x);
    space.xpby(x, 1, x);
    space.diagonalAxpy(x, x, x);

    expect(counts).toEqual([2, 3, 3, 4].map((vectors) => ["vectors", P.name, 20, P.name, vectors * vector]));
  });

  test("allocates in its arena", () => {
    const { space } = newSpace(P as typeof fp64);

    space.zeros(2);

    expect(space.zeros(5).byteOffset).toBe(16);
    expect(space.arena.mark()).toBe(16 + bytesFor(P, 5));
  });

  test("computes beyond 2 GiB", () => {
    const { space } = newSpace(P as typeof fp64, 2 ** 31 + 2 ** 16);
    space.arena.view(Uint8Array, 2 ** 31);
    const [x, y] = [space.zeros(19).fill(2), space.zeros(19).fill(3)];

    space.axpy(5, x, y);

    expect(y.byteOffset).toBeGreaterThan(2 ** 31);
    expect([...y]).toEqual(Array(19).fill(13));
    expect(space.dot(x, y)).toBe(19 * 26);
  });
});

describe.each([fp16, bf16, e4m3])("the space of $name/$name", (P) => {
  test("computes (1, 2, 3)'(4, 5, 6) = 32 and sums with them", () => {
    const counters = { events: { overflows: 0, flushed: 0 }, work: { count: () => {} } };
    const space = arenaSpace<AnyPrecision>(new Arena(65536), operationFormat<AnyPrecision>(P, P), counters);
    const [x, y] = [1, 2].map(() => space.zeros(3) as Storage);
    x.set(pack<AnyPrecision>(P, [1, 2, 3]) as Storage);
    y.set(pack<AnyPrecision>(P, [4, 5, 6]) as Storage);

    expect(space.dot(x as never, y as never)).toBe(32);
    space.axpy(2, x as never, y as never);

    expect([0, 1, 2].map((i) => (P as AnyPrecision).load(y, i))).toEqual([6, 9, 12]);
  });
});

const wide = defineFloat({ name: "wide", exponentBits: 9, significandBits: 7 });
const long = defineFloat({ name: "long", exponentBits: 4, significandBits: 12 });

test.each<OperationFormat>([
  operationFormat(fp16),
  operationFormat(bf16, fp16),
  operationFormat(fp64, fp32),
  operationFormat(wide, wide),
  operationFormat(long, long),
])("refuses $name", (format) => {
  const { counters } = newSpace(fp64);

  expect(() => arenaSpace(new Arena(0), format as never, counters)).toThrow(
    `arenaSpace: format is "${format.name}", expected fp64, fp32 or one with lanes and at most 11 bits, with arithmetic in the same`,
  );
});
