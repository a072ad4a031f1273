/** A number for reading, with four digits. */
export function shortText(x: number): string {
  return `${Number(x.toPrecision(4))}`;
}
