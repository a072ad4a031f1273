import type { PoseGraph } from "../../src/graph.ts";

/** A loop from one pose to another that measures so many metres straight ahead, with so much information on x. */
export type LineLoop = readonly [from: number, to: number, metres: number, information: number];

/** n poses 1 m apart on the x axis with ids 10, 11, ..., and loops. A step is 0.1 m, 1 mm and 1 mrad off. */
export function line(n: number, ...loops: readonly LineLoop[]): PoseGraph {
  const steps = Array.from({ length: n - 1 }, (_, k) => [k, k + 1, 1, 100] as const);
  const edges = [...steps, ...loops];
  return {
    dimension: 2,
    ids: Float64Array.from({ length: n }, (_, k) => 10 + k),
    poses: Float64Array.from({ length: 3 * n }, (_, at) => (at % 3 === 0 ? at / 3 : 0)),
    known: new Uint8Array(n).fill(1),
    from: Int32Array.from(edges, ([from]) => from),
    to: Int32Array.from(edges, ([, to]) => to),
    measurements: Float64Array.from(edges.flatMap(([, , metres]) => [metres, 0, 0])),
    information: Float64Array.from(edges.flatMap(([, , , x]) => [x, 0, 0, 1e6, 0, 1e6])),
    fixed: new Int32Array(0),
  };
}
