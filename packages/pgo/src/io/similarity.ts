import { sim3 } from "@slam/lie";
import { informationFields, type RecordType } from "./record.ts";

const POSE = ["x", "y", "z", "qx", "qy", "qz", "qw", "s"];
/** The axes of the error and of the logarithm, in g2o's order and by its names. */
const AXES = ["omega x", "omega y", "omega z", "upsilon x", "upsilon y", "upsilon z", "sigma"];
/** Of g2o's vertex, which has a camera; edges between two of them do not look at it. */
const CAMERA = { fields: ["focal length x", "focal length y", "principal point x", "principal point y"], values: [1, 1, 0, 0] } as const;

/** Where each entry of the upper triangle over [v; phi; sigma] stands in that over [omega; upsilon; sigma], and the other way round: row-major, 28 entries. */
const PLACES = [0, 1, 2, 3, 4, 5, 6].flatMap((i) =>
  [0, 1, 2, 3, 4, 5, 6].slice(i).map((j) => {
    const [a, b] = [swapped(i), swapped(j)];
    const [row, column] = [Math.min(a, b), Math.max(a, b)];
    return row * 7 - (row * (row - 1)) / 2 + column - row;
  }),
);

function swapped(axis: number): number {
  if (axis === 6) return 6;
  return axis < 3 ? axis + 3 : axis - 3;
}

/** Information at values[at ...], from one order of the axes into the other. */
function swapInformation(values: Float64Array, at: number): void {
  const given = values.slice(at, at + 28);
  PLACES.forEach((place, k) => {
    values[at + k] = given[place];
  });
}

/** [omega; upsilon; sigma] -> [x y z qx qy qz qw s]. */
function expInPlace(values: Float64Array): void {
  sim3.exp(Float64Array.of(values[3], values[4], values[5], values[0], values[1], values[2], values[6]), 0, values, 0);
}

/** [x y z qx qy qz qw s] -> [omega; upsilon; sigma]. */
function logInPlace(values: Float64Array): void {
  const xi = new Float64Array(7);
  sim3.log(values, 0, xi, 0);
  values.set([xi[3], xi[4], xi[5], xi[0], xi[1], xi[2], xi[6]]);
}

/** A similarity as it is stored, worldFromBody; g2o's :QUAT of poses with the scale behind it. */
export const VERTEX_SIM3: RecordType = { tag: "VERTEX_SIM3:QUAT", kind: "vertex", dimension: 3, similarity: "quat", fields: POSE };

export const EDGE_SIM3: RecordType = {
  tag: "EDGE_SIM3:QUAT",
  kind: "edge",
  dimension: 3,
  similarity: "quat",
  fields: [...POSE, ...informationFields(AXES)],
  toGraph: (values) => swapInformation(values, 8),
  toFile: (values) => swapInformation(values, 8),
};

/**
 * What g2o reads and writes: the logarithm of worldFromBody (its `cam2world`, the inverse of the vertex's estimate), then the camera, which some writers leave out.
 *
 * @see g2o/types/sim3/types_seven_dof_expmap.cpp, VertexSim3Expmap::read and write.
 */
export const VERTEX_SIM3_EXPMAP: RecordType = {
  tag: "VERTEX_SIM3:EXPMAP",
  kind: "vertex",
  dimension: 3,
  similarity: "expmap",
  fields: [...AXES, ...CAMERA.fields],
  defaults: CAMERA.values,
  toGraph: expInPlace,
  toFile(values) {
    logInPlace(values);
    values.set(CAMERA.values, 7);
  },
};

/**
 * The logarithm of Z = Xi^-1 Xj (the inverse of the edge's measurement) and the information of its error.
 *
 * @see g2o/types/sim3/types_seven_dof_expmap.cpp, EdgeSim3::read and write.
 */
export const EDGE_SIM3_EXPMAP: RecordType = {
  tag: "EDGE_SIM3:EXPMAP",
  kind: "edge",
  dimension: 3,
  similarity: "expmap",
  fields: [...AXES, ...informationFields(AXES)],
  toGraph(values) {
    values.copyWithin(8, 7, 35);
    expInPlace(values);
    swapInformation(values, 8);
  },
  toFile(values) {
    swapInformation(values, 8);
    logInPlace(values);
    values.copyWithin(7, 8, 36);
  },
};
