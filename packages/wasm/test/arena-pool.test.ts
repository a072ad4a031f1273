import { OptionError } from "@slam/errors";
import { fp64 } from "@slam/float";
import { describe, expect, test } from "vitest";
import { type Arena, ArenaPool } from "../src/index.ts";

const PAGE = 65536;

test("an arena that was recycled is taken again, and what it gives is zero", () => {
  const pool = new ArenaPool();
  const first = pool.take(PAGE);
  first.view(fp64, 10).fill(7);

  pool.recycle();
  const second = pool.take(PAGE - 8);

  expect(second).toBe(first);
  expect(second.mark()).toBe(0);
  expect(second.view(fp64, 10)).toEqual(new Float64Array(10));
});

test("arenas that are taken at the same time are different", () => {
  const pool = new ArenaPool();
  pool.take(PAGE);
  pool.recycle();

  expect(pool.take(PAGE)).not.toBe(pool.take(PAGE));
});

test("the smallest that is large enough is taken, and none that is far too large", () => {
  const pool = new ArenaPool();
  const [large, small, middle] = [800, 40, 100].map((pages) => pool.take(pages * PAGE));
  pool.recycle();

  expect(pool.take(50 * PAGE)).toBe(middle);
  expect([large, small, middle]).not.toContain(pool.take(60 * PAGE));
  expect(pool.take(300 * PAGE)).toBe(large);
  expect(pool.take(1)).not.toBe(small);
});

test("what was not taken since the last time is dropped", () => {
  const pool = new ArenaPool();
  const arena = pool.take(PAGE);
  pool.recycle();
  pool.recycle();

  expect(pool.take(PAGE)).not.toBe(arena);
});

test("what something took is free after it, and kept when all is freed", () => {
  const pool = new ArenaPool();
  const outside = pool.take(PAGE);

  const inside = pool.during(() => pool.take(PAGE));

  expect(pool.take(PAGE)).toBe(inside);
  expect(inside).not.toBe(outside);
  pool.during(() => pool.take(4 * PAGE));
  pool.recycle();
  const again = [pool.take(PAGE), pool.take(PAGE)];
  expect(new Set(again)).toEqual(new Set([inside, outside]));
});

test("a free arena that 64 computations took none of is dropped, one that they took is kept", () => {
  const pool = new ArenaPool();
  const [small, large] = pool.during(() => [pool.take(PAGE), pool.take(100 * PAGE)]);
  const take = (pages: number) => pool.during(() => pool.take(pages * PAGE));

  for (let k = 0; k < 63; k++) take(100);
  expect(take(1)).toBe(small);
  for (let k = 0; k < 65; k++) take(100);

  expect(take(100)).toBe(large);
  expect(take(1)).not.toBe(small);
});

test("recycled arenas are kept for a whole solve, however many computations were before it", () => {
  const pool = new ArenaPool();
  const solve = () => {
    const first = pool.during(() => pool.take(PAGE));
    return [first, pool.take(50 * PAGE)];
  };
  const once = solve();

  for (let k = 0; k < 70; k++) {
    pool.recycle();
    solve();
  }

  pool.recycle();
  const again = solve();
  expect(again[0]).toBe(once[0]);
  expect(again[1]).toBe(once[1]);
});

describe("arrays", () => {
  test("lie side by side in an arena that they share, of zeros", () => {
    const pool = new ArenaPool();

    const [x, k, y] = [pool.numbers(3), pool.integers(5), pool.numbers(0)];

    expect([x, k, y]).toEqual([new Float64Array(3), new Int32Array(5), new Float64Array(0)]);
    expect(k.buffer).toBe(x.buffer);
    expect(k.byteOffset).toBe(x.byteOffset + 32);
  });

  test("that do not fit any more are put in another, as large as those before; one that is larger gets one of its size", () => {
    const pool = new ArenaPool();
    const buffers = Array.from({ length: 4 }, () => pool.numbers(PAGE / 8).buffer);
    const large = pool.numbers(7 * PAGE);

    expect(buffers.map(({ byteLength }) => byteLength)).toEqual([PAGE, PAGE, 2 * PAGE, 2 * PAGE]);
    expect(new Set(buffers).size).toBe(3);
    expect(large.buffer.byteLength).toBe(56 * PAGE);
  });

  test("are freed with arenas, and made in the same memory the next time", () => {
    const pool = new ArenaPool();
    const sizes = [10, 9000, 20, 30_000];
    const taken = () => sizes.map((n) => pool.numbers(n).fill(7).buffer);

    const first = pool.during(taken);
    const second = pool.during(taken);
    const third = taken();
    pool.recycle();
    const fourth = taken();

    expect([second, third, fourth]).toEqual([first, first, first]);
    for (const again of [second, third, fourth]) for (const [k, buffer] of again.entries()) expect(buffer).toBe(first[k]);
    pool.recycle();
    expect(pool.numbers(9000)).toEqual(new Float64Array(9000));
  });

  test("of something that runs within something else are its own, and those outside stay", () => {
    const pool = new ArenaPool();
    const outside = pool.numbers(3).fill(1);

    const inside = pool.during(() => pool.numbers(3).fill(2).buffer);
    const after = pool.numbers(3);

    expect(inside).not.toBe(outside.buffer);
    expect(after.buffer).toBe(outside.buffer);
    expect([...outside, ...after]).toEqual([1, 1, 1, 0, 0, 0]);
  });
});

