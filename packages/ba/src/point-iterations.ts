import { type AnyPrecision, fp64, tolerance } from "@slam/float";
import type { Loss } from "@slam/nlls";
import type { Bundle } from "./bundle.ts";
import type { Observer } from "./observer.ts";
import type { PointRow } from "./priors.ts";

export interface PointIterationsOptions {
  /** Gauss-Newton steps of a point at most. */
  readonly most: number;
  /** What points are stored in. */
  readonly storage: AnyPrecision;
  /** On each observation, of its squared whitened norm. Default none. */
  readonly loss?: Loss | undefined;
}

/**
 * Embedded point iterations: with everything else held, each free point takes Gauss-Newton steps on its own observations and priors, H dp = -g with H = sum w Jp'Jp 3 x 3, as long as its
 * own cost falls and no camera loses sight of it; so the whole cost never rises. A point whose H is singular, as one seen in a single direction has it, stays.
 *
 * @see Jeong, Nister, Steedly, Szeliski and Kweon, Pushing the envelope of modern methods for bundle adjustment, PAMI 2012.
 */
export class PointIterations {
  readonly #observer: Observer;
  readonly #options: PointIterationsOptions;
  /** Where points begin in x. */
  readonly #first: number;
  /** Observations of point p, none of one that is held: order[start[p] ... start[p + 1]). */
  readonly #start: Int32Array;
  readonly #order: Int32Array;
  readonly #priors = new Map<number, PointRow[]>();
  /** The upper triangle of H, by rows, g and dp. */
  readonly #H = new Float64Array(6);
  readonly #g = new Float64Array(3);
  readonly #step = new Float64Array(3);
  readonly #e = new Float64Array(3);
  /** Which of the point's observations were seen where it was linearised. */
  readonly #seen: Uint8Array;

  /** @param column of each point; -1 where it is held. */
  constructor(bundle: Bundle, column: Int32Array, observer: Observer, priors: readonly PointRow[], options: PointIterationsOptions) {
    this.#observer = observer;
    this.#options = options;
    this.#first = bundle.poses.length + bundle.intrinsics.length;
    const start = new Int32Array(column.length + 1);
    for (const p of bundle.point) if (column[p] >= 0) start[p + 1]++;
    const longest = start.reduce((most, length) => Math.max(most, length), 0);
    for (let p = 0; p < column.length; p++) start[p + 1] += start[p];
    const next = start.slice();
    this.#order = new Int32Array(start[column.length]);
    for (let i = 0; i < bundle.point.length; i++) if (column[bundle.point[i]] >= 0) this.#order[next[bundle.point[i]]++] = i;
    this.#start = start;
    this.#seen = new Uint8Array(longest);
    for (const row of priors) {
      if (column[row.variable] >= 0) this.#priors.set(row.variable, [...(this.#priors.get(row.variable) ?? []), row]);
    }
  }

