import { expect, test } from "vitest";
import { edgeBlocks } from "../src/edge-blocks.ts";
import type { PoseGraph } from "../src/graph.ts";

/** Edges 0 -> 1, 2 -> 1, 2 -> 0. */
const triangle: PoseGraph = {
  dimension: 2,
  ids: Float64Array.of(0, 1, 2),
  poses: new Float64Array(9),
  known: new Uint8Array(3),
  from: Int32Array.of(0, 2, 2),
  to: Int32Array.of(1, 1, 0),
  measurements: new Float64Array(9),
  information: new Float64Array(18),
  fixed: new Int32Array(0),
};

test("each edge has a block row with a block for each end, columns ascending", () => {
  const { pattern, ofFrom, ofTo } = edgeBlocks(triangle, Int32Array.of(0, 1, 2), 3, 2);

  expect(pattern).toEqual({
    blockRows: 3,
    blockCols: 3,
    r: 3,
    c: 2,
    rowPtr: Int32Array.of(0, 2, 4, 6),
    colIdx: Int32Array.of(0, 1, 1, 2, 0, 2),
  });
  expect([ofFrom, ofTo]).toEqual([Int32Array.of(0, 3, 5), Int32Array.of(1, 2, 4)]);
});

test("a held pose has no block", () => {
  const { pattern, ofFrom, ofTo } = edgeBlocks(triangle, Int32Array.of(-1, 0, 1), 3, 3);

  expect(pattern).toMatchObject({ blockRows: 3, blockCols: 2, rowPtr: Int32Array.of(0, 1, 3, 4), colIdx: Int32Array.of(0, 0, 1, 1) });
  expect([ofFrom, ofTo]).toEqual([Int32Array.of(-1, 2, 3), Int32Array.of(0, 1, -1)]);
});

test("an edge between held poses has a row without blocks", () => {
  const { pattern, ofFrom, ofTo } = edgeBlocks(triangle, Int32Array.of(-1, -1, 0), 3, 3);

  expect(pattern.rowPtr).toEqual(Int32Array.of(0, 0, 1, 2));
  expect([ofFrom[0], ofTo[0]]).toEqual([-1, -1]);
});

test("with every pose held there are no columns", () => {
  expect(edgeBlocks(triangle, new Int32Array(3).fill(-1), 3, 3).pattern).toMatchObject({ blockRows: 3, blockCols: 0 });
});