test("what something took is free after it where it throws, too", () => {
  const pool = new ArenaPool();
  let taken: unknown;
  const fails = (): never => {
    taken = pool.take(PAGE);
    throw new Error("it does");
  };

  expect(() => pool.during(fails)).toThrow("it does");
  expect(pool.take(PAGE)).toBe(taken);
});

describe("what is lent", () => {
  test("are arrays of zeros in one arena, at their addresses", () => {
    const pool = new ArenaPool();

    const found = pool.lend({ first: 3, none: 0, second: 5 }, ({ arena, views, at }) => {
      views.second.fill(4);
      return { at, addresses: [views.first, views.second].map((view) => arena.address("view", view)), values: [...views.first] };
    });

    expect(found).toEqual({ at: { first: 0, none: 16, second: 16 }, addresses: [0, 16], values: [0, 0, 0] });
  });

  test("is free again afterwards, while what is taken meanwhile stays, within something else, too", () => {
    const pool = new ArenaPool();
    pool.during(() => {
      const [lent, kept] = pool.lend({ x: 9 }, ({ arena, views }) => {
        views.x.fill(7);
        return [arena, pool.integers(5).fill(3)];
      });

      expect(pool.take(36)).toBe(lent);
      expect(pool.take(36)).not.toBe(lent);
      expect([...kept]).toEqual([3, 3, 3, 3, 3]);
    });
  });

  test("of numbers is zeros, and free again afterwards", () => {
    const pool = new ArenaPool();

    const sums = [1, 2].map(() => pool.lendNumbers(3, (lent) => lent.fill(lent[0] + 1).reduce((sum, x) => sum + x)));

    expect(sums).toEqual([3, 3]);
  });

  test("is free again where it throws, too, and of zeros the next time", () => {
    const pool = new ArenaPool();
    const failed = (): void =>
      pool.lend({ x: 9 }, ({ views }) => {
        views.x.fill(7);
        throw new Error("failed");
      });
    expect(failed).toThrow("failed");

    expect(pool.lend({ x: 9 }, ({ views }) => [...views.x])).toEqual(new Array(9).fill(0));
  });
});

describe("large arenas", () => {
  const large = 2 ** 22 + PAGE;

  test("have the sizes that others have: one that was too small by a little is taken for the larger one", () => {
    const pool = new ArenaPool();
    const first = pool.during(() => pool.take(large));

    expect(pool.take(2 * large - 2 * PAGE)).toBe(first);
    expect(first.capacity).toBe(2 ** 23);
  });

  test("are refused beyond what an arena can have, and no smaller ones are", () => {
    expect(() => new ArenaPool().take(2 ** 32)).toThrow(OptionError);
    expect(new ArenaPool().take(2 ** 31 + 1).capacity).toBe(2 ** 32 - PAGE);
  });

  test("are taken again by what uses about as much of them, whatever the order", () => {
    const pool = new ArenaPool();
    const uses = [large, 1.6 * large, 1.3 * large];
    const take = (order: readonly number[]): Arena[] =>
      pool.during(() =>
        order.map((k) => {
          const arena = pool.take(uses[k]);
          arena.view(fp64, uses[k] / 8);
          return arena;
        }),
      );
    const arenas = take([0, 1, 2]);

    const again = take([2, 0, 1]);

    expect(again.map((arena) => arenas.indexOf(arena))).toEqual([2, 0, 1]);
  });

  test("are not taken for much less", () => {
    const pool = new ArenaPool();
    const [first, small] = pool.during(() => [pool.take(8 * large), pool.take(PAGE)]);

    pool.take(large);

    expect(pool.take(8 * large)).toBe(first);
    expect(pool.take(PAGE)).toBe(small);
  });
});

test("refuses sizes that are none", () => {
  expect(() => new ArenaPool().take(-1)).toThrow(OptionError);
});
