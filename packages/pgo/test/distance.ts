import { se2, se3 } from "@slam/lie";

/** The largest component, in metres and radians, of any Log(A_k^-1 B_k). */
export function largestDistance(dimension: 2 | 3, a: Float64Array, b: Float64Array): number {
  const group = dimension === 2 ? se2 : se3;
  const xi = new Float64Array(group.dof);
  let largest = a.length === b.length ? 0 : Number.NaN;
  for (let at = 0; at < a.length; at += group.size) {
    group.local(a, at, b, at, xi, 0);
    for (const x of xi) largest = Math.max(largest, Math.abs(x));
  }
  return largest;
}
