import { type FP64, fp64 } from "@slam/float";
import {
  type CholeskySymbolic,
  type CholeskyWorkspace,
  choleskyWorkspace,
  factorize,
  isFactor,
  type TriangularWorkspace,
  triangularWorkspace,
  withBlockSize,
} from "@slam/ichol";
import { type BsrMatrix, type BsrPattern, bsrMatrix } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import { EXACT, exactInverse, type Inverse } from "./exact-inverse.ts";
import { writeFrames } from "./frames.ts";

/** Of the factor of a matrix that is singular to rounding. */
const MOST_SHIFTS = 20;
/** What a factor may cost in multiplications that precondition before a new one pays: kernels factorise that much faster. */
const FACTOR_SPEED = 3;

/** One row of a basis vector of a pose's tangent space: `sign` times a vector of its frame. */
interface Term {
  readonly coordinate: number;
  readonly row: number;
  readonly frame: number;
  readonly sign: 1 | -1;
}

/**
 * The Hessian of F / 2 in coordinates of the tangent spaces, factorised: what preconditions Newton's equations. For r = d a pose's coordinates are turns and
 * moves in its own frame, in which the matrix hardly changes while poses move; so a factor serves for several steps. The first pose is held.
 */
export class TangentSystem {
  readonly #d: number;
  readonly #r: number;
  readonly #M: BsrMatrix<FP64>;
  readonly #terms: readonly Term[];
  readonly #H: BsrMatrix<FP64>;
  readonly #symbolic: CholeskySymbolic;
  readonly #factors: CholeskyWorkspace;
  readonly #triangles: TriangularWorkspace;
  readonly #frames: Float64Array;
  readonly #coordinates: Float64Array;
  #inverse: Inverse | undefined;

  /** @param symbolic of M's complete factor. */
  constructor(M: BsrMatrix<FP64>, symbolic: CholeskySymbolic, r: number, arenas: ArenaPool) {
    const { blockRows: n, r: b } = M.pattern;
    this.#d = b - 1;
    this.#r = r;
    this.#M = M;
    const { terms, size } = basisTerms(b - 1, r);
    this.#terms = terms;
    const pattern: BsrPattern = { ...M.pattern, r: size, c: size };
    this.#H = bsrMatrix(pattern, fp64);
    this.#symbolic = withBlockSize(symbolic, size);
    this.#factors = choleskyWorkspace(this.#symbolic, fp64, arenas);
    this.#triangles = triangularWorkspace(this.#symbolic, EXACT, arenas);
    this.#frames = new Float64Array(n * r * r);
    this.#coordinates = new Float64Array(n * size);
  }

  /** So many products with this factor cost what a new one does. */
  get productsOfFactor(): number {
    return this.#symbolic.flops / (4 * this.#symbolic.nonzeros * FACTOR_SPEED);
  }

