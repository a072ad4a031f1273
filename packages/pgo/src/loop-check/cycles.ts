import { type LieGroup, se2, se3 } from "@slam/lie";
import type { PoseGraph } from "../graph.ts";
import { isLoop } from "../loops.ts";
import { type Measured, measurementOf, type OdometryChains, odometryChains } from "./chains.ts";
import { conjugated, energy } from "./dense.ts";

/**
 * Loops and what odometry says of them. A loop from pose a to pose b that measures Z has D = P_a Z P_b^-1, P being poses by odometry: the identity where both
 * are exact and a and b in one chain, otherwise where the chain of b begins, seen from that of a.
 *
 * With the odometry between its ends a loop closes a cycle, whose error e = Log D is, but for its sign and to first order in all noise, w_a - w_b + Ad(P_b)
 * n. Two loops close another, Z_1 (P_b^-1 P_d) Z_2^-1 (P_c^-1 P_a): seen from where the chains begin it is D_1 D_2^-1, and
 *
 *   e = Log(D_1 D_2^-1) = (w_a - w_c) - Ad(D_1) (w_b - w_d) + Ad(D_1) (Ad(P_b) n_1 - Ad(P_d) n_2)
 *
 * The covariance S of e takes into account that the stretches a ... c and b ... d may share odometry: what is driven there and back cancels, however long it
 * is. Where loops are true e'S^-1 e is of about a chi-square distribution with `dof` degrees of freedom. It is the same from wherever it is seen, since Log(X
 * E X^-1) = Ad(X) Log E.
 *
 * A pair takes O(1): prefix sums have the covariance of each stretch, and D, Ad(D) and Ad(P_b) Cov(n) Ad(P_b)' are made once for each loop.
 *
 * @see Mangelson, Dominic, Eustice and Vasudevan, Pairwise consistent measurement set maximization for robust multi-robot map merging, ICRA 2018.
 */
