import { ParseError } from "@slam/errors";
import { type PoseGraph, poseSize } from "../graph.ts";
import { LINT_HINT, type Scanner } from "./scanner.ts";

/** The records of a file in file order. Edges and FIX lines name poses by id, which vertices further down may define. */
export interface ParsedRecords {
  readonly dimension: 2 | 3;
  /** "VERTEX_SE2 on line 1": what set the dimension. */
  readonly first: string;
  readonly vertices: { readonly ids: number[]; readonly lines: Map<number, number>; readonly poses: number[] };
  /** Two ids an edge. */
  readonly edges: NamedPoses & { readonly measurements: number[]; readonly information: number[] };
  readonly fix: NamedPoses;
}

/** Ids and the byte offsets where they stand in the file. */
interface NamedPoses {
  readonly ids: number[];
  readonly offsets: number[];
}

/**
 * Numbers the poses by ascending id: those of the vertices or, in a file without any, those that edges name.
 *
 * @throws ParseError at the first edge, then the first FIX, that names a pose the file does not have.
 */
export function numberPoses(scanner: Scanner, { dimension, vertices, edges, fix }: ParsedRecords): PoseGraph {
  const known = vertices.ids.length > 0;
  const ids = Float64Array.from(known ? vertices.ids : new Set(edges.ids)).sort();
  const indexOf = new Map<number, number>();
  ids.forEach((id, k) => {
    indexOf.set(id, k);
  });
  const ends = findPoses(scanner, edges, indexOf);
  const size = poseSize({ dimension });
  const poses = new Float64Array(ids.length * size);
  if (known) {
    vertices.ids.forEach((id, v) => {
      poses.set(vertices.poses.slice(v * size, (v + 1) * size), indexOf.get(id)! * size);
    });
  } else if (dimension === 3) {
    for (let w = 6; w < poses.length; w += 7) poses[w] = 1;
  }
  return {
    dimension,
    ids,
    poses,
    known: new Uint8Array(ids.length).fill(known ? 1 : 0),
    from: ends.filter((_, i) => i % 2 === 0),
    to: ends.filter((_, i) => i % 2 === 1),
    measurements: Float64Array.from(edges.measurements),
    information: Float64Array.from(edges.information),
    fixed: Int32Array.from(new Set(findPoses(scanner, fix, indexOf))),
  };
}

function findPoses(scanner: Scanner, { ids, offsets }: NamedPoses, indexOf: ReadonlyMap<number, number>): Int32Array {
  return Int32Array.from(ids, (id, i) => {
    const index = indexOf.get(id);
    if (index === undefined)
      throw new ParseError(scanner.placeOf(offsets[i]), { expected: "the id of a pose in this file", actual: `${id}`, hint: LINT_HINT });
    return index;
  });
}
