import { EXIT } from "../failure.ts";
import { checkGraphTarget, encodeGraph, readGraphFile, warnOfUnknownTags } from "../graph-file.ts";
import { checkTargets, writeOutputs } from "../outputs.ts";
import { countText } from "../text.ts";

export interface ConvertOptions {
  readonly quiet?: boolean;
}

/** Writes the pose graph of one file to another, in the format that its name says. @returns the exit code. */
export async function convert(file: string, target: string, { quiet }: ConvertOptions): Promise<number> {
  checkGraphTarget(target);
  checkTargets([target]);
  const read = await readGraphFile(file);
  warnOfUnknownTags(file, read);
  await writeOutputs([{ target, chunks: encodeGraph(target, read.graph) }]);
  if (!quiet) console.log(`${target}: ${countText(read.graph.ids.length, "pose")}, ${countText(read.graph.from.length, "edge")}`);
  return EXIT.converged;
}
