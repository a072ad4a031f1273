import { asBal, writeBal } from "@slam/ba";
import { type TrajectoryFormat, trajectoryFormat } from "@slam/eval";
import { bundleFormatOf, bundleTargets, isBalName, isBundleFile, isPly, plyOutput, readBundleFile } from "../bundle-file.ts";
import { EXIT } from "../failure.ts";
import { checkGraphTarget, encodeGraph, readGraphFile, warnOfUnknownTags } from "../graph-file.ts";
import { checkTargets, writeOutputs } from "../outputs.ts";
import { type ReadBytes, readingOnce } from "../read-bytes.ts";
import { countText } from "../text.ts";
import { encodeTrajectory, readTrajectoryFile, targetFormat } from "../trajectory-file.ts";

export interface ConvertOptions {
  readonly quiet?: boolean;
}

/** Writes what one file holds to another, in the format that its name says. @returns the exit code. */
export async function convert(file: string, target: string, { quiet }: ConvertOptions): Promise<number> {
  const written = await convertAny(file, target);
  if (!quiet) console.log(`${target}: ${written}`);
  return EXIT.converged;
}

async function convertAny(file: string, target: string): Promise<string> {
  const format = targetFormat(target);
  const read = readingOnce();
  if (format !== undefined) {
    checkTargets([target]);
    if (await isTrajectory(file, read)) return convertTrajectory(file, target, format, read);
  }
  return (await isBundleFile(file, read)) ? convertBundle(file, target, read) : convertGraph(file, target, read);
}

async function convertGraph(file: string, target: string, read: ReadBytes): Promise<string> {
  checkGraphTarget(target);
  checkTargets([target]);
  const found = await readGraphFile(file, read);
  warnOfUnknownTags(file, found);
  await writeOutputs([{ target, chunks: encodeGraph(target, found.graph) }]);
  return `${countText(found.graph.ids.length, "pose")}, ${countText(found.graph.from.length, "edge")}`;
}

/** A bundle in its own format, as packed or unpacked, one of COLMAP as BAL, or its points and cameras for a viewer. */
async function convertBundle(file: string, target: string, read: ReadBytes): Promise<string> {
  const isToBal = bundleFormatOf(file) === "COLMAP" && isBalName(target);
  checkTargets(isPly(target) || isToBal ? [target] : bundleTargets(file, target));
  const { bundle, colors, outputs } = await readBundleFile(file, read);
  if (isPly(target)) await writeOutputs([plyOutput(target, bundle, colors)]);
  else if (isToBal) await writeOutputs([{ target, chunks: writeBal(asBal(bundle)) }]);
  else await writeOutputs(outputs(target, bundle));
  return `${countText(bundle.intrinsicsOf.length, "camera")}, ${countText(bundle.points.length / 3, "point")}`;
}

async function convertTrajectory(file: string, target: string, format: TrajectoryFormat, read: ReadBytes): Promise<string> {
  const trajectory = await readTrajectoryFile(file, read);
  await writeOutputs([{ target, chunks: encodeTrajectory(target, format, trajectory) }]);
  return countText(trajectory.poses.length / 7, "pose");
}

/** By the content: lines of numbers, which no pose graph begins with. A name that says trajectory is believed, so that messages are of one. */
async function isTrajectory(file: string, read: ReadBytes): Promise<boolean> {
  return targetFormat(file) !== undefined || trajectoryFormat(await read(file)) !== undefined;
}