  /** @returns x with its points refined, a copy; x itself where none moved. */
  refine(x: Float64Array): Float64Array {
    const refined = x.slice();
    this.#observer.moveTo(refined);
    let moved = 0;
    for (let p = 0; p < this.#start.length - 1; p++) {
      if (this.#start[p + 1] > this.#start[p]) moved += this.#refinePoint(refined, p);
    }
    return moved > 0 ? refined : x;
  }

  /** @returns how many steps it took. */
  #refinePoint(x: Float64Array, p: number): number {
    const { most, storage } = this.#options;
    const at = this.#first + 3 * p;
    for (let taken = 0; taken < most; taken++) {
      const cost = this.#linearize(x, p);
      if (!this.#solve()) return taken;
      const x0 = x[at];
      const y0 = x[at + 1];
      const z0 = x[at + 2];
      for (let a = 0; a < 3; a++) x[at + a] = storage.round(x[at + a] + this.#step[a]);
      // Where either is not a number, too, the point goes back.
      if (!(this.#costOf(x, p) < cost)) {
        x[at] = x0;
        x[at + 1] = y0;
        x[at + 2] = z0;
        return taken;
      }
    }
    return most;
  }

  /** H, g and what is seen, at x. @returns the point's cost. */
  #linearize(x: Float64Array, p: number): number {
    const observer = this.#observer;
    const { residual, byPoint, rows } = observer;
    const { loss } = this.#options;
    const from = this.#start[p];
    this.#H.fill(0);
    this.#g.fill(0);
    let cost = 0;
    for (let j = from; j < this.#start[p + 1]; j++) {
      this.#seen[j - from] = Number(observer.observe(this.#order[j], true));
      const square = squareOf(residual, rows);
      cost += loss === undefined ? square : loss.rho(square);
      this.#add(residual, byPoint, rows, loss === undefined ? 1 : loss.weight(square));
    }
    for (const row of this.#priors.get(p) ?? NONE) {
      cost += this.#priorAt(x, p, row);
      this.#add(this.#e, row.root, 3, 1);
    }
    return cost;
  }

  /** The point's cost at x; infinite where an observation is out of sight that was seen where it was linearised. */
  #costOf(x: Float64Array, p: number): number {
    const observer = this.#observer;
    const { residual, rows } = observer;
    const { loss } = this.#options;
    const from = this.#start[p];
    let cost = 0;
    for (let j = from; j < this.#start[p + 1]; j++) {
      if (!observer.observe(this.#order[j], false) && this.#seen[j - from] === 1) return Number.POSITIVE_INFINITY;
      const square = squareOf(residual, rows);
      cost += loss === undefined ? square : loss.rho(square);
    }
    for (const row of this.#priors.get(p) ?? NONE) cost += this.#priorAt(x, p, row);
    return cost;
  }

  /** #e <- R (P - z). @returns its square. */
  #priorAt(x: Float64Array, p: number, { root, z }: PointRow): number {
    const at = this.#first + 3 * p;
    for (let r = 0; r < 3; r++) {
      this.#e[r] = root[3 * r] * (x[at] - z[0]) + root[3 * r + 1] * (x[at + 1] - z[1]) + root[3 * r + 2] * (x[at + 2] - z[2]);
    }
    return squareOf(this.#e, 3);
  }

  /** H += w J'J, g += w J'r, J rows x 3. */
  #add(r: Float64Array, J: Float64Array, rows: number, weight: number): void {
    const H = this.#H;
    const g = this.#g;
    for (let k = 0; k < rows; k++) {
      const x = J[3 * k];
      const y = J[3 * k + 1];
      const z = J[3 * k + 2];
      const e = weight * r[k];
      const [wx, wy] = [weight * x, weight * y];
      H[0] += wx * x;
      H[1] += wx * y;
      H[2] += wx * z;
      H[3] += wy * y;
      H[4] += wy * z;
      H[5] += weight * z * z;
      g[0] += e * x;
      g[1] += e * y;
      g[2] += e * z;
    }
  }

  /** #step <- dp by Cholesky, H = L L'. @returns whether each pivot is more than rounding of its diagonal entry, and the step finite. */
  #solve(): boolean {
    const [H, g, step] = [this.#H, this.#g, this.#step];
    const l00 = Math.sqrt(H[0]);
    const l10 = H[1] / l00;
    const l20 = H[2] / l00;
    const d1 = H[3] - l10 * l10;
    const l11 = Math.sqrt(d1);
    const l21 = (H[4] - l10 * l20) / l11;
    const d2 = H[5] - l20 * l20 - l21 * l21;
    if (!(d1 > ROUNDING * H[3] && d2 > ROUNDING * H[5])) return false;
    const l22 = Math.sqrt(d2);
    const y0 = -g[0] / l00;
    const y1 = (-g[1] - l10 * y0) / l11;
    step[2] = (-g[2] - l20 * y0 - l21 * y1) / l22 / l22;
    step[1] = (y1 - l21 * step[2]) / l11;
    step[0] = (y0 - l10 * step[1] - l20 * step[2]) / l00;
    return Number.isFinite(step[0]) && Number.isFinite(step[1]) && Number.isFinite(step[2]);
  }
}

const NONE: readonly PointRow[] = [];
/** Of pivots of a sum of many rows, relatively. */
const ROUNDING = tolerance(fp64, 3, 64);

function squareOf(r: Float64Array, rows: number): number {
  let sum = 0;
  for (let k = 0; k < rows; k++) sum += r[k] * r[k];
  return sum;
}
