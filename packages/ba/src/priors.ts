import { checkInteger, checkLength, OptionError } from "@slam/errors";
import { type AnyPrecision, fp64, type RoundingEvents, type Storage, storeCounted } from "@slam/float";
import { se3, so3 } from "@slam/lie";
import type { BsrMatrix } from "@slam/sparse";
import { type Bundle, cameraCount, POSE_SIZE, pointCount } from "./bundle.ts";
import { semidefiniteRoot } from "./semidefinite-root.ts";
import { type Group, POSE_DOF } from "./unknowns.ts";

/** That a camera is at Z: e = [t; theta] of Z^-1 X, metres along the axes of Z and the rotation vector, costs 1/2 e' W e. */
export interface PosePrior {
  readonly camera: number;
  /** Z, [x y z qx qy qz qw]. */
  readonly pose: ArrayLike<number>;
  /** The upper triangle of W, row-major, 21 numbers; semidefinite: zeros for what is not known. */
  readonly information: ArrayLike<number>;
}

/** That a point is at z: e = P - z, in the world, costs 1/2 e' W e. */
export interface PointPrior {
  readonly point: number;
  readonly position: ArrayLike<number>;
  /** The upper triangle of W, row-major, 6 numbers; semidefinite. */
  readonly information: ArrayLike<number>;
}

/** What is known of a bundle besides what its cameras measured. A variable may have any number of priors. */
export interface Priors {
  readonly poses?: readonly PosePrior[];
  readonly points?: readonly PointPrior[];
}

/** A prior as its rows are made of it: e has `dof` numbers, the last of `blocks` block rows is filled up with zeros. */
interface Row {
  readonly kind: "pose" | "point";
  readonly variable: number;
  readonly dof: number;
  readonly z: Float64Array;
  /** R with R'R = W, dof x dof. */
  readonly root: Float64Array;
  /** Its block rows, counted from the first prior's. */
  readonly first: number;
  readonly blocks: number;
}

/** A prior on a point: the rows R (P - z) of the point `variable`. */
export type PointRow = Pick<Row, "variable" | "z" | "root">;

/** The rows R e of priors, R'R = W, behind those of observations, in block rows as high as theirs, and their derivatives, in fp64. */
export class PriorRows {
  readonly blockRows: number;
  readonly #poses: number;
  readonly #points: number;
  readonly #height: number;
  readonly #rows: readonly Row[];
  readonly #e = new Float64Array(POSE_DOF);
  readonly #relative = new Float64Array(POSE_SIZE);
  readonly #matrix = new Float64Array(16);
  readonly #inverse = new Float64Array(9);
  readonly #derivative = new Float64Array(POSE_DOF * POSE_DOF);

