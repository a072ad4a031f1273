import { fp16 } from "@slam/float";
import { type GraphSurvey, type RangeCount, type SimilarityRecords, surveyGraph, type UnknownTag } from "@slam/pgo";
import { isBundleFile } from "../bundle-file.ts";
import { bundleInfoText, inspectBundle } from "../bundle-info.ts";
import { EXIT } from "../failure.ts";
import { readGraphFile } from "../graph-file.ts";
import { checkJsonTarget, type JsonTarget, jsonFile, jsonText } from "../json.ts";
import { checkTargets, writeOutputs } from "../outputs.ts";
import { type ReadBytes, readingOnce } from "../read-bytes.ts";
import { countText } from "../text.ts";
import { textTable } from "../text-table.ts";
import { inspectTrajectory, isTrajectoryAlone, trajectoryInfoText } from "../trajectory-info.ts";
import { VERSION } from "../version.ts";

export interface InfoOptions {
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

interface FileInfo extends Omit<GraphSurvey, "range"> {
  readonly file: string;
  readonly format: string;
  readonly dimension: number;
  /** Present where poses have a scale: how their records write it. */
  readonly similarity?: SimilarityRecords;
  readonly poses: number;
  /** Poses with an estimate. */
  readonly known: number;
  readonly fixed: number;
  readonly landmarksKnown: number;
  readonly landmarksFixed: number;
  readonly edges: number;
  readonly unknown: readonly UnknownTag[];
  /** What fp16 has no room for. */
  readonly fp16: GraphSurvey["range"];
}

/** Says what files of pose graphs, bundles and trajectories hold. @returns the exit code. */
export async function info(files: readonly string[], { json, quiet = false }: InfoOptions): Promise<number> {
  checkJsonTarget(json);
  const target = jsonFile(json);
  const toStdout = json !== undefined && target === undefined;
  if (target !== undefined) checkTargets([target]);
  const infos: object[] = [];
  for (const file of files) {
    const read = readingOnce();
    const [found, text] = await describe(file, read);
    infos.push(found);
    if (!toStdout && !quiet) process.stdout.write(text);
  }
  const report = jsonText({ command: "info", version: VERSION, files: infos });
  if (toStdout) process.stdout.write(report);
  if (target !== undefined) await writeOutputs([{ target, chunks: [report] }]);
  return EXIT.converged;
}

async function describe(file: string, read: ReadBytes): Promise<[object, string]> {
  if (await isTrajectoryAlone(file, read)) {
    const found = await inspectTrajectory(file, read);
    return [found, trajectoryInfoText(found)];
  }
  if (await isBundleFile(file, read)) {
    const found = await inspectBundle(file, read);
    return [found, bundleInfoText(found)];
  }
  const found = await inspect(file, read);
  return [found, infoText(found)];
}

async function inspect(file: string, read: ReadBytes): Promise<FileInfo> {
  const { graph, format, unknown } = await readGraphFile(file, read);
  const { range, ...survey } = surveyGraph(graph, fp16);
  return {
    file,
    format,
    dimension: graph.dimension,
    ...(graph.similarity && { similarity: graph.similarity }),
    poses: graph.ids.length,
    known: graph.known.reduce((sum, known) => sum + known, 0),
    fixed: graph.fixed.length,
    landmarksKnown: graph.landmarks?.known.reduce((sum, known) => sum + known, 0) ?? 0,
    landmarksFixed: graph.landmarks?.fixed.length ?? 0,
    edges: graph.from.length,
    unknown,
    ...survey,
    fp16: range,
  };
}

function infoText(found: FileInfo): string {
  const { information } = found;
  const unknown = found.unknown.map(({ tag, count, firstLine }) => `${tag} (${countText(count, "line")} from line ${firstLine})`);
  const others = Object.entries(found.factors).map(([tag, count]) => `${count} ${tag}`);
  const matrices = Object.values(found.factors).reduce((sum, count) => sum + count, found.edges);
  const lines = [
    `${found.file}: ${found.format}, ${found.dimension}D${found.similarity ? `, poses with a scale (SIM3:${found.similarity.toUpperCase()})` : ""}`,
    `poses         ${found.poses}, ${found.known} with an estimate, ${found.fixed} fixed`,
    ...(found.landmarks > 0
      ? [`landmarks     ${found.landmarks}, ${found.landmarksKnown} with an estimate, ${found.landmarksFixed} fixed`]
      : []),
    `edges         ${found.edges}, ${countText(found.loops, "loop")}, ${countText(found.components, "component")}`,
    ...(others.length > 0 ? [`other         ${others.join(", ")}`] : []),
    ...(information
      ? [
          `information   eigenvalues ${information.least.toPrecision(4)} ... ${information.largest.toPrecision(4)}, ` +
            `${information.indefinite} of ${matrices} matrices indefinite`,
        ]
      : []),
    `unknown tags  ${unknown.join(", ") || "none"}`,
    rangeTable(found.fp16),
  ];
  return `${lines.join("\n")}\n`;
}

function rangeTable({ information, jacobian, normalDiagonal }: GraphSurvey["range"]): string {
  const table = textTable(["in fp16, unscaled", "entries", `above ${fp16.maxFinite}`, `below ${fp16.minSubnormal.toPrecision(3)}`], 1);
  const row = (name: string, count: RangeCount | undefined): void => {
    if (count !== undefined) table.push([name, count.entries, count.above, count.below]);
  };
  row("information", information);
  row("whitened Jacobian J", jacobian);
  row("diagonal of J'J", normalDiagonal);
  return table.toString();
}
