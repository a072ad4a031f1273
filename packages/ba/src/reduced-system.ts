import type { AnyPrecision, Storage } from "@slam/float";
import { addSeconds, newArrays, type Scratch } from "@slam/linop";
import type { Counters } from "@slam/nlls";
import type { BsrMatrix, BsrPattern, PackedBsr } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import { FACTOR_SIZE, strideOf } from "./eliminate.reference.ts";
import { type Eliminator, eliminatorBeside, newEliminator } from "./eliminator.ts";
import type { BundleJacobian } from "./jacobian.ts";
import { type ReducedPart, type ReducedStructure, reducedStructure } from "./reduced-structure.ts";

export interface ReducedSystemOptions {
  readonly part: ReducedPart;
  /** Of J as evaluated. */
  readonly jacobian: AnyPrecision;
  /** Of the patterns, where something else has it. */
  readonly structure?: ReducedStructure | undefined;
  /** The parts of the J that is to be taken, in an arena with room for `eliminatorBytes`: no copy is made. */
  readonly beside?: readonly PackedBsr[] | undefined;
  readonly counters: Counters;
  readonly arenas: ArenaPool;
  /** What structures are taken from. Default new arrays. */
  readonly scratch?: Scratch | undefined;
}

/**
 * The Schur complement S = U - W V^-1 W' of the points in J'J + D = [U W; W' V], or its block diagonal, in fp64, for one J and D after another. Blocks that are
 * narrower than the widest are padded: to columns of zeros with 1 on the diagonal.
 */
export class ReducedSystem {
  readonly structure: ReducedStructure;
  /** The padded column of each column of J that is no point's. */
  readonly place: Int32Array;
  /** Columns with the padding. */
  readonly size: number;
  readonly #options: ReducedSystemOptions;
  readonly #eliminator: Eliminator;
  /** What `assemble` adds to the diagonal. */
  readonly #onDiagonal: Float64Array;

  /** @param patterns of the parts of J, points last. */
  constructor(patterns: readonly BsrPattern[], options: ReducedSystemOptions) {
    const { part, jacobian, arenas, beside, scratch = newArrays } = options;
    const structure = options.structure ?? reducedStructure(patterns, part, scratch);
    this.structure = structure;
    this.place = placesOf(structure, scratch);
    this.size = structure.pattern.blockRows * structure.b;
    this.#onDiagonal = scratch.numbers(this.size);
    this.#options = options;
    this.#eliminator = beside ? eliminatorBeside(structure, part, beside) : newEliminator(structure, patterns, part, jacobian, arenas);
  }

