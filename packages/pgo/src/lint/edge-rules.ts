import type { Findings } from "./findings.ts";
import type { LintFile } from "./lint-file.ts";

/** Edges from a pose to itself, and measurements of a landmark by itself. */
export function lintSelfEdges(file: LintFile, findings: Findings): void {
  for (const k of file.records("edge", "factor")) {
    const [from, to] = file.variables(k);
    if (from !== to) continue;
    findings.report("self-edge", file.line(k), `${file.type(k).tag} goes from ${from} to itself`);
    file.setAside(k, "self-edge");
  }
}

/** Edges between the same two poses as an earlier one. */
export function lintRepeatedEdges(file: LintFile, findings: Findings): void {
  const edges = [...file.records("edge")];
  const low = Float64Array.from(edges, (k) => Math.min(...file.ids(k)));
  const high = Float64Array.from(edges, (k) => Math.max(...file.ids(k)));
  const sorted = Uint32Array.from(edges.keys()).sort((a, b) => low[a] - low[b] || high[a] - high[b] || a - b);
  for (let begin = 0, end = 1; begin < sorted.length; begin = end++) {
    const first = sorted[begin];
    while (end < sorted.length && low[sorted[end]] === low[first] && high[sorted[end]] === high[first]) end++;
    if (end > begin + 1)
      reportGroup(
        file,
        findings,
        Array.from(sorted.subarray(begin, end), (e) => edges[e]),
      );
  }
}

function reportGroup(file: LintFile, findings: Findings, [first, ...others]: readonly number[]): void {
  const seen = new Map([[recordText(file, first), file.line(first)]]);
  for (const k of others) {
    const text = recordText(file, k);
    const copied = seen.get(text);
    const [from, to] = file.ids(k);
    if (copied !== undefined)
      findings.report("identical-edge", file.line(k), `the edge ${from} -> ${to} is that of line ${copied}, number for number`);
    else findings.report("repeated-edge", file.line(k), `${from} and ${to} are measured on line ${file.line(first)} already`);
    if (copied === undefined) seen.set(text, file.line(k));
  }
}

function recordText(file: LintFile, k: number): string {
  return `${file.type(k).tag} ${file.ids(k).join(" ")} ${file.values(k).join(" ")}`;
}
