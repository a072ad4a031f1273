/** What one step of step control says about the next damping. */
export interface Damping {
  /** lambda: the normal equations get lambda diag(J'J). */
  readonly value: number;
  accept(gainRatio: number): Damping;
  reject(): Damping;
}

/** Where damping starts after the first rejected step, and below which it is dropped. */
const FIRST = 1e-6;
const LEAST = 1e-10;

/**
 * Levenberg-Marquardt that begins as Gauss-Newton: no damping until a step is rejected; then Nielsen's rule.
 * @see Nielsen, Damping parameter in Marquardt's method, IMM-REP-1999-05, 1999.
 */
export function nielsenDamping(value = 0, growth = 2): Damping {
  return {
    value,
    accept: (gainRatio) => {
      const next = value * Math.max(1 / 3, 1 - (2 * gainRatio - 1) ** 3);
      return nielsenDamping(next < LEAST ? 0 : next);
    },
    reject: () => (value === 0 ? nielsenDamping(FIRST) : nielsenDamping(value * growth, growth * 2)),
  };
}
