import { atan2, cos, sin } from "@slam/float";
import { wrapAngle } from "@slam/lie";
import type { Factor } from "./factor.ts";

/**
 * e = wrap(atan2(vy, vx) - z), v = R'(l - t): the direction in which the body sees a landmark, g2o's EDGE_BEARING_SE2_XY (but for the sign). Where the
 * landmark is at the pose itself no direction is defined: the error is that of the direction 0, and its derivatives are zero.
 */
export const bearingSe2: Factor = {
  tag: "EDGE_BEARING_SE2_XY",
  dimension: 2,
  variables: ["pose", "landmark"],
  rows: 1,
  measurement: 1,
  error([[x, y, theta], [lx, ly]], [z], e) {
    const [c, s] = [cos(theta), sin(theta)];
    e[0] = wrapAngle(atan2(c * (ly - y) - s * (lx - x), c * (lx - x) + s * (ly - y)) - z);
  },
  // Of the landmark (R n)' / |v|, of the pose [-n' / |v|, -1], where n = [-vy; vx] / |v| turns ahead
  jacobians([[x, y, theta], [lx, ly]], _, [ofPose, ofLandmark]) {
    const [dx, dy] = [lx - x, ly - y];
    const range = Math.sqrt(dx * dx + dy * dy);
    if (range === 0) return;
    const [c, s] = [cos(theta), sin(theta)];
    ofPose[0] = (c * dy - s * dx) / range / range;
    ofPose[1] = -(c * dx + s * dy) / range / range;
    ofPose[2] = -1;
    ofLandmark[0] = -dy / range / range;
    ofLandmark[1] = dx / range / range;
  },
};