  /**
   * Takes J and D.
   *
   * @param d D, length columns of J; undefined for none.
   * @returns the first point whose V is not positive definite; -1 for none.
   */
  assemble(J: BundleJacobian, d: Float64Array | undefined): number {
    const { S, damping } = this.#eliminator;
    S.fill(0);
    if (d === undefined) damping.fill(0);
    else damping.set(d.subarray(this.place.length));
    const bad = this.#eliminator.eliminate(J);
    this.#count(J);
    const onDiagonal = this.#onDiagonal.fill(1);
    for (let j = 0; j < this.place.length; j++) onDiagonal[this.place[j]] = d === undefined ? 0 : d[j];
    for (let j = 0; j < this.size; j++) S[this.#diagonalAt(j)] += onDiagonal[j];
    return bad;
  }

  /** The diagonal of S; a new array. */
  diagonal(): Float64Array {
    return Float64Array.from({ length: this.size }, (_, j) => this.#eliminator.S[this.#diagonalAt(j)]);
  }

  #diagonalAt(j: number): number {
    const { b, pattern } = this.structure;
    const row = Math.floor(j / b);
    const block = this.#options.part === "lower" ? pattern.rowPtr[row + 1] - 1 : row;
    return (block * b + (j % b)) * strideOf(b) + (j % b);
  }

  /** H <- diag(s) S diag(s), each entry rounded once; H of S's pattern. */
  scaledInto(H: BsrMatrix<AnyPrecision>, s: Float64Array): void {
    const { S } = this.#eliminator;
    const { blockRows, rowPtr, colIdx, c: b } = H.pattern;
    const stride = strideOf(b);
    const values = H.values as Storage;
    for (let row = 0; row < blockRows; row++) {
      for (let k = rowPtr[row]; k < rowPtr[row + 1]; k++) {
        for (let i = 0; i < b; i++) {
          const from = (k * b + i) * stride;
          for (let j = 0; j < b; j++) H.format.store(values, (k * b + i) * b + j, S[from + j] * s[row * b + i] * s[colIdx[k] * b + j]);
        }
      }
    }
  }

  /** H <- diag(s) S_k diag(s) without padding, S_k the blocks on the diagonal of group k; each entry rounded once. H is block diagonal. */
  scaledDiagonalInto(H: BsrMatrix<AnyPrecision>, k: number, s: Float64Array): void {
    const { S } = this.#eliminator;
    const { b, starts } = this.structure;
    const { blockRows, c } = H.pattern;
    const stride = strideOf(b);
    for (let row = 0; row < blockRows; row++) {
      const from = this.#diagonalAt((starts[k] + row) * b);
      for (let i = 0; i < c; i++) {
        for (let j = 0; j < c; j++) {
          H.format.store(H.values as Storage, (row * c + i) * c + j, S[from + i * stride + j] * s[row * c + i] * s[row * c + j]);
        }
      }
    }
  }

  /** y <- S x, of the padded size; where all of S was assembled. */
  multiply(x: Float64Array, y: Float64Array): void {
    const began = performance.now();
    const { S } = this.#eliminator;
    const { b, pattern } = this.structure;
    const stride = strideOf(b);
    y.fill(0);
    for (let row = 0; row < pattern.blockRows; row++) {
      for (let k = pattern.rowPtr[row]; k < pattern.rowPtr[row + 1]; k++) {
        const column = pattern.colIdx[k];
        for (let i = row * b, at = k * b * stride; i < (row + 1) * b; i++, at += stride) {
          for (let j = 0; j < b; j++) {
            y[i] += S[at + j] * x[column * b + j];
            // The upper triangle is the transpose of the lower; a block on the diagonal has both.
            if (column !== row) y[column * b + j] += S[at + j] * x[i];
          }
        }
      }
    }
    const { work, seconds } = this.#options.counters;
    const blocks = pattern.colIdx.length;
    // A block off the diagonal is multiplied with twice.
    work.count("residual", "fp64", 2 * b * b * (2 * blocks - pattern.blockRows), "fp64", 8 * b * b * blocks);
    addSeconds(seconds, "residual", began);
  }

  /** L of V = L L' of a point: 1/l00, 1/l11, 1/l22, l10, l20, l21. A view of what the next `assemble` overwrites. */
  pointFactor(p: number): Float64Array {
    return this.#eliminator.factors.subarray(FACTOR_SIZE * p, FACTOR_SIZE * (p + 1));
  }

  /** x <- V^-1 x, 3 numbers for each point; returns x'V^-1 x. */
  solvePoints(x: Float64Array): number {
    const began = performance.now();
    const L = this.#eliminator.factors;
    let energy = 0;
    for (let p = 0, at = 0; at < x.length; p += FACTOR_SIZE, at += 3) {
      const y0 = x[at] * L[p];
      const y1 = (x[at + 1] - L[p + 3] * y0) * L[p + 1];
      const y2 = (x[at + 2] - L[p + 4] * y0 - L[p + 5] * y1) * L[p + 2];
      energy += y0 * y0 + y1 * y1 + y2 * y2;
      x[at + 2] = y2 * L[p + 2];
      x[at + 1] = (y1 - L[p + 5] * x[at + 2]) * L[p + 1];
      x[at] = (y0 - L[p + 3] * x[at + 1] - L[p + 4] * x[at + 2]) * L[p];
    }
    const { work, seconds } = this.#options.counters;
    const points = x.length / 3;
    // 9 for either triangle, 6 for the energy.
    work.count("precondition", "fp64", 24 * points, "fp64", 8 * FACTOR_SIZE * points);
    addSeconds(seconds, "precondition", began);
    return energy;
  }

  /** Nominal: per pair of entries of a row 6 b^2, per block of J on the camera side 2 r (b^2 + 3 b). */
  #count(J: BundleJacobian): void {
    const { b, r, entryPtr, rows } = this.structure;
    let pairs = 0;
    for (let row = 0; row < rows; row++) {
      const count = entryPtr[row + 1] - entryPtr[row];
      pairs += this.#options.part === "lower" ? (count * (count + 1)) / 2 : count;
    }
    let [blocks, bytes] = [0, 0];
    for (const { pattern, values } of J.parts) {
      bytes += (values as Storage).byteLength;
      if (pattern !== J.parts[J.parts.length - 1].pattern) blocks += pattern.colIdx.length;
    }
    const flops = 6 * b * b * pairs + 2 * r * (b * b + 3 * b) * blocks;
    this.#options.counters.work.count("factorize", "fp64", flops, J.parts[0].format.name, bytes);
  }
}

function placesOf({ b, dofs, starts }: ReducedStructure, scratch: Scratch): Int32Array {
  const places = scratch.integers(dofs.reduce((sum, dof, k) => sum + dof * (starts[k + 1] - starts[k]), 0));
  let at = 0;
  for (const [k, dof] of dofs.entries()) {
    for (let block = starts[k]; block < starts[k + 1]; block++) for (let j = 0; j < dof; j++) places[at++] = block * b + j;
  }
  return places;
}
