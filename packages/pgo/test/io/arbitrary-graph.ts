import fc from "fast-check";
import type { PoseGraph } from "../../src/graph.ts";
import { normalizeQuaternion } from "../../src/io/quaternion.ts";

/** Graphs as a file may hold them: all poses known or none, and then each named by an edge. */
export function arbitraryGraph(value: fc.Arbitrary<number>): fc.Arbitrary<PoseGraph> {
  const ids = fc.uniqueArray(fc.maxSafeInteger(), { minLength: 2, maxLength: 8 });
  const shape = fc.record({ dimension: fc.constantFrom(2 as const, 3 as const), ids, known: fc.boolean() });
  return shape.chain(({ dimension, ids, known }) => {
    const n = ids.length;
    const poses = rows(value, dimension, n);
    const index = fc.nat(n - 1);
    const loops = fc.array(fc.tuple(index, index), { maxLength: 6 });
    const fixed = fc.uniqueArray(index, { maxLength: n });
    return fc.record({ poses, loops, fixed }).chain(({ poses, loops, fixed }) => {
      const chain = ids.slice(1).map((_, i) => [i + 1, i] as const);
      const edges = [...chain, ...loops.filter(([a, b]) => a !== b)];
      const triangle = dimension === 2 ? 6 : 21;
      const information = fc.array(value, { minLength: edges.length * triangle, maxLength: edges.length * triangle });
      return fc.record({ measurements: rows(value, dimension, edges.length), information }).map(({ measurements, information }) => ({
        dimension,
        ids: Float64Array.from(ids).sort(),
        poses: known ? poses : poses.map((_, i) => (i % 7 === 6 && dimension === 3 ? 1 : 0)),
        known: new Uint8Array(n).fill(known ? 1 : 0),
        from: Int32Array.from(edges, ([a]) => a),
        to: Int32Array.from(edges, ([, b]) => b),
        measurements,
        information: Float64Array.from(information),
        fixed: Int32Array.from(fixed),
      }));
    });
  });
}

/** n rows of 3 values, or of 3 values and a unit quaternion. */
function rows(value: fc.Arbitrary<number>, dimension: 2 | 3, n: number): fc.Arbitrary<Float64Array> {
  const size = dimension === 2 ? 3 : 7;
  return fc.array(value, { minLength: n * size, maxLength: n * size }).map((values) => {
    const out = Float64Array.from(values);
    if (dimension === 3) for (let at = 3; at < out.length; at += 7) if (!normalizeQuaternion(out, at)) out[at + 3] = 1;
    return out;
  });
}
