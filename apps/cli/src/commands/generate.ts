import { SlamError } from "@slam/errors";
import { writeTum } from "@slam/eval";
import type { PoseGraphWorld, WorldOptions } from "@slam/sim";
import { EXIT, UsageError } from "../failure.ts";
import { checkGraphTarget, encodeGraph, extensionOf } from "../graph-file.ts";
import { checkTargets, type Output, writeOutputs } from "../outputs.ts";
import { countText } from "../text.ts";
import { graphOf, truthOf, WORLDS } from "../worlds.ts";

export interface GenerateOptions extends WorldOptions {
  readonly out: string;
  readonly truth?: string;
  readonly quiet?: boolean;
}

/** Makes a pose graph whose answer is known. @returns the exit code. */
export async function generate(name: string, { out, truth, quiet, ...options }: GenerateOptions): Promise<number> {
  checkGraphTarget(out);
  if (truth !== undefined && extensionOf(truth) !== "tum") throw new UsageError(`--truth ${truth}: the name of true poses ends in .tum`);
  checkTargets(truth === undefined ? [out] : [out, truth]);
  const world = makeWorld(name, options);
  const graph = graphOf(world);
  const outputs: Output[] = [{ target: out, chunks: encodeGraph(out, graph) }];
  if (truth !== undefined) outputs.push({ target: truth, chunks: writeTum(truthOf(world)) });
  await writeOutputs(outputs);
  if (!quiet) console.log(`${out}: ${countText(graph.ids.length, "pose")}, ${countText(graph.from.length, "edge")}`);
  return EXIT.converged;
}

function makeWorld(name: string, options: WorldOptions): PoseGraphWorld {
  try {
    return WORLDS[name]!(options);
  } catch (error) {
    throw error instanceof SlamError ? new UsageError(error.message) : error;
  }
}
