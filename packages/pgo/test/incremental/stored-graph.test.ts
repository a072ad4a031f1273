import { expect, test } from "vitest";
import { StoredGraph } from "../../src/incremental/stored-graph.ts";

const measured = { measurement: Float64Array.of(1, 0, 0), information: new Float64Array(6), whitening: new Float64Array(6) };

function drive(stored: StoredGraph, from: number, id: number): number {
  const pose = stored.addLoose(id);
  stored.addEdge(from, pose, measured);
  return pose;
}

test("a pose added composes nothing and, but for doublings, moves no memory, however many there are", () => {
  const stored = new StoredGraph(2);
  let last = stored.addHeld(0, new Float64Array(3));
  const arrays = new Set<unknown>();

  for (let id = 1; id <= 4096; id++) {
    last = drive(stored, last, id);
    for (const rows of [stored.poses, stored.ids, stored.from, stored.to, stored.measurements, stored.information, stored.next])
      arrays.add(rows);
  }

  expect(stored.compositions).toBe(0);
  // From 16 rows to 8192: ten arrays or fewer for each of seven.
  expect(arrays.size).toBeLessThanOrEqual(70);
});

test("asked for as it is added, a pose takes one composition", () => {
  const stored = new StoredGraph(2);
  let last = stored.addHeld(0, new Float64Array(3));

  for (let id = 1; id <= 100; id++) {
    last = drive(stored, last, id);
    stored.bringUpToDate(last);
    expect(stored.compositions).toBe(id);
  }

  expect(stored.poses[last * 3]).toBe(100);
});

test("poses are composed anew once those they hang on have moved", () => {
  const stored = new StoredGraph(2);
  const held = stored.addHeld(0, new Float64Array(3));
  const middle = drive(stored, held, 1);
  const last = drive(stored, middle, 2);
  stored.bringUpToDate(last);

  stored.settled[middle] = 1;
  stored.poses[middle * 3] = 5;
  stored.state++;
  stored.bringUpToDate(last);

  expect(stored.poses[last * 3]).toBe(6);
  expect(stored.compositions).toBe(3);
});

test("edges leave the lists of their poses, from whichever place", () => {
  const stored = new StoredGraph(2);
  const a = stored.addHeld(0, new Float64Array(3));
  const b = drive(stored, a, 1);
  const edges = [1, 2, 3].map(() => stored.addEdge(a, b, measured));
  const listed = (pose: number): number[] => {
    const found: number[] = [];
    for (let t = stored.first[pose]; t >= 0; t = stored.next[t]) found.push(t >> 1);
    return found;
  };

  stored.removeEdge(edges[1]);
  stored.removeEdge(edges[2]);

  expect(listed(a)).toEqual([edges[0], 0]);
  expect(listed(b)).toEqual([edges[0], 0]);
  expect(stored.isTreeEdge(0)).toBe(true);
  expect(stored.isTreeEdge(edges[0])).toBe(false);
});