export class LoopCycles {
  readonly dof: 3 | 6;
  /** The loops, by their numbers in the graph. */
  readonly edges: Int32Array;
  /** The ends of each, the earlier pose first. */
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** The number of each pose's chain. */
  readonly chain: Int32Array;
  /** Loops whose information leaves a direction open, which are not among `edges`. */
  readonly singular: readonly number[];
  readonly #group: LieGroup;
  readonly #chains: OdometryChains;
  /** D, D^-1, Ad(D) and the covariance of the loop's own noise, of each loop. */
  readonly #D: Float64Array;
  readonly #inverse: Float64Array;
  readonly #adjoint: Float64Array;
  readonly #noise: Float64Array;
  readonly #scratch = {
    product: new Float64Array(7),
    e: new Float64Array(6),
    S: new Float64Array(36),
    far: new Float64Array(36),
    shared: new Float64Array(36),
    line: new Float64Array(6),
  };

  constructor(graph: PoseGraph) {
    const { from, to, ids, dimension } = graph;
    this.#group = dimension === 2 ? se2 : se3;
    this.dof = dimension === 2 ? 3 : 6;
    const isEnd = new Uint8Array(ids.length);
    const measured = new Map<number, Measured>();
    const singular: number[] = [];
    for (let edge = 0; edge < from.length; edge++) {
      if (!isLoop(graph, edge)) continue;
      const measurement = measurementOf(graph, this.#group, edge, from[edge] > to[edge]);
      if (measurement === undefined) singular.push(edge);
      else {
        measured.set(edge, measurement);
        isEnd[from[edge]] = isEnd[to[edge]] = 1;
      }
    }
    this.singular = singular;
    this.edges = Int32Array.from(measured.keys());
    this.a = this.edges.map((edge) => Math.min(from[edge], to[edge]));
    this.b = this.edges.map((edge) => Math.max(from[edge], to[edge]));
    this.#chains = odometryChains(graph, this.#group, isEnd);
    this.chain = this.#chains.chain;
    const [loops, { size }, square] = [measured.size, this.#group, this.dof ** 2];
    this.#D = new Float64Array(loops * size);
    this.#inverse = new Float64Array(loops * size);
    this.#adjoint = new Float64Array(loops * square);
    this.#noise = new Float64Array(loops * square);
    for (const [l, edge] of this.edges.entries()) this.#prepare(l, measured.get(edge) as Measured);
  }

  /** e'S^-1 e of a loop and the odometry between its ends, which are in one chain; NaN where rounding leaves nothing of S: no evidence against it. */
  againstOdometry(l: number): number {
    const { a, b, dof } = this;
    const { e, S } = this.#scratch;
    this.#group.log(this.#D, l * this.#group.size, e, 0);
    this.#stretch(a[l], b[l], S);
    for (let k = 0; k < dof * dof; k++) S[k] += this.#noise[l * dof * dof + k];
    return energy(S, e, dof);
  }

  /** e'S^-1 e of two loops whose first ends are in one chain, and whose second ones are in one chain; NaN where rounding leaves nothing of S. */
  againstEachOther(l1: number, l2: number): number {
    const { product, e, S } = this.#scratch;
    const { size } = this.#group;
    this.#group.compose(this.#D, l1 * size, this.#inverse, l2 * size, product, 0);
    this.#group.log(product, 0, e, 0);
    this.#propagate(l1, l2);
    return energy(S, e, this.dof);
  }

  #prepare(l: number, { Z, covariance }: Measured): void {
    const { size } = this.#group;
    const { poses } = this.#chains;
    const [D, inverse, square] = [this.#D, this.#inverse, this.dof ** 2];
    this.#group.inverse(poses, this.b[l] * size, inverse, l * size);
    this.#group.compose(poses, this.a[l] * size, Z, 0, D, l * size);
    this.#group.compose(D, l * size, inverse, l * size, D, l * size);
    this.#group.normalize(D, l * size, D, l * size);
    this.#group.inverse(D, l * size, inverse, l * size);
    this.#group.adjoint(D, l * size, this.#adjoint, l * square);
    this.#noise.set(conjugated(this.#group, poses, this.b[l] * size, covariance), l * square);
  }

  /** The lower triangle of S <- Cov(a ... c) + A (Cov(b ... d) + N_1 + N_2) A' - K A' - A K, A = Ad(D_1), K = Cov(w_a - w_c, w_b - w_d). */
  #propagate(l1: number, l2: number): void {
    const { a, b, dof: n } = this;
    const { S, far: M, shared: K, line } = this.#scratch;
    const [A, noise, square] = [this.#adjoint, this.#noise, n * n];
    const [at, n1, n2] = [l1 * square, l1 * square, l2 * square];
    this.#stretch(a[l1], a[l2], S);
    this.#stretch(b[l1], b[l2], M);
    for (let k = 0; k < square; k++) M[k] += noise[n1 + k] + noise[n2 + k];
    const sign = this.#share(l1, l2);
    // A is [R *; 0 Q], Q 3 x 3 or a number.
    const split = n === 6 ? 3 : 2;
    for (let i = 0; i < n; i++) {
      const row = i * n;
      const first = i < split ? 0 : split;
      // line <- row i of A M - K
      for (let j = 0; j < n; j++) {
        let sum = sign === 0 ? 0 : -sign * K[row + j];
        for (let k = first; k < n; k++) sum += A[at + row + k] * M[k * n + j];
        line[j] = sum;
      }
      for (let j = 0; j <= i; j++) {
        let sum = S[row + j];
        for (let k = j < split ? 0 : split; k < n; k++) sum += line[k] * A[at + j * n + k];
        if (sign !== 0) for (let k = first; k < n; k++) sum -= sign * A[at + row + k] * K[k * n + j];
        S[row + j] = sum;
      }
    }
  }

  /** out <- Cov(w_j - w_k) */
  #stretch(j: number, k: number, out: Float64Array): void {
    const { row, covariances: W } = this.#chains;
    const square = this.dof ** 2;
    const [first, last] = j < k ? [row[j] * square, row[k] * square] : [row[k] * square, row[j] * square];
    for (let at = 0; at < square; at++) out[at] = W[last + at] - W[first + at];
  }

  /** K <- Cov(w) of what a ... c and b ... d share; 1 where they run through it in one direction, -1 in opposite ones, 0 where they share nothing. */
  #share(l1: number, l2: number): -1 | 0 | 1 {
    const { a, b } = this;
    const first = Math.max(Math.min(a[l1], a[l2]), Math.min(b[l1], b[l2]));
    const last = Math.min(Math.max(a[l1], a[l2]), Math.max(b[l1], b[l2]));
    if (first >= last) return 0;
    this.#stretch(first, last, this.#scratch.shared);
    return a[l1] < a[l2] === b[l1] < b[l2] ? 1 : -1;
  }
}
