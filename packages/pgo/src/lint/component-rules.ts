import type { Findings } from "./findings.ts";
import type { LintFile } from "./lint-file.ts";

/** What priors hold poses at: an id that nothing has. */
const WORLD = Infinity;

/** Parts of the graph that no edge, and no landmark or prior, joins to its largest one. */
export function lintComponents(file: LintFile, findings: Findings): void {
  const parent = new Map<number, number>();
  const join = (first: number, second: number): void => {
    const [a, b] = [rootOf(parent, first), rootOf(parent, second)];
    parent.set(Math.max(a, b), Math.min(a, b));
  };
  for (const k of file.records()) {
    const [first, second] = file.variables(k);
    if (first !== undefined) join(first, second ?? (file.type(k).kind === "factor" ? WORLD : first));
  }
  const sizes = new Map<number, number>();
  const ids = [...parent.keys()].filter((id) => id !== WORLD);
  for (const id of ids) {
    const root = rootOf(parent, id);
    sizes.set(root, (sizes.get(root) ?? 0) + 1);
  }
  let [main, most] = [Number.NaN, 0];
  for (const [root, size] of sizes) if (size > most) [main, most] = [root, size];
  const reported = new Set([main]);
  for (const k of file.records()) {
    const [first] = file.variables(k);
    const root = first === undefined ? main : rootOf(parent, first);
    if (reported.has(root)) continue;
    reported.add(root);
    const size = sizes.get(root);
    const what = size === 1 ? `vertex ${root} has no edge` : `${size} vertices, ${root} the lowest, have no edge`;
    findings.report("disconnected", file.line(k), `${what} to the other ${ids.length - (size as number)}`);
  }
}

/** The lowest id of the part that holds `id`; halves the paths it walks. */
function rootOf(parent: Map<number, number>, id: number): number {
  let at = id;
  for (let up = parent.get(at) ?? at; up !== at; up = parent.get(at) ?? at) {
    const above = parent.get(up) ?? up;
    parent.set(at, above);
    at = above;
  }
  parent.set(at, at);
  return at;
}
