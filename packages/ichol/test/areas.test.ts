import { ArenaPool } from "@slam/wasm";
import { expect, test } from "vitest";
import { placeAreas } from "../src/areas.ts";

test("places zeros and copies of indices one after the other, at addresses of 16", () => {
  const { arena, views, at } = placeAreas(new ArenaPool(), {
    x: [Float64Array, 3],
    order: Int32Array.of(2, 0, 1),
    empty: [Float32Array, 0],
  });

  expect([...(views.x as Float64Array)]).toEqual([0, 0, 0]);
  expect([...(views.order as Int32Array)]).toEqual([2, 0, 1]);
  expect(at).toEqual({ x: 0, order: 32, empty: 48 });
  expect(arena.mark()).toBe(48);
});
