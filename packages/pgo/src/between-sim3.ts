import type { AnyPrecision } from "@slam/float";
import { sim3 } from "@slam/lie";
import type { BetweenFactor } from "./between.ts";

/**
 * e = Log(Z^-1 Xi^-1 Xj) = [v; phi; sigma], g2o's EdgeSim3, which orders it [phi; v; sigma]: with S = X^-1 for its vertices, which take the world to the body, and
 * Z^-1 for its measurement, it has log(Z^-1 Xi^-1 Xj) too. Derivatives are exact; g2o's are difference quotients or those of small errors.
 *
 * In an arithmetic A the error and each Jacobian count as one operation, as sin and cos do: computed in fp64 from operands in A and rounded once per entry.
 *
 * @see g2o/types/sim3/types_seven_dof_expmap.cpp, EdgeSim3::computeError; Strasdat, Montiel and Davison, Scale drift-aware large scale monocular SLAM, RSS 2010.
 */
export const betweenSim3: BetweenFactor = {
  dof: 7,
  error(A, poses, i, j, z, zo, e) {
    writeError(A, poses, i, j, z, zo);
    for (let k = 0; k < 7; k++) e[k] = A.round(xi[k]);
  },
  // Jj = Jr^-1(e), Ji = -Jr^-1(e) Ad(Xj^-1 Xi)
  jacobians(A, poses, i, j, z, zo, Ji, Jj) {
    writeError(A, poses, i, j, z, zo);
    sim3.rightJacobianInverse(xi, 0, Jr, 0);
    sim3.inverse(relative, 0, relative, 0);
    sim3.adjoint(relative, 0, Ad, 0);
    for (let a = 0; a < 7; a++) {
      // Both matrices are block upper triangular, with blocks of 3, 3 and 1.
      const first = a - (a % 3);
      for (let c = 0; c < 7; c++) {
        let sum = 0;
        for (let k = first; k < 7; k++) sum -= Jr[7 * a + k] * Ad[7 * k + c];
        Ji[7 * a + c] = A.round(sum);
        Jj[7 * a + c] = A.round(Jr[7 * a + c]);
      }
    }
  },
};

const [Xi, Xj, Z, relative] = [new Float64Array(8), new Float64Array(8), new Float64Array(8), new Float64Array(8)];
const xi = new Float64Array(7);
const Jr = new Float64Array(49);
const Ad = new Float64Array(49);

/** xi <- e and relative <- Xi^-1 Xj, of operands rounded to A. */
function writeError(A: AnyPrecision, poses: Float64Array, i: number, j: number, z: Float64Array, zo: number): void {
  for (let k = 0; k < 8; k++) {
    Xi[k] = A.round(poses[i + k]);
    Xj[k] = A.round(poses[j + k]);
    Z[k] = A.round(z[zo + k]);
  }
  sim3.relative(Xi, 0, Xj, 0, relative, 0);
  sim3.local(Z, 0, relative, 0, xi, 0);
}
