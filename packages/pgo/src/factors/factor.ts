/** What a factor is between. A pose moves by X Exp(xi), xi = [t; theta] of 3 or 6 numbers; a landmark by l + dl, in the world's frame. */
export type VariableKind = "pose" | "landmark";

/**
 * A kind of measurement: its error e(x, z) as a function of poses and landmarks, and the error's derivatives. This is where a measurement of one's own
 * comes in: of one variable (a prior), of two, or of more.
 *
 * Both functions are called with scratch arrays and keep none of them. They are evaluated in fp64 whatever the policy; what comes out is whitened by the
 * information's square root and rounded once.
 */
export interface Factor {
  /** The tag of its lines in g2o files, `TAG ids [sensor id] measurement information`, and its name in messages. */
  readonly tag: string;
  readonly dimension: 2 | 3;
  /** What each of its variables is; no factor names one twice. */
  readonly variables: readonly VariableKind[];
  /** Of the error, and of its information matrix: 1 to 3 in the plane, 1 to 6 in space. */
  readonly rows: number;
  /** What is measured: a pose, whose quaternion is then looked after, or so many numbers. */
  readonly measurement: "pose" | number;
  /** Whether each is taken by one of the graph's `sensors`: that sensor's pose in the body then follows the measurement in z. Default false. */
  readonly hasSensor?: boolean;
  /** e <- the error, `rows` numbers, at the variables x[0], x[1], ... (3 or 7 numbers of a pose, 2 or 3 of a landmark). */
  error(x: readonly Float64Array[], z: Float64Array, e: Float64Array): void;
  /** J[k] <- de/dxi of variable k: rows x 3 or 6 for a pose, rows x 2 or 3 for a landmark, row-major. Zeros on entry. */
  jacobians(x: readonly Float64Array[], z: Float64Array, J: readonly Float64Array[]): void;
}
