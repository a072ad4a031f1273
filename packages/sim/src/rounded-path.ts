import { atan2, cos, hypot, sin } from "@slam/float";

export type Waypoint = readonly [x: number, y: number];

/** A straight or an arc: from (x, y) along `heading`, its direction turning by `curvature` a metre. */
interface Piece {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  readonly curvature: number;
  /** Where it begins along the path. */
  readonly start: number;
}

/** The way through waypoints as a wheeled robot takes it, straight and around each corner in an arc, never turning on the spot. */
export class RoundedPath {
  readonly length: number;
  readonly #pieces: Piece[] = [];

  /**
   * @param radius of the arcs, in metres; less where the waypoints are too near for it.
   * @param waypoints at least 2, none on the one before and none back on the way to it.
   */
  constructor(waypoints: readonly Waypoint[], radius: number) {
    let start = 0;
    let at = waypoints[0];
    for (let k = 1; k < waypoints.length; k++) {
      const [ax, ay, before] = direction(waypoints[k - 1], waypoints[k]);
      const corner = waypoints[k];
      const heading = atan2(ay, ax);
      this.#pieces.push({ x: at[0], y: at[1], heading, curvature: 0, start });
      if (k === waypoints.length - 1) {
        start += hypot(corner[0] - at[0], corner[1] - at[1]);
        break;
      }
      const [bx, by, after] = direction(corner, waypoints[k + 1]);
      const cross = ax * by - ay * bx;
      const tangent = cross / (1 + ax * bx + ay * by);
      // The arc takes |r tan(turn / 2)| of both ways; two arcs share a way.
      const taken = Math.min(radius * Math.abs(tangent), before / 2, after / 2);
      const [x, y] = [corner[0] - taken * ax, corner[1] - taken * ay];
      start += hypot(x - at[0], y - at[1]);
      if (taken > 0) {
        const turn = 2 * atan2(tangent, 1);
        const curvature = tangent / taken;
        this.#pieces.push({ x, y, heading, curvature, start });
        start += turn / curvature;
      }
      at = [corner[0] + taken * bx, corner[1] + taken * by];
    }
    this.length = start;
  }

  /** Where the robot is after so many metres, at most `length`: x, y, and its heading in radians. */
  at(distance: number): readonly [x: number, y: number, heading: number] {
    let [low, high] = [0, this.#pieces.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#pieces[middle].start <= distance) low = middle;
      else high = middle;
    }
    const { x, y, heading, curvature, start } = this.#pieces[low];
    const s = distance - start;
    const turned = heading + curvature * s;
    if (curvature === 0) return [x + s * cos(heading), y + s * sin(heading), heading];
    return [x + (sin(turned) - sin(heading)) / curvature, y - (cos(turned) - cos(heading)) / curvature, turned];
  }
}

/** The unit vector from a to b, and how far that is. */
function direction(a: Waypoint, b: Waypoint): readonly [x: number, y: number, length: number] {
  const [x, y] = [b[0] - a[0], b[1] - a[1]];
  const length = hypot(x, y);
  return [x / length, y / length, length];
}
