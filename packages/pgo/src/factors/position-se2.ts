import { cos, sin } from "@slam/float";
import type { Factor } from "./factor.ts";

/** e = R'(l - t) - z: where the body sees a landmark, g2o's EDGE_SE2_XY. */
export const positionSe2: Factor = {
  tag: "EDGE_SE2_XY",
  dimension: 2,
  variables: ["pose", "landmark"],
  rows: 2,
  measurement: 2,
  error([[x, y, theta], [lx, ly]], [zx, zy], e) {
    const [c, s] = [cos(theta), sin(theta)];
    e[0] = c * (lx - x) + s * (ly - y) - zx;
    e[1] = c * (ly - y) - s * (lx - x) - zy;
  },
  // With v = R'(l - t): of the pose [-I, [vy; -vx]], of the landmark R'
  jacobians([[x, y, theta], [lx, ly]], _, [ofPose, ofLandmark]) {
    const [c, s] = [cos(theta), sin(theta)];
    ofPose[0] = -1;
    ofPose[2] = c * (ly - y) - s * (lx - x);
    ofPose[4] = -1;
    ofPose[5] = -(c * (lx - x) + s * (ly - y));
    ofLandmark.set([c, s, -s, c]);
  },
};
