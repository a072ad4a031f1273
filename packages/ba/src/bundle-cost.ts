import type { Loss } from "@slam/nlls";
import type { Bundle } from "./bundle.ts";
import { Observer, pointOf } from "./observer.ts";
import { PriorRows, type Priors } from "./priors.ts";

/**
 * 1/2 sum r^2 in fp64, or 1/2 sum rho(r^2) with a loss, and of priors 1/2 e' W e: not finite where a residual is not, bounded though its loss may be; and how many observations are of points that
 * their cameras do not see.
 */
export function costOf(bundle: Bundle, priors: Priors = {}, loss?: Loss): { readonly cost: number; readonly unseen: number } {
  const observer = new Observer(bundle);
  const x = pointOf(bundle);
  observer.moveTo(x);
  let cost = 0;
  let unseen = 0;
  for (let i = 0; i < observer.observations; i++) {
    if (!observer.observe(i, false)) unseen++;
    if (loss === undefined) {
      for (const r of observer.residual) cost += (r * r) / 2;
      continue;
    }
    const square = observer.residual.reduce((sum, r) => sum + r * r, 0);
    cost += (Number.isFinite(square) ? loss.rho(square) : square) / 2;
  }
  const rows = new PriorRows(bundle, priors, observer.rows);
  const e = new Float64Array(rows.blockRows * observer.rows);
  rows.residual(x, e, 0);
  for (const r of e) cost += (r * r) / 2;
  return { cost, unseen };
}
