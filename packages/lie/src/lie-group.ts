/**
 * A matrix Lie group whose elements and tangents are runs of fp64 numbers in flat arrays: `(array, offset)` names one of them, so a pose
 * graph's states are used where they lie and nothing is allocated.
 *
 * `out` may be an input: the same array and the same offset; it must not overlap one otherwise. Lengths and finiteness are the caller's:
 * these functions run once per edge and iteration. Matrices are row-major. Tangents are [translation; rotation], in metres and radians, and in Sim(3) the logarithm of the scale behind.
 *
 * @see Solà, Deray, Atchuthan, A micro Lie theory for state estimation in robotics, arXiv 1812.01537, 2018.
 */
export interface LieGroup {
  /** "SE(3)" */
  readonly name: string;
  /** Numbers per element. */
  readonly size: number;
  /** Numbers per tangent. */
  readonly dof: number;
  /** Numbers per point: 2 or 3. */
  readonly pointSize: number;
  /** `toMatrix` and `hat` write this many rows and columns. */
  readonly matrixSize: number;

  /** out <- I. */
  identity(out: Float64Array, o: number): void;
  /** out <- X without rounding drift: angles in [-pi, pi), quaternions of norm 1 with w >= 0. Applied again it changes no bit. */
  normalize(x: Float64Array, xo: number, out: Float64Array, o: number): void;
  /** out <- A B. Quaternions keep norm 1 through any number of products; their sign is not chosen. */
  compose(a: Float64Array, ao: number, b: Float64Array, bo: number, out: Float64Array, o: number): void;
  /** out <- X^-1. */
  inverse(x: Float64Array, xo: number, out: Float64Array, o: number): void;
  /** out <- A^-1 B: where B is, seen from A. */
  relative(a: Float64Array, ao: number, b: Float64Array, bo: number, out: Float64Array, o: number): void;

  /** out <- Exp(xi) = sum_k hat(xi)^k / k!. */
  exp(xi: Float64Array, xio: number, out: Float64Array, o: number): void;
  /** out <- Log(X), the xi of Exp(xi) = X whose rotation angle is at most pi. */
  log(x: Float64Array, xo: number, out: Float64Array, o: number): void;
  /** out <- X Exp(xi). */
  retract(x: Float64Array, xo: number, xi: Float64Array, xio: number, out: Float64Array, o: number): void;
  /** out <- Log(X^-1 Y): the xi of retract(X, xi) = Y. */
  local(x: Float64Array, xo: number, y: Float64Array, yo: number, out: Float64Array, o: number): void;

  /** out <- X p, a point in body coordinates taken to the world for X = worldFromBody. */
  act(x: Float64Array, xo: number, p: Float64Array, po: number, out: Float64Array, o: number): void;
  /** out <- Ad(X), dof x dof: X Exp(xi) = Exp(Ad(X) xi) X. */
  adjoint(x: Float64Array, xo: number, out: Float64Array, o: number): void;
  /** out <- the matrix of xi in the Lie algebra. */
  hat(xi: Float64Array, xio: number, out: Float64Array, o: number): void;
  /** The inverse of `hat`. */
  vee(matrix: Float64Array, mo: number, out: Float64Array, o: number): void;
  /** out <- X as a matrix; homogeneous in SE(n) and Sim(3). */
  toMatrix(x: Float64Array, xo: number, out: Float64Array, o: number): void;
  /** The inverse of `toMatrix`, normalised: of the matrix's rounding errors none leaves the group. */
  fromMatrix(matrix: Float64Array, mo: number, out: Float64Array, o: number): void;

  /** out <- Jl, dof x dof: Exp(xi + d) = Exp(Jl d) Exp(xi) to first order. */
  leftJacobian(xi: Float64Array, xio: number, out: Float64Array, o: number): void;
  /** out <- Jr, dof x dof: Exp(xi + d) = Exp(xi) Exp(Jr d) to first order; Jr(xi) = Jl(-xi). */
  rightJacobian(xi: Float64Array, xio: number, out: Float64Array, o: number): void;
  /** out <- Jl^-1: Log(Exp(d) Exp(xi)) = xi + Jl^-1 d to first order. Not defined at a rotation angle of 2 pi. */
  leftJacobianInverse(xi: Float64Array, xio: number, out: Float64Array, o: number): void;
  /** out <- Jr^-1: Log(Exp(xi) Exp(d)) = xi + Jr^-1 d to first order. Not defined at a rotation angle of 2 pi. */
  rightJacobianInverse(xi: Float64Array, xio: number, out: Float64Array, o: number): void;
}
