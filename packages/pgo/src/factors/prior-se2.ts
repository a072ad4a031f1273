import { cos, sin } from "@slam/float";
import { wrapAngle } from "@slam/lie";
import type { Factor } from "./factor.ts";

/** e = [Rz'(t - tz); wrap(theta - theta_z)]: [t; theta] of Z^-1 X, g2o's EDGE_PRIOR_SE2. */
export const priorSe2: Factor = {
  tag: "EDGE_PRIOR_SE2",
  dimension: 2,
  variables: ["pose"],
  rows: 3,
  measurement: "pose",
  error([[x, y, theta]], [zx, zy, turn], e) {
    const [c, s] = [cos(turn), sin(turn)];
    e[0] = c * (x - zx) + s * (y - zy);
    e[1] = c * (y - zy) - s * (x - zx);
    e[2] = wrapAngle(theta - turn);
  },
  // [Rz'R, 0; 0, 1]
  jacobians([[, , theta]], [, , turn], [J]) {
    J[0] = cos(theta - turn);
    J[1] = -sin(theta - turn);
    J[3] = -J[1];
    J[4] = J[0];
    J[8] = 1;
  },
};
