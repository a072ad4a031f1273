import { planarPoses, type Trajectory, writeTum } from "@slam/eval";
import type { Scratch } from "@slam/linop";
import { type LintReport, lintG2o, lintToro, type PoseGraph, type ReadGraph, readG2o, readToro, writeG2o, writeToro } from "@slam/pgo";
import { InputError, UsageError } from "./failure.ts";
import { type ReadBytes, readBytes } from "./read-bytes.ts";

/**
 * Reads a pose graph: TORO where the name says so (`.graph`, `.toro`), else g2o.
 *
 * @param scratch what is needed besides the graph meanwhile. Default new arrays.
 */
export async function readGraphFile(file: string, read: ReadBytes = readBytes, scratch?: Scratch): Promise<ReadGraph> {
  return parseGraph(await read(file), file, scratch);
}

function parseGraph(bytes: Uint8Array, file: string, scratch?: Scratch): ReadGraph {
  return isToroFile(file) ? readToro(bytes, file, scratch) : readG2o(bytes, file, [], scratch);
}

/** Lints a pose graph, in the format that `readGraphFile` reads it in. */
export async function lintGraphFile(file: string): Promise<LintReport> {
  const bytes = await readBytes(file);
  return isToroFile(file) ? lintToro(bytes) : lintG2o(bytes);
}

/** A graph read from a file as repaired, and what of it was. */
export interface RepairedGraph {
  readonly read: ReadGraph;
  readonly repairs: readonly Repair[];
}

export interface Repair {
  readonly rule: string;
  readonly count: number;
}

/**
 * Reads a pose graph after the repairs of `slam lint --repair`.
 *
 * @param warn hears, before the graph is read, which errors have none.
 */
export async function readRepairedGraphFile(file: string, warn: (warning: string) => void): Promise<RepairedGraph> {
  const { counts, findings, repaired } = await lintGraphFile(file);
  for (const { rule, count, severity, repair, advice } of counts) {
    if (severity !== "error" || repair !== undefined) continue;
    const { line, message } = findings.find((finding) => finding.rule === rule)!;
    warn(`${file}:${line}: ${rule} (${count}), not repaired: ${message}; try: ${advice}`);
  }
  return {
    read: parseGraph(Buffer.concat([...repaired()]), file),
    repairs: counts.filter(({ repair }) => repair !== undefined).map(({ rule, count }) => ({ rule, count })),
  };
}

/** Says on stderr which lines of the file were not used. */
export function warnOfUnknownTags(file: string, { unknown }: ReadGraph): void {
  for (const { tag, count, firstLine } of unknown) {
    console.error(
      `slam: warning: ${file}:${firstLine}: ${tag} is not known; ${count === 1 ? "this line is" : `${count} such lines are`} not used`,
    );
  }
}

/** @throws UsageError for a name from which no format can be told. */
export function checkGraphTarget(file: string): void {
  const extension = extensionOf(file);
  if (extension !== "g2o" && extension !== "tum" && !isToroFile(file)) {
    throw new UsageError(`${file}: the name of a result ends in .g2o, .graph (TORO) or .tum, or in one of these and .gz`);
  }
}

/** The graph in the format that the target's name says; `checkGraphTarget` has passed it. */
export function encodeGraph(target: string, graph: PoseGraph): Iterable<Uint8Array | string> {
  if (extensionOf(target) === "tum") return writeTum(trajectoryOf(target, graph));
  return isToroFile(target) ? writeToro(graph) : writeG2o(graph);
}

/**
 * The poses with their ids for timestamps: a pose graph has no others.
 *
 * @throws InputError naming the file where the graph has edges only.
 */
export function trajectoryOf(file: string, graph: PoseGraph): Trajectory {
  if (graph.known.includes(0)) throw new InputError(`${file}: a trajectory needs poses, and the graph has edges only`);
  return { timestamps: graph.ids, poses: spatialPoses(graph) };
}

/** The poses as n x 7, those of the plane lifted to z = 0, those with a scale without it. */
export function spatialPoses({ dimension, similarity, ids, poses }: PoseGraph): Float64Array {
  if (similarity === undefined) return dimension === 2 ? planarPoses(poses) : poses;
  return Float64Array.from({ length: 7 * ids.length }, (_, k) => poses[8 * Math.floor(k / 7) + (k % 7)]!);
}

/** "g2o" of "A.G2O.gz" or "a.g2o.bz2". */
export function extensionOf(file: string): string {
  const match = /\.([a-z0-9]+)(?:\.(?:gz|bz2))?$/i.exec(file);
  return match?.[1]?.toLowerCase() ?? "";
}

/** Whether the name says TORO. */
export function isToroFile(file: string): boolean {
  const extension = extensionOf(file);
  return extension === "graph" || extension === "toro";
}
