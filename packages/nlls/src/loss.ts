import { OptionError } from "@slam/errors";
import { log } from "@slam/float";

/**
 * A robust loss: a residual block of the squared whitened norm s costs rho(s) in place of s. rho(0) = 0 and rho'(0) = 1, so that small residuals cost what
 * they did; rho is concave and does not fall, so that large ones cost less. One of your own is an object of these two functions; it is convex in
 * the residual, or not, as you like.
 */
export interface Loss {
  /** rho(s) for s >= 0, in fp64. */
  rho(s: number): number;
  /** rho'(s), the weight of the block's equations: in 0 ... 1, and not larger for a larger s. */
  weight(s: number): number;
}

/** C^2, where neither it nor its inverse overflows. @throws OptionError otherwise. */
function squaredBound(C: number): number {
  const square = C * C;
  if (!(C > 0) || !(square > 0) || !Number.isFinite(square) || !Number.isFinite(1 / square)) {
    throw new OptionError("the loss's C", { expected: "a number > 0 whose square is in range", actual: C });
  }
  return square;
}

/**
 * rho = s where s <= C^2, otherwise 2 C sqrt(s) - C^2: large residuals cost their norm. Convex in the residual.
 *
 * @see Huber, Robust estimation of a location parameter, Annals of Mathematical Statistics 35, 1964.
 */
export function huber(C: number): Loss {
  const c2 = squaredBound(C);
  return {
    rho: (s) => (s <= c2 ? s : 2 * C * Math.sqrt(s) - c2),
    weight: (s) => (s <= c2 ? 1 : C / Math.sqrt(s)),
  };
}

/**
 * rho = C^2 log(1 + s / C^2).
 *
 * @see Black and Anandan, The robust estimation of multiple motions, CVIU 63, 1996.
 */
export function cauchy(C: number): Loss {
  const c2 = squaredBound(C);
  return { rho: (s) => c2 * logOnePlus(s / c2), weight: (s) => 1 / (1 + s / c2) };
}

/**
 * rho = 2 C^2 (sqrt(1 + s / C^2) - 1): Huber's without its kink. Convex in the residual.
 *
 * @see Charbonnier, Blanc-Feraud, Aubert and Barlaud, Two deterministic half-quadratic regularization algorithms for computed imaging, ICIP 1994.
 */
export function softL1(C: number): Loss {
  const c2 = squaredBound(C);
  // The difference of the formula would cancel for small s.
  return { rho: (s) => (2 * s) / (1 + Math.sqrt(1 + s / c2)), weight: (s) => 1 / Math.sqrt(1 + s / c2) };
}

/**
 * rho = s / (1 + s / C^2), below C^2. In graduated non-convexity it stands in for itself with a larger C.
 *
 * @see Geman and McClure, Bayesian image analysis: an application to single photon emission tomography, 1985.
 */
export function gemanMcClure(C: number): Loss {
  const c2 = squaredBound(C);
  return { rho: (s) => s / (1 + s / c2), weight: (s) => (1 / (1 + s / c2)) ** 2 };
}

/**
 * rho = C^2 / 3 (1 - (1 - s / C^2)^3) where s <= C^2, otherwise C^2 / 3: the weight (1 - s / C^2)^2 is 0 from C on.
 *
 * @see Beaton and Tukey, The fitting of power series, Technometrics 16, 1974.
 */
export function tukey(C: number): Loss {
  const c2 = squaredBound(C);
  return {
    rho(s) {
      const t = s / c2;
      return t <= 1 ? s * (1 - t + (t * t) / 3) : c2 / 3;
    },
    weight: (s) => Math.max(0, 1 - s / c2) ** 2,
  };
}

/**
 * Dynamic covariance scaling with Phi = C^2: rho = s where s <= Phi, otherwise Phi (3 s - Phi) / (s + Phi), below 3 Phi; the weight is the square of the
 * scale 2 Phi / (Phi + s).
 *
 * @see Agarwal, Tipaldi, Spinello, Stachniss and Burgard, Robust map optimization using dynamic covariance scaling, ICRA 2013; MacTavish and
 *   Barfoot, At all costs: a comparison of robust cost functions for camera correspondence outliers, CRV 2015, for rho.
 */
export function dcs(C: number): Loss {
  const phi = squaredBound(C);
  return {
    rho: (s) => (s <= phi ? s : (3 * s - phi) / (1 + s / phi)),
    weight: (s) => (s <= phi ? 1 : (2 / (1 + s / phi)) ** 2),
  };
}

/** rho = min(s, C^2): truncated least squares. An edge counts fully, or not at all. */
export function truncated(C: number): Loss {
  const c2 = squaredBound(C);
  return { rho: (s) => Math.min(s, c2), weight: (s) => (s <= c2 ? 1 : 0) };
}

/**
 * Stands in for `truncated(C)` in graduated non-convexity: rho = s up to mu / (mu + 1) C^2, C^2 from (mu + 1) / mu C^2 on, and
 * 2 C sqrt(mu (mu + 1) s) - mu (C^2 + s) between. Convex as mu > 0 goes to 0, the truncated square itself as it grows.
 *
 * @see Yang, Antonante, Tzoumas and Carlone, Graduated non-convexity for robust spatial perception, RA-L 5, 2020, equations 7 and 14.
 */
export function graduatedTruncated(C: number, mu: number): Loss {
  const c2 = squaredBound(C);
  const full = (mu / (mu + 1)) * c2;
  const none = ((mu + 1) / mu) * c2;
  const slope = C * Math.sqrt(mu * (mu + 1));
  return {
    rho: (s) => (s <= full ? s : s >= none ? c2 : 2 * slope * Math.sqrt(s) - mu * (c2 + s)),
    weight: (s) => (s <= full ? 1 : s >= none ? 0 : slope / Math.sqrt(s) - mu),
  };
}

/** log(1 + t) without the loss of digits for small t: what rounding 1 + t did is undone by the quotient (Kahan). */
function logOnePlus(t: number): number {
  const u = 1 + t;
  return u === 1 ? t : log(u) * (t / (u - 1));
}
