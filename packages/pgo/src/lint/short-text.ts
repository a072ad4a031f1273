/** A number for reading, with four digits. */
export function shortText(x: number): string {
  const rounded = Number(x.toPrecision(4));
  return Math.abs(rounded) < 1e6 ? `${rounded}` : rounded.toExponential();
}
