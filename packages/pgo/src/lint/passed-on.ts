/**
 * Tags that the g2o reader knows and whose lines lint does not look at but for the ids behind them, so many, of the vertices that they are or join: a FIX may name these, and parts of the
 * graph may hang together by them.
 */
export const PASSED_ON: ReadonlyMap<string, 0 | 1 | 2> = new Map([
  ["PARAMS_SE2OFFSET", 0],
  ["PARAMS_SE3OFFSET", 0],
  ["VERTEX_XY", 1],
  ["VERTEX_TRACKXYZ", 1],
  ["EDGE_PRIOR_SE2", 1],
  ["EDGE_SE3_PRIOR", 1],
  ["EDGE_SE2_XY", 2],
  ["EDGE_BEARING_SE2_XY", 2],
  ["EDGE_SE3_TRACKXYZ", 2],
]);