  /**
   * @param height rows of an observation.
   * @throws DimensionError, OptionError for priors that contradict themselves or the bundle.
   */
  constructor(bundle: Bundle, { poses = [], points = [] }: Priors, height: number) {
    this.#poses = bundle.poses.length;
    this.#points = this.#poses + bundle.intrinsics.length;
    this.#height = height;
    let first = 0;
    const rowOf = (kind: Row["kind"], variable: number, z: Float64Array, root: Float64Array): Row => {
      const dof = kind === "pose" ? POSE_DOF : 3;
      const row = { kind, variable, dof, z, root, first, blocks: Math.ceil(dof / height) };
      first += row.blocks;
      return row;
    };
    this.#rows = [
      ...poses.map(({ camera, pose, information }, k) => {
        const what = `priors.poses[${k}]`;
        checkInteger(`${what}.camera`, camera, 0, cameraCount(bundle) - 1);
        const z = finite(`${what}.pose`, pose, POSE_SIZE);
        const norm = Math.hypot(...z.subarray(3));
        if (Math.abs(norm - 1) > 1e-6) throw new OptionError(`${what}.pose`, { expected: "a quaternion of unit length", actual: norm });
        return rowOf("pose", camera, z, semidefiniteRoot(`${what}.information`, finite(`${what}.information`, information, 21), POSE_DOF));
      }),
      ...points.map(({ point, position, information }, k) => {
        const what = `priors.points[${k}]`;
        checkInteger(`${what}.point`, point, 0, pointCount(bundle) - 1);
        const z = finite(`${what}.position`, position, 3);
        return rowOf("point", point, z, semidefiniteRoot(`${what}.information`, finite(`${what}.information`, information, 6), 3));
      }),
    ];
    this.blockRows = first;
  }

  get onPoints(): readonly PointRow[] {
    return this.#rows.filter(({ kind }) => kind === "point");
  }

  /** Which variables they are about. */
  variables(kind: Row["kind"]): readonly number[] {
    return this.#rows.filter((row) => row.kind === kind).map(({ variable }) => variable);
  }

  /** The variable of a group that each block row is about; -1 for none. */
  variableOf(name: Group["name"]): Int32Array {
    const variable = new Int32Array(this.blockRows).fill(-1);
    for (const row of this.#rows) {
      if (isOf(row, name)) variable.fill(row.variable, row.first, row.first + row.blocks);
    }
    return variable;
  }

  /** r[at ... at + height blockRows) <- the rows at x. */
  residual(x: Float64Array, r: Float64Array, at: number): void {
    r.fill(0, at, at + this.#height * this.blockRows);
    for (const row of this.#rows) {
      const { root, dof, first } = row;
      this.#evaluate(row, x);
      for (let i = 0; i < dof; i++) {
        let sum = 0;
        for (let j = 0; j < dof; j++) sum += root[i * dof + j] * this.#e[j];
        r[at + first * this.#height + i] = sum;
      }
    }
  }

  /** The blocks of a group's part of J in block rows `from` and on, each entry rounded once. */
  write(x: Float64Array, { name, column }: Group, part: BsrMatrix<AnyPrecision>, from: number, events: RoundingEvents): void {
    const { rowPtr, c, r } = part.pattern;
    const block = new Float64Array(r * c);
    for (const row of this.#rows) {
      if (!isOf(row, name) || column[row.variable] < 0) continue;
      const { dof, first, blocks, root } = row;
      this.#evaluate(row, x);
      this.#differentiate(row);
      for (let b = 0; b < blocks; b++) {
        block.fill(0);
        for (let i = 0; i < r && b * r + i < dof; i++) {
          for (let j = 0; j < dof; j++) {
            let sum = 0;
            for (let k = 0; k < dof; k++) sum += root[(b * r + i) * dof + k] * this.#derivative[k * dof + j];
            block[i * c + j] = sum;
          }
        }
        store(part, rowPtr[from + first + b] * r * c, block, events);
      }
    }
  }

  /** #e <- e at x; #relative <- Z^-1 X. */
  #evaluate({ kind, variable, z }: Row, x: Float64Array): void {
    const e = this.#e;
    if (kind === "point") {
      for (let a = 0; a < 3; a++) e[a] = x[this.#points + 3 * variable + a] - z[a];
      return;
    }
    se3.relative(z, 0, x, POSE_SIZE * variable, this.#relative, 0);
    e.set(this.#relative.subarray(0, 3));
    so3.log(this.#relative, 3, e, 3);
  }

  /** #derivative <- de/dxi: of a pose diag(R of Z^-1 X, Jr^-1(theta)), of a point the identity. */
  #differentiate({ kind, dof }: Row): void {
    const D = this.#derivative;
    D.fill(0);
    if (kind === "point") {
      for (let a = 0; a < dof; a++) D[a * (dof + 1)] = 1;
      return;
    }
    se3.toMatrix(this.#relative, 0, this.#matrix, 0);
    so3.rightJacobianInverse(this.#e, 3, this.#inverse, 0);
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        D[a * POSE_DOF + b] = this.#matrix[4 * a + b];
        D[(3 + a) * POSE_DOF + 3 + b] = this.#inverse[3 * a + b];
      }
    }
  }
}

function isOf({ kind }: Row, name: Group["name"]): boolean {
  return kind === "point" ? name === "point" : name === "pose" || name === "camera";
}

function finite(what: string, values: ArrayLike<number>, length: number): Float64Array {
  checkLength(what, values.length, length);
  const copy = Float64Array.from(values);
  const bad = copy.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw new OptionError(`${what}[${bad}]`, { expected: "a finite number", actual: copy[bad] });
  return copy;
}

function store({ format, values }: BsrMatrix<AnyPrecision>, at: number, block: Float64Array, events: RoundingEvents): void {
  if (format === fp64) (values as Storage).set(block, at);
  else for (let k = 0; k < block.length; k++) storeCounted(format, values as Storage, at + k, block[k], events);
}
