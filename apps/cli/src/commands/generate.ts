import { SlamError } from "@slam/errors";
import { writeTum } from "@slam/eval";
import { presetPolicy } from "@slam/nlls";
import { addFalseLoops, type PoseGraph, solve } from "@slam/pgo";
import { driftScale, type PoseGraphWorld, Random, type WorldOptions } from "@slam/sim";
import { EXIT, InputError, UsageError } from "../failure.ts";
import { checkGraphTarget, encodeGraph, extensionOf, readGraphFile, warnOfUnknownTags } from "../graph-file.ts";
import { checkTargets, type Output, writeOutputs } from "../outputs.ts";
import { SCENES } from "../scenes.ts";
import { countText } from "../text.ts";
import { graphOf, similarityGraphOf, truthOf, WORLDS } from "../worlds.ts";
import { generateScene } from "./generate-scene.ts";

export interface GenerateOptions extends WorldOptions {
  readonly out: string;
  readonly truth?: string;
  readonly outliers?: number;
  readonly scaleDrift?: number;
  readonly points?: number;
  readonly quiet?: boolean;
}

/** Makes a bundle or a pose graph whose answer is known, or adds false loops to the graph in a file. @returns the exit code. */
export async function generate(name: string, options: GenerateOptions): Promise<number> {
  if (Object.hasOwn(SCENES, name)) return generateScene(name, options);
  const { out, truth, outliers = 0, scaleDrift, points, quiet, ...worldOptions } = options;
  if (points !== undefined) throw new UsageError(`--points goes with a scene for bundle adjustment: ${Object.keys(SCENES).join(", ")}`);
  checkGraphTarget(out);
  if (truth !== undefined && extensionOf(truth) !== "tum") throw new UsageError(`--truth ${truth}: the name of true poses ends in .tum`);
  checkTargets(truth === undefined ? [out] : [out, truth]);
  const world = Object.hasOwn(WORLDS, name) ? makeWorld(name, worldOptions) : undefined;
  const own = world === undefined ? await readOwn(name, options) : graphOfWorld(world, scaleDrift, options.seed ?? 0);
  const graph = outliers === 0 ? own : await spoil(name, own, outliers, options.seed ?? 0);
  const outputs: Output[] = [{ target: out, chunks: encodeGraph(out, graph) }];
  if (truth !== undefined) outputs.push({ target: truth, chunks: writeTum(truthOf(world!)) });
  await writeOutputs(outputs);
  const added = graph.from.length - own.from.length;
  const last = outliers === 0 ? "" : `, the last ${added} of them false loops`;
  if (!quiet) console.log(`${out}: ${countText(graph.ids.length, "pose")}, ${countText(graph.from.length, "edge")}${last}`);
  return EXIT.converged;
}

function makeWorld(name: string, options: WorldOptions): PoseGraphWorld {
  try {
    return WORLDS[name]!(options);
  } catch (error) {
    throw error instanceof SlamError ? new UsageError(error.message) : error;
  }
}

function graphOfWorld(world: PoseGraphWorld, drift: number | undefined, seed: number): PoseGraph {
  if (drift === undefined) return graphOf(world);
  if (world.dimension === 2) throw new UsageError("--scale-drift goes with a world in space, not with one in the plane");
  return similarityGraphOf(driftScale(world, { drift, seed }));
}

async function readOwn(file: string, { poses, loops, noise, truth, outliers, scaleDrift }: GenerateOptions): Promise<PoseGraph> {
  if (extensionOf(file) === "")
    throw new UsageError(
      `${file} is neither a file's name nor a world: these are ${[...Object.keys(WORLDS), ...Object.keys(SCENES)].join(", ")}`,
    );
  for (const [flag, value] of Object.entries({ poses, loops, noise, truth, "scale-drift": scaleDrift })) {
    if (value !== undefined) throw new UsageError(`--${flag} goes with a world, not with the graph in ${file}`);
  }
  if (outliers === undefined) throw new UsageError(`${file}: there is nothing to add without --outliers`);
  const read = await readGraphFile(file);
  warnOfUnknownTags(file, read);
  return read.graph;
}

/** With false loops behind its edges, which are false at its optimum. */
async function spoil(name: string, graph: PoseGraph, share: number, seed: number): Promise<PoseGraph> {
  try {
    const solved = await solve(graph, { policy: presetPolicy("fp64") });
    if (solved.report.termination !== "converged")
      throw new InputError(`${name}: false loops need its optimum, and ${solved.report.message}`);
    return addFalseLoops(graph, solved.graph.poses, { share, random: new Random(seed) });
  } catch (error) {
    throw error instanceof SlamError ? new InputError(`${name}: ${error.message}`) : error;
  }
}
