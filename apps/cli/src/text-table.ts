import Table from "cli-table3";

/** A table without colours and rules, its columns from `firstNumber` on flush right. */
export function textTable(head: readonly string[], firstNumber: number = head.length): Table.Table {
  const chars = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  const colAligns = head.map((_, column) => (column < firstNumber ? "left" : "right"));
  return new Table({ head: [...head], chars, colAligns, style: { head: [], border: [] } });
}
