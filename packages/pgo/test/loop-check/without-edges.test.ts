import { OptionError } from "@slam/errors";
import { expect, test } from "vitest";
import { withoutEdges } from "../../src/loop-check/without-edges.ts";
import { line } from "./line.ts";

test("the other edges keep their order, measurements and information; poses are the graph's own", () => {
  const graph = line(4, [0, 2, 2.5, 25], [1, 3, 1.5, 16]);

  const left = withoutEdges(graph, [3, 0]);

  expect([[...left.from], [...left.to]]).toEqual([
    [1, 2, 1],
    [2, 3, 3],
  ]);
  expect([...left.measurements]).toEqual([1, 0, 0, 1, 0, 0, 1.5, 0, 0]);
  expect([...left.information].filter((_, at) => at % 6 === 0)).toEqual([100, 100, 16]);
  expect(left.poses).toBe(graph.poses);
  expect(graph.from).toHaveLength(5);
});

test("none, and all", () => {
  const graph = line(3, [0, 2, 2, 25]);

  expect(withoutEdges(graph, [])).toEqual(graph);
  expect(withoutEdges(graph, [0, 1, 2]).from).toHaveLength(0);
});

test("an edge that there is not is refused", () => {
  expect(() => withoutEdges(line(3), [2])).toThrow(OptionError);
  expect(() => withoutEdges(line(3), [-1])).toThrow(OptionError);
});
