import { type TrajectoryFormat, trajectoryFormat } from "@slam/eval";
import { EXIT } from "../failure.ts";
import { checkGraphTarget, encodeGraph, readBytes, readGraphFile, warnOfUnknownTags } from "../graph-file.ts";
import { checkTargets, writeOutputs } from "../outputs.ts";
import { countText } from "../text.ts";
import { encodeTrajectory, readTrajectoryFile, targetFormat } from "../trajectory-file.ts";

export interface ConvertOptions {
  readonly quiet?: boolean;
}

/** Writes the pose graph or the trajectory of one file to another, in the format that its name says. @returns the exit code. */
export async function convert(file: string, target: string, options: ConvertOptions): Promise<number> {
  const format = targetFormat(target);
  if (format === undefined) return convertGraph(file, target, options);
  checkTargets([target]);
  return (await isTrajectory(file)) ? convertTrajectory(file, target, format, options) : convertGraph(file, target, options);
}

async function convertGraph(file: string, target: string, { quiet }: ConvertOptions): Promise<number> {
  checkGraphTarget(target);
  checkTargets([target]);
  const read = await readGraphFile(file);
  warnOfUnknownTags(file, read);
  await writeOutputs([{ target, chunks: encodeGraph(target, read.graph) }]);
  if (!quiet) console.log(`${target}: ${countText(read.graph.ids.length, "pose")}, ${countText(read.graph.from.length, "edge")}`);
  return EXIT.converged;
}

async function convertTrajectory(file: string, target: string, format: TrajectoryFormat, { quiet }: ConvertOptions): Promise<number> {
  const read = await readTrajectoryFile(file);
  await writeOutputs([{ target, chunks: encodeTrajectory(target, format, read) }]);
  if (!quiet) console.log(`${target}: ${countText(read.poses.length / 7, "pose")}`);
  return EXIT.converged;
}

/** By the content: lines of numbers, which no pose graph begins with. A name that says trajectory is believed, so that messages are of one. */
async function isTrajectory(file: string): Promise<boolean> {
  return targetFormat(file) !== undefined || trajectoryFormat(await readBytes(file)) !== undefined;
}
