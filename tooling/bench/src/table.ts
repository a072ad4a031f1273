import Table from "cli-table3";

/** Columns for reading on a terminal: the first to the left, the others to the right. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column === 0 ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

/** Three digits, or nothing for what is not known. */
export function digits(x: number | undefined): string {
  return x === undefined || Number.isNaN(x) ? "" : x >= 100 ? x.toFixed(0) : x.toPrecision(3);
}
