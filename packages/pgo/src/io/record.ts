import type { SimilarityRecords } from "../graph.ts";

/**
 * The layout of one tag's line, `tag id fields` or `tag from to fields`, and how its values map to those of a PoseGraph: a vertex's to its pose,
 * an edge's to its measurement followed by its information, a landmark's to its position, a sensor's to its pose. Without conversions the fields are
 * those values.
 */
export interface RecordType {
  readonly tag: string;
  readonly kind: "vertex" | "edge" | "landmark" | "sensor";
  readonly dimension: 2 | 3;
  /** Of records of similarities: how they write them. */
  readonly similarity?: SimilarityRecords;
  /** The fields' names, for error messages. */
  readonly fields: readonly string[];
  /** Values of the last fields where a line leaves all of them out; absent where none may be. */
  readonly defaults?: readonly number[];
  /** In place: the fields on entry, the graph's values on return. */
  toGraph?(values: Float64Array): void;
  /** The inverse. */
  toFile?(values: Float64Array): void;
}

/** Room for the values of the longest record, [x y z qx qy qz qw s] and 28 entries of information. */
export const RECORD_VALUES = 36;

/** Names of the upper triangle of an information matrix over `axes`, row-major. */
export function informationFields(axes: readonly string[]): readonly string[] {
  return axes.flatMap((row, i) => axes.slice(i).map((column) => `information (${row}, ${column})`));
}
