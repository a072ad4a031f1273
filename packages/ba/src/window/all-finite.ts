/** Whether every number is finite; a callback would box each. */
export function isAllFinite(x: Float64Array): boolean {
  for (let j = 0; j < x.length; j++) if (!Number.isFinite(x[j])) return false;
  return true;
}
