import { freeComponents, fromFile } from "../init/chain.ts";
import type { Findings } from "./findings.ts";
import type { LintFile } from "./lint-file.ts";
import { recordGraph } from "./record-graph.ts";

/** Records of the dimension that has fewer of them. */
export function lintDimensions(file: LintFile, findings: Findings): void {
  const counts = { 2: 0, 3: 0 };
  for (const k of file.records()) counts[file.type(k).dimension]++;
  const [most, fewest] = counts[2] >= counts[3] ? ([2, 3] as const) : ([3, 2] as const);
  if (counts[fewest] === 0) return;
  for (const k of [...file.records()].filter((k) => file.type(k).dimension === fewest)) {
    findings.report("mixed-dimensions", file.line(k), `${file.type(k).tag} is ${fewest}D among ${counts[most]} records in ${most}D`);
    file.setAside(k, "mixed-dimensions");
  }
}

/** Vertices given again. */
export function lintDuplicateVertices(file: LintFile, findings: Findings): void {
  const first = new Map<number, number>();
  for (const k of file.records("vertex")) {
    const [id] = file.ids(k);
    const before = first.get(id);
    if (before === undefined) first.set(id, k);
    else {
      const same = file.values(k).every((value, i) => value === file.values(before)[i]);
      findings.report(
        "duplicate-vertex",
        file.line(k),
        `pose ${id} has a vertex on line ${file.line(before)}, ${same ? "the same" : "another"} one`,
      );
      file.setAside(k, "duplicate-vertex");
    }
  }
}

/** Poses without a vertex in a file that has vertices, and FIX lines about poses that it does not have at all. */
export function lintMissingVertices(file: LintFile, findings: Findings): void {
  const vertices = new Set<number>();
  for (const k of file.records("vertex")) vertices.add(file.ids(k)[0]);
  const missing = new Map<number, { readonly line: number; count: number }>();
  for (const k of file.records("edge")) {
    for (const id of file.ids(k)) {
      const named = missing.get(id);
      if (named !== undefined) named.count++;
      else if (!vertices.has(id)) missing.set(id, { line: file.line(k), count: 1 });
    }
  }
  const others = new Set(file.links);
  for (const fix of file.fixes) {
    const found = fix.ids.filter((id) => vertices.has(id) || missing.has(id) || others.has(id));
    if (found.length === fix.ids.length) continue;
    const gone = fix.ids.filter((id) => !found.includes(id));
    findings.report("missing-vertex", fix.line, `FIX names ${gone.join(", ")}, and no vertex nor edge does`);
    if (found.length > 0) file.changeFix(fix, found);
    else file.setLineAside(fix, "missing-vertex");
  }
  if (vertices.size === 0 || missing.size === 0) return;
  for (const [id, { line, count }] of missing) {
    findings.report("missing-vertex", line, `pose ${id} has no vertex; ${count === 1 ? "1 edge names it" : `${count} edges name it`}`);
  }
  addVertices(file, missing.keys());
}

/** Adds vertices where the edges put them, breadth first from those there are. */
function addVertices(file: LintFile, missing: Iterable<number>): void {
  const [first] = file.records("vertex");
  const type = file.type(first);
  const graph = recordGraph(file);
  const poses = fromFile(graph, freeComponents(graph, []));
  const size = graph.poses.length / graph.ids.length;
  const indexOf = new Map(Array.from(graph.ids, (id, index) => [id, index]));
  for (const id of missing) {
    const index = indexOf.get(id) as number;
    const values = new Float64Array(Math.max(size, type.fields.length));
    values.set(poses.subarray(index * size, (index + 1) * size));
    type.toFile?.(values);
    file.added.push({ type, id, values: values.subarray(0, type.fields.length) });
  }
}
