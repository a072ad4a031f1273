import { fp16, fp64 } from "@slam/float";
import { type PoseGraph, surveyGraph } from "@slam/pgo";
import { expect, test } from "vitest";

const chain: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 2],
];

/** Poses on a line, 1 m apart; information diag(w, w, w) for each edge. */
function line(edges: readonly (readonly [number, number])[], weights: readonly number[], poses: number = 3): PoseGraph {
  return {
    dimension: 2,
    ids: Float64Array.from({ length: poses }, (_, k) => k),
    poses: Float64Array.from({ length: 3 * poses }, (_, i) => (i % 3 === 0 ? i / 3 : 0)),
    known: new Uint8Array(poses).fill(1),
    from: Int32Array.from(edges, ([from]) => from),
    to: Int32Array.from(edges, ([, to]) => to),
    measurements: Float64Array.from(edges.flatMap(([from, to]) => [to - from, 0, 0])),
    information: Float64Array.from(weights.flatMap((w) => [w, 0, 0, w, 0, w])),
    fixed: new Int32Array(0),
  };
}

test("counts the loops of a triangle: one", () => {
  const triangle = line([...chain, [0, 2]], [1, 1, 1]);

  const { components, loops } = surveyGraph(triangle, fp16);

  expect({ components, loops }).toEqual({ components: 1, loops: 1 });
});

test("counts a pose without edges as a component of its own", () => {
  const { components, loops } = surveyGraph(line([[0, 1]], [1]), fp16);

  expect({ components, loops }).toEqual({ components: 2, loops: 0 });
});

test("gives the range of the eigenvalues over all edges", () => {
  const { information } = surveyGraph(line(chain, [0.5, 8]), fp16);

  expect(information).toEqual({ least: 0.5, largest: 8, indefinite: 0 });
});

test("counts what fp16 cannot hold: 65536 is above 65504, 2^-26 below 2^-24", () => {
  const { range } = surveyGraph(line(chain, [65536, 2 ** -26]), fp16);

  expect(range.information).toEqual({ entries: 12, above: 3, below: 3 });
  // The square roots, 256 and 2^-13, both fit.
  expect(range.jacobian).toMatchObject({ above: 0, below: 0 });
  // J'J's diagonal: pose 1 gets 65536 from the first edge, pose 2 gets 2^-26 from the second, each three times.
  expect(range.normalDiagonal).toEqual({ entries: 6, above: 3, below: 3 });
});

test("fp64 holds everything", () => {
  const { range } = surveyGraph(line([[0, 1]], [1e300], 2), fp64);

  expect([range.information, range.jacobian, range.normalDiagonal]).toEqual([
    { entries: 6, above: 0, below: 0 },
    { entries: 9, above: 0, below: 0 },
    { entries: 3, above: 0, below: 0 },
  ]);
});

test("an indefinite matrix is counted, and leaves no whitened Jacobian to survey", () => {
  const { information, range } = surveyGraph(line(chain, [1, -2]), fp16);

  expect(information).toEqual({ least: -2, largest: 1, indefinite: 1 });
  expect(Object.keys(range)).toEqual(["information"]);
});

test("a singular matrix is not indefinite", () => {
  const graph = line([[0, 1]], [1], 2);
  graph.information.set([1, 1, 0, 1, 0, 1]);

  expect(surveyGraph(graph, fp16).information).toMatchObject({ indefinite: 0 });
});

test("without edges there is no information to speak of", () => {
  expect(surveyGraph(line([], []), fp16)).toEqual({
    components: 3,
    loops: 0,
    landmarks: 0,
    factors: {},
    range: { information: { entries: 0, above: 0, below: 0 } },
  });
});
