/** These rows of a matrix of so many columns, one after another. Rows may repeat. */
export function rowsOf<T extends Float64Array | Uint8Array>(values: T, rows: Int32Array, columns: number): T {
  const TypedArray = values.constructor as new (length: number) => T;
  const chosen = new TypedArray(rows.length * columns);
  for (const [k, row] of rows.entries()) chosen.set(values.subarray(row * columns, (row + 1) * columns), k * columns);
  return chosen;
}
