/**
 * Powell's dogleg: from 0 straight to the Cauchy point, which minimises the linear model along its steepest descent, and on to the Gauss-Newton point.
 * The model falls and |p| grows all the way. Lengths are |p| = sqrt(p' diag(weights) p), and steepest is meant by them.
 *
 * @see Powell, A hybrid method for nonlinear equations, 1970; Nocedal and Wright, Numerical Optimization, 2006, section 4.1.
 */
export class DoglegPath {
  /** Of the Cauchy and the Gauss-Newton point. */
  readonly cauchyLength: number;
  readonly length: number;
  readonly #weights: Float64Array;
  readonly #cauchy: Float64Array;
  readonly #gaussNewton: Float64Array;

  /** All of one length; none is copied. */
  constructor(weights: Float64Array, cauchy: Float64Array, gaussNewton: Float64Array) {
    this.#weights = weights;
    this.#cauchy = cauchy;
    this.#gaussNewton = gaussNewton;
    this.cauchyLength = Math.sqrt(weightedDot(weights, cauchy, cauchy));
    this.length = Math.sqrt(weightedDot(weights, gaussNewton, gaussNewton));
  }

  /** p <- the last point of the path with |p| <= radius, up to rounding. @returns |p|. */
  at(radius: number, p: Float64Array): number {
    if (radius >= this.length) {
      p.set(this.#gaussNewton);
      return this.length;
    }
    const alongCauchy = radius <= this.cauchyLength;
    const t = alongCauchy ? radius / this.cauchyLength : this.#crossing(radius);
    for (let j = 0; j < p.length; j++) {
      p[j] = alongCauchy ? t * this.#cauchy[j] : this.#cauchy[j] + t * (this.#gaussNewton[j] - this.#cauchy[j]);
    }
    return radius;
  }

  /** t in [0, 1] with |c + t (n - c)| = radius. */
  #crossing(radius: number): number {
    const w = this.#weights;
    const c = this.#cauchy;
    const n = this.#gaussNewton;
    let across = 0;
    let along = 0;
    for (let j = 0; j < c.length; j++) {
      const step = n[j] - c[j];
      across += w[j] * step * step;
      along += w[j] * c[j] * step;
    }
    // across t^2 + 2 along t = room: the positive root, without cancellation.
    const room = (radius - this.cauchyLength) * (radius + this.cauchyLength);
    const root = Math.sqrt(along * along + across * room);
    return Math.min(1, along > 0 ? room / (along + root) : (root - along) / across);
  }
}

function weightedDot(weights: Float64Array, x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += weights[j] * x[j] * y[j];
  return sum;
}
