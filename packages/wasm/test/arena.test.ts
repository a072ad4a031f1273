import { OptionError } from "@slam/errors";
import { bf16, e4m3, fp16, fp32, fp64 } from "@slam/float";
import { describe, expect, test } from "vitest";
import { Arena, ArenaError, bytesFor } from "../src/index.ts";

const PAGE = 65536;

test("vectors are zeros, aligned to 16 bytes, one after the other", () => {
  const arena = new Arena(PAGE);

  const a = arena.view(fp64, 3);
  const b = arena.view(fp16, 9);
  const c = arena.view(Int32Array, 2);

  expect([a, b, c]).toEqual([new Float64Array(3), new Uint16Array(9), new Int32Array(2)]);
  expect([a.byteOffset, b.byteOffset, c.byteOffset, arena.mark()]).toEqual([0, 32, 64, 80]);
});

test.each([
  [fp64, 3, 32],
  [fp32, 4, 16],
  [fp32, 5, 32],
  [bf16, 8, 16],
  [e4m3, 17, 32],
  [Int32Array, 1, 16],
  [Uint8Array, 0, 0],
])("bytesFor counts what a view takes", (elements, n, bytes) => {
  const arena = new Arena(PAGE);

  arena.view(elements as typeof fp64, n);

  expect(bytesFor(elements, n)).toBe(bytes);
  expect(arena.mark()).toBe(bytes);
});

test("what is scoped is free again behind it", () => {
  const arena = new Arena(PAGE);
  arena.view(fp64, 2);
  const before = arena.mark();

  const sum = arena.scoped(() =>
    arena
      .view(fp64, 3)
      .fill(2)
      .reduce((a, b) => a + b, 0),
  );

  expect([sum, arena.mark()]).toEqual([6, before]);
});

test("what is released is used again, as zeros", () => {
  const arena = new Arena(PAGE);
  arena.view(fp64, 1);
  const mark = arena.mark();
  const first = arena.view(fp32, 4).fill(7);

  arena.release(mark);
  const second = arena.view(fp32, 4);

  expect(second.byteOffset).toBe(first.byteOffset);
  expect(second).toEqual(new Float32Array(4));
});

test("what is not cleared takes its place, and leaves zeros to the next view of it", () => {
  const arena = new Arena(PAGE);
  arena.view(fp64, 2).fill(7);
  arena.release(0);

  const kept = arena.uncleared(fp64, 2);
  const copy = arena.copy(Int32Array.of(3, 4, 5));

  expect([kept.length, kept.byteOffset, copy.byteOffset, arena.mark()]).toEqual([2, 0, 16, 32]);
  expect(copy).toEqual(Int32Array.of(3, 4, 5));
  kept.fill(8);
  arena.release(0);
  expect(arena.view(fp64, 4)).toEqual(new Float64Array(4));
  expect(() => arena.uncleared(fp64, PAGE)).toThrow(ArenaError);
  expect(() => arena.copy(new Int32Array(PAGE))).toThrow(ArenaError);
});

test("an arena has whole pages, and may be filled to the last byte", () => {
  const arena = new Arena(PAGE + 1);

  arena.view(Uint8Array, 2 * PAGE);

  expect(arena.capacity).toBe(2 * PAGE);
  expect(() => arena.view(Uint8Array, 1)).toThrow("the arena is full: 16 bytes asked for, 0 of 131072 left");
});

test("what does not fit is refused with the numbers, and nothing is taken", () => {
  const arena = new Arena(PAGE);
  arena.view(Uint8Array, 65504);

  expect(() => arena.view(fp64, 5)).toThrow(ArenaError);
  expect(() => arena.view(fp64, 5)).toThrow("the arena is full: 48 bytes asked for, 32 of 65536 left");
  expect(arena.view(fp64, 4)).toHaveLength(4);
});

test("an empty arena holds empty vectors", () => {
  const arena = new Arena(0);

  expect(arena.capacity).toBe(0);
  expect(arena.view(fp64, 0)).toHaveLength(0);
});

describe("refuses", () => {
  test("a size beyond 4 GiB less a page", () => {
    expect(() => new Arena(2 ** 32)).toThrow(
      new OptionError("Arena: bytes", { expected: "an integer in 0 ... 4294901760", actual: 2 ** 32 }),
    );
  });

  test("a size or a length that is none", () => {
    expect(() => new Arena(-1)).toThrow(OptionError);
    expect(() => new Arena(PAGE).view(fp64, 1.5)).toThrow(OptionError);
  });

  test("a mark above what is allocated", () => {
    expect(() => new Arena(PAGE).release(16)).toThrow("release: mark is 16, expected an integer in 0 ... 0");
  });

  test("the address of a vector elsewhere", () => {
    const [arena, other] = [new Arena(PAGE), new Arena(PAGE)];

    expect(arena.address("x", arena.view(fp64, 2).subarray(1))).toBe(8);
    expect(() => arena.address("axpy: x", other.view(fp64, 1))).toThrow(
      "axpy: x.buffer is \"another\", expected the arena's: make it with arena.view or the space's zeros",
    );
    expect(() => arena.address("x", new Float64Array(1))).toThrow(OptionError);
  });
});

test("addresses go up to the end", () => {
  const arena = new Arena(2 ** 32 - PAGE);
  arena.view(Uint8Array, 2 ** 31);
  arena.view(Uint8Array, 2 ** 31 - 2 * PAGE);

  const last = arena.view(fp64, PAGE / 8);
  last[last.length - 1] = 1;

  expect(arena.address("last", last)).toBe(2 ** 32 - 2 * PAGE);
});
