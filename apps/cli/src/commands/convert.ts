import { asBal, writeBal, writePly } from "@slam/ba";
import { bundleFormatOf, bundleTargets, isBalName, isBundleFile, isPly, plyOutput, readBundleFile } from "../bundle-file.ts";
import { EXIT, UsageError } from "../failure.ts";
import { checkGraphTarget, encodeGraph, readGraphFile, trajectoryOf, warnOfUnknownTags } from "../graph-file.ts";
import { checkTargets, writeOutputs } from "../outputs.ts";
import { type ReadBytes, readingOnce } from "../read-bytes.ts";
import { countText } from "../text.ts";
import { encodeTrajectory, readTrajectoryFile, type TimedPoses, targetFormat } from "../trajectory-file.ts";
import { isTrajectoryAlone } from "../trajectory-info.ts";

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
  const read = readingOnce();
  if (await isTrajectoryAlone(file, read)) return convertTrajectory(file, target, read);
  return (await isBundleFile(file, read)) ? convertBundle(file, target, read) : convertGraph(file, target, read);
}

async function convertGraph(file: string, target: string, read: ReadBytes): Promise<string> {
  const isToTrajectory = isTrajectoryName(target);
  if (!isToTrajectory) checkGraphTarget(target);
  checkTargets([target]);
  const found = await readGraphFile(file, read);
  warnOfUnknownTags(file, found);
  const chunks = isToTrajectory ? encodePoses(target, trajectoryOf(target, found.graph)) : encodeGraph(target, found.graph);
  await writeOutputs([{ target, chunks }]);
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

async function convertTrajectory(file: string, target: string, read: ReadBytes): Promise<string> {
  if (!isTrajectoryName(target))
    throw new UsageError(`${target}: ${file} is a trajectory, whose name ends in .tum, .kitti, .csv or .ply, perhaps with .gz`);
  checkTargets([target]);
  const trajectory = await readTrajectoryFile(file, read);
  await writeOutputs([{ target, chunks: encodePoses(target, trajectory) }]);
  return countText(trajectory.poses.length / 7, "pose");
}

function isTrajectoryName(target: string): boolean {
  return targetFormat(target) !== undefined || isPly(target);
}

/** In the format of the target's name; of PLY their positions. */
function encodePoses(target: string, trajectory: TimedPoses): Iterable<string> {
  const format = targetFormat(target);
  return format === undefined ? writePly({ ...trajectory, points: new Float64Array() }) : encodeTrajectory(target, format, trajectory);
}
