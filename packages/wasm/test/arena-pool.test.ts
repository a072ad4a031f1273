import { OptionError } from "@slam/errors";
import { fp64 } from "@slam/float";
import { expect, test } from "vitest";
import { ArenaPool } from "../src/index.ts";

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

test("refuses sizes that are none", () => {
  expect(() => new ArenaPool().take(-1)).toThrow(OptionError);
});
