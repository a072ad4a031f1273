import { type AnyPrecision, fp64, powerOfTwoBelow, type Storage, type Vec } from "@slam/float";
import { convertInto, type Preconditioner, type Scratch, type VectorSpace } from "@slam/linop";

/**
 * A solver's vectors in variables scaled by S, powers of two, between whoever has them in fp64 and the solver's spaces: each made once, of length cols. What
 * crosses is rounded once, and not counted: stored J, the factor and CG's own vectors are.
 */
export class ScaledVectors {
  readonly right: Vec<AnyPrecision>;
  readonly exactRight: Vec<AnyPrecision> | undefined;
  readonly x: Vec<AnyPrecision>;
  readonly #space: VectorSpace<AnyPrecision>;
  readonly #exactSpace: VectorSpace<AnyPrecision> | undefined;
  readonly #scratch: Scratch;
  readonly #column: Float64Array;
  readonly #preconditioned: Float64Array;
  #damping: ScaledDamping | undefined;

  /** @param scratch what vectors in fp64 are taken from. */
  constructor(cols: number, space: VectorSpace<AnyPrecision>, exactSpace: VectorSpace<AnyPrecision> | undefined, scratch: Scratch) {
    this.right = space.zeros(cols);
    this.exactRight = exactSpace?.zeros(cols);
    this.x = space.zeros(cols);
    this.#space = space;
    this.#exactSpace = exactSpace;
    this.#scratch = scratch;
    this.#column = scratch.numbers(cols);
    this.#preconditioned = scratch.numbers(cols);
  }

  /** right <- -S .* g / scale, in both spaces; x <- dx ./ S / scale, or 0 without one. */
  load(S: Float64Array, g: Float64Array, scale: number, dx: Float64Array | undefined): void {
    const column = this.#column;
    writeScaled(column, S, g, -scale);
    place(column, this.#space, this.right);
    if (this.exactRight !== undefined) place(column, this.#exactSpace!, this.exactRight);
    if (dx === undefined) (this.x as Storage).fill(0);
    else {
      writeUnscaled(column, S, dx, scale);
      place(column, this.#space, this.x);
    }
  }

  /** dx <- scale S .* x */
  unload(S: Float64Array, scale: number, dx: Float64Array): void {
    convertInto(this.#space.format.storage, this.x, fp64, this.#column);
    writeScaled(dx, S, this.#column, 1 / scale);
  }

  /** d in the scaled variables and in each of the spaces; the next ones take their place. */
  damping(S: Float64Array, d: Float64Array): ScaledDamping {
    const cols = d.length;
    this.#damping ??= {
      wide: this.#scratch.numbers(cols),
      own: this.#space.zeros(cols),
      exact: this.#exactSpace?.zeros(cols),
    };
    const { wide, own, exact } = this.#damping;
    for (let j = 0; j < cols; j++) wide[j] = d[j] * S[j] * S[j];
    place(wide, this.#space, own);
    if (exact !== undefined) place(wide, this.#exactSpace!, exact);
    return this.#damping;
  }

  /** s'M^-1 s of s = S .* v / scale, M the identity by default; `right` and `x` are overwritten. */
  energy(S: Float64Array, v: Float64Array, scale: number, M: Preconditioner<AnyPrecision> | undefined): number {
    const column = this.#column;
    const { storage } = this.#space.format;
    writeScaled(column, S, v, scale);
    place(column, this.#space, this.right);
    convertInto(storage, this.right, fp64, column);
    if (M === undefined) return dot(column, column);
    M.apply(this.right, this.x);
    convertInto(storage, this.x, fp64, this.#preconditioned);
    return dot(column, this.#preconditioned);
  }
}

/** The diagonal of S D S in fp64, rounded to the solver's format and to that of its exact products. */
export interface ScaledDamping {
  readonly wide: Float64Array;
  readonly own: Vec<AnyPrecision>;
  readonly exact: Vec<AnyPrecision> | undefined;
}

/** The power of two that brings |S v| into [1, 2): what a format of little range can hold of S v / scale, and room for the solution above it. */
export function scaleOf(S: Float64Array, v: Float64Array): number {
  return powerOfTwoBelow(Math.sqrt(scaledSquare(S, v)));
}

function place(values: Float64Array, { format }: VectorSpace<AnyPrecision>, into: Vec<AnyPrecision>): void {
  convertInto(fp64, values, format.storage, into);
}

// Loops of their own: engines throw away optimised code that leaves a loop for what has never run.

/** out <- S .* v / divisor, a power of two. */
function writeScaled(out: Float64Array, S: Float64Array, v: Float64Array, divisor: number): void {
  for (let j = 0; j < out.length; j++) out[j] = (S[j] * v[j]) / divisor;
}

/** out <- v ./ S / divisor */
function writeUnscaled(out: Float64Array, S: Float64Array, v: Float64Array, divisor: number): void {
  for (let j = 0; j < out.length; j++) out[j] = v[j] / (S[j] * divisor);
}

/** |S .* v|^2 */
function scaledSquare(S: Float64Array, v: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < v.length; j++) sum += S[j] * v[j] * (S[j] * v[j]);
  return sum;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j] * y[j];
  return sum;
}
