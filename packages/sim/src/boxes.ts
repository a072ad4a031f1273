/** Along the axes of the world. */
export type Box = readonly [x0: number, y0: number, z0: number, x1: number, y1: number, z1: number];

/** How much of the way to a point may lie inside a box: a landmark on a wall is seen from before it. */
const ROUNDING = 2 ** -30;

/** Whether a box hides b from a: the straight way from a to b is inside it somewhere before its end. Each box is [x0, y0, z0, x1, y1, z1]. */
export function isBetween(boxes: Float64Array, at: number, a: Float64Array, b: Float64Array, bo: number): boolean {
  let enter = 0;
  let leave = 1 - ROUNDING;
  for (let axis = 0; axis < 3; axis++) {
    const from = a[axis];
    const way = b[bo + axis] - from;
    const low = boxes[at + axis] - from;
    const high = boxes[at + 3 + axis] - from;
    if (way === 0) {
      if (low >= 0 || high <= 0) return false;
      continue;
    }
    enter = Math.max(enter, (way > 0 ? low : high) / way);
    leave = Math.min(leave, (way > 0 ? high : low) / way);
    if (enter >= leave) return false;
  }
  return true;
}

/** The squared distance of a point from a box, 0 inside it. */
export function squaredDistance(boxes: Float64Array, at: number, p: Float64Array): number {
  let square = 0;
  for (let axis = 0; axis < 3; axis++) {
    const away = Math.max(boxes[at + axis] - p[axis], 0, p[axis] - boxes[at + 3 + axis]);
    square += away * away;
  }
  return square;
}
