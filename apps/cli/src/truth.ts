import { associate, ate, type Statistics, selectPoses, type Trajectory } from "@slam/eval";
import type { PoseGraph } from "@slam/pgo";
import { InputError } from "./failure.ts";
import { readGraphFile, spatialPoses, trajectoryOf } from "./graph-file.ts";
import { type ReadBytes, readingOnce } from "./read-bytes.ts";
import { isTrajectoryFile, readTrajectoryFile } from "./trajectory-file.ts";

/** True poses, and the graph's poses with the same ids: row i of one goes with pose indices[i] of the other. */
export interface Truth {
  readonly poses: Float64Array;
  readonly indices: Int32Array;
}

/**
 * Reads true poses for a graph, by id: a trajectory, told by its content, with ids for timestamps, or without any for ids 0, 1, ...; or the vertices of a pose graph.
 *
 * @throws InputError where no id is the graph's.
 */
export async function readTruth(file: string, graph: PoseGraph): Promise<Truth> {
  const read = readingOnce();
  const truth = (await isTrajectoryFile(file, read))
    ? await readById(file, read)
    : trajectoryOf(file, (await readGraphFile(file, read)).graph);
  return matchTruth(file, truth, graph);
}

async function readById(file: string, read: ReadBytes): Promise<Trajectory> {
  const { timestamps, poses } = await readTrajectoryFile(file, read);
  return { timestamps: timestamps ?? Float64Array.from({ length: poses.length / 7 }, (_, row) => row), poses };
}

function matchTruth(file: string, truth: Trajectory, graph: PoseGraph): Truth {
  const pairs = associate(truth.timestamps, graph.ids, 0);
  if (pairs.reference.length === 0) throw new InputError(`${file}: no pose has an id of the graph`);
  return { poses: selectPoses(truth, pairs.reference).poses, indices: pairs.estimate };
}

/** The ATE after rigid alignment: a pose graph does not say where the world's origin is. One of similarities does not say how large a metre is either. */
export function trajectoryError({ poses, indices }: Truth, graph: PoseGraph): Statistics {
  const estimate = selectPoses({ timestamps: graph.ids, poses: spatialPoses(graph) }, indices).poses;
  const { alignment: _, ...statistics } = ate(poses, estimate, { align: graph.similarity === undefined ? "se3" : "sim3" });
  return statistics;
}
