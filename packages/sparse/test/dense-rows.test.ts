import { expect, test } from "vitest";
import { denseLast } from "../src/dense-rows.ts";
import { star } from "./elimination-oracle.ts";
import { graphOf } from "./separation-laws.ts";

test("hides a row of 17 neighbours, and orders it last", () => {
  const order = denseLast(graphOf(18, star(18, 5)), 0, ({ graph, vertices }) => {
    expect(graph).toMatchObject({ n: 17, colIdx: new Int32Array(0) });
    return vertices.slice().reverse();
  });

  expect([...order]).toEqual([17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 4, 3, 2, 1, 0, 5]);
});

test("shows a row of 16 neighbours, or of ratio sqrt(n)", () => {
  const seen = (n: number, ratio: number): number => denseLast(graphOf(n, star(n)), ratio, ({ vertices }) => vertices).indexOf(0);

  expect(seen(17, 0)).toBe(0);
  expect(seen(18, 0)).toBe(17);
  expect(seen(37, 6)).toBe(0);
  expect(seen(37, 5.9)).toBe(36);
});
