import { freeComponents, fromFile } from "../init/chain.ts";
import type { RecordType } from "../io/record.ts";
import type { Findings } from "./findings.ts";
import type { LintFile } from "./lint-file.ts";
import type { LintType } from "./lint-type.ts";
import { recordGraph } from "./record-graph.ts";

/** Records that are not of the kind of most of them. */
export function lintDimensions(file: LintFile, findings: Findings): void {
  const counts = new Map<string, number>();
  for (const k of file.records()) counts.set(kindOf(file.type(k)), (counts.get(kindOf(file.type(k))) ?? 0) + 1);
  const [most] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (counts.size < 2) return;
  for (const k of [...file.records()].filter((k) => kindOf(file.type(k)) !== most[0])) {
    const { tag } = file.type(k);
    findings.report("mixed-dimensions", file.line(k), `${tag} is ${kindOf(file.type(k))} among ${most[1]} records in ${most[0]}`);
    file.setAside(k, "mixed-dimensions");
  }
}

/** What the poses of one graph have in common. */
function kindOf({ dimension, similarity }: LintType): string {
  return similarity === undefined ? `${dimension}D` : `SIM3:${similarity.toUpperCase()}`;
}

/** Vertices and sensors given again. Poses and landmarks share their ids, sensors have their own. */
export function lintDuplicateVertices(file: LintFile, findings: Findings): void {
  setDuplicatesAside(file, findings, "vertex", "landmark");
  setDuplicatesAside(file, findings, "sensor");
}

function setDuplicatesAside(file: LintFile, findings: Findings, ...kinds: readonly LintType["kind"][]): void {
  const first = new Map<number, number>();
  for (const k of file.records(...kinds)) {
    const [id] = file.ids(k);
    const before = first.get(id);
    if (before === undefined) first.set(id, k);
    else {
      const { kind, tag } = file.type(before);
      const same = file.type(k) === file.type(before) && file.values(k).every((value, i) => value === file.values(before)[i]);
      const what = `${kind === "vertex" ? "pose" : kind} ${id} has a ${tag} on line ${file.line(before)}`;
      findings.report("duplicate-vertex", file.line(k), `${what}, ${same ? "the same" : "another"} one`);
      file.setAside(k, "duplicate-vertex");
    }
  }
}

/** Poses that edges name, without a vertex in a file that has vertices. */
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
  if (vertices.size === 0 || missing.size === 0) return;
  for (const [id, { line, count }] of missing) {
    findings.report("missing-vertex", line, `pose ${id} has no vertex; ${count === 1 ? "1 edge names it" : `${count} edges name it`}`);
  }
  addVertices(file, missing.keys());
}

/** Adds vertices where the edges put them, breadth first from those there are. */
function addVertices(file: LintFile, missing: Iterable<number>): void {
  const [first] = file.records("vertex");
  const type = file.type(first) as RecordType;
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

/** FIX lines about poses and landmarks that the file does not have at all. */
export function lintFixes(file: LintFile, findings: Findings): void {
  const named = new Set<number>();
  for (const k of file.records()) for (const id of file.variables(k)) named.add(id);
  for (const fix of file.fixes) {
    const found = fix.ids.filter((id) => named.has(id));
    if (found.length === fix.ids.length) continue;
    const gone = fix.ids.filter((id) => !found.includes(id));
    findings.report("missing-vertex", fix.line, `FIX names ${gone.join(", ")}, and no vertex nor edge does`);
    if (found.length > 0) file.changeFix(fix, found);
    else file.setLineAside(fix, "missing-vertex");
  }
}