  /** Coordinates are of the tangent spaces at X from now on. */
  place(X: Float64Array): void {
    writeFrames(this.#d, this.#r, X, this.#frames);
  }

  /** Factorises the Hessian with these multipliers or, where it is not positive definite, what it is without them. */
  factor(Lambda: Float64Array): void {
    this.#assemble(Lambda);
    let factor = factorize(this.#symbolic, this.#H, { maxShifts: 0, workspace: this.#factors });
    if (!isFactor(factor)) {
      this.#assemble(undefined);
      factor = factorize(this.#symbolic, this.#H, { maxShifts: MOST_SHIFTS, workspace: this.#factors });
    }
    if (!isFactor(factor)) throw new Error("bug: M is not positive semidefinite");
    this.#inverse = exactInverse(factor, this.#triangles);
  }

  /** Z <- B (the factor's matrix)^-1 B' R for the basis B of the tangent spaces. */
  apply(R: Float64Array, Z: Float64Array): void {
    const q = this.#coordinates;
    this.#toCoordinates(R, q);
    (this.#inverse as Inverse)(q, q);
    this.#fromCoordinates(q, Z);
  }

  #toCoordinates(R: Float64Array, q: Float64Array): void {
    const [r, b, size] = [this.#r, this.#d + 1, this.#H.pattern.r];
    q.fill(0);
    for (let k = 1; k < q.length / size; k++) {
      for (const { coordinate, row, frame, sign } of this.#terms) {
        const f = (k * r + frame) * r;
        const at = (k * b + row) * r;
        let sum = 0;
        for (let a = 0; a < r; a++) sum += this.#frames[f + a] * R[at + a];
        q[k * size + coordinate] += sign * sum;
      }
    }
  }

  #fromCoordinates(q: Float64Array, Z: Float64Array): void {
    const [r, b, size] = [this.#r, this.#d + 1, this.#H.pattern.r];
    Z.fill(0);
    for (let k = 1; k < q.length / size; k++) {
      for (const { coordinate, row, frame, sign } of this.#terms) {
        const f = (k * r + frame) * r;
        const at = (k * b + row) * r;
        const s = sign * q[k * size + coordinate];
        for (let a = 0; a < r; a++) Z[at + a] += s * this.#frames[f + a];
      }
    }
  }

  /** H <- B' (M - blockdiag(Lambda)) B, the first pose's rows and columns those of the identity. */
  #assemble(Lambda: Float64Array | undefined): void {
    const { pattern, values: M } = this.#M;
    const { rowPtr, colIdx, r: b } = pattern;
    const [d, r, frames] = [this.#d, this.#r, this.#frames];
    const H = this.#H.values;
    const size = this.#H.pattern.r;
    const products = new Float64Array(r * r);
    const block = new Float64Array(b * b);
    H.fill(0);
    for (let a = 0; a < size; a++) H[a * (size + 1)] = 1;
    for (let i = 1; i < pattern.blockRows; i++) {
      for (let e = rowPtr[i]; e < rowPtr[i + 1]; e++) {
        const j = colIdx[e];
        if (j === 0) continue;
        for (let k = 0; k < b * b; k++) block[k] = M[e * b * b + k];
        if (i === j && Lambda !== undefined) {
          for (let l = 0; l < d; l++) for (let c = 0; c < d; c++) block[l * b + c] -= Lambda[(i * d + l) * d + c];
        }
        writeProducts(r, frames, i * r * r, j * r * r, products);
        this.#addBlock(block, products, H, e * size * size);
      }
    }
  }

  #addBlock(block: Float64Array, products: Float64Array, H: Float64Array, at: number): void {
    const [r, b, size] = [this.#r, this.#d + 1, this.#H.pattern.r];
    for (const u of this.#terms) {
      for (const v of this.#terms) {
        H[at + u.coordinate * size + v.coordinate] += u.sign * v.sign * block[u.row * b + v.row] * products[u.frame * r + v.frame];
      }
    }
  }
}

/** C <- F_i F_j' for the frames at these places. */
function writeProducts(r: number, frames: Float64Array, i: number, j: number, C: Float64Array): void {
  for (let f = 0; f < r; f++) {
    for (let g = 0; g < r; g++) {
      let sum = 0;
      for (let a = 0; a < r; a++) sum += frames[i + f * r + a] * frames[j + g * r + a];
      C[f * r + g] = sum;
    }
  }
}

/** Turns that mix two rows of Y, then those that mix one with a vector of the complement, then moves. */
function basisTerms(d: number, r: number): { readonly terms: readonly Term[]; readonly size: number } {
  const terms: Term[] = [];
  let coordinate = 0;
  for (let l = 0; l < d; l++) {
    for (let c = l + 1; c < d; c++, coordinate++) {
      terms.push({ coordinate, row: l, frame: c, sign: 1 }, { coordinate, row: c, frame: l, sign: -1 });
    }
  }
  for (let l = 0; l < d; l++) for (let m = d; m < r; m++, coordinate++) terms.push({ coordinate, row: l, frame: m, sign: 1 });
  for (let m = 0; m < r; m++, coordinate++) terms.push({ coordinate, row: d, frame: m, sign: 1 });
  return { terms, size: coordinate };
}
