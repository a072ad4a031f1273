import { type Alignment, alignPoses, associate, type FileTrajectory, selectPoses, transformPoses } from "@slam/eval";
import { InputError } from "./failure.ts";
import { readTrajectoryFile } from "./trajectory-file.ts";

/** The flags that `ape` and `rpe` share. The names are evo's. */
export interface PairOptions {
  readonly align?: boolean;
  readonly correct_scale?: boolean;
  readonly align_origin?: boolean;
  readonly t_max_diff: number;
}

/** n x 7 poses each; row i of one goes with row i of the other. */
interface TrajectoryPair {
  readonly reference: Float64Array;
  readonly estimate: Float64Array;
  /** Of the estimate; undefined where rows were paired. */
  readonly timestamps: Float64Array | undefined;
}

export interface TrajectoryInput {
  readonly file: string;
  readonly format: string;
  readonly poses: number;
}

/** One motion of the estimate: p -> scale R p + translation. */
export interface AlignmentStep {
  readonly method: Alignment;
  readonly scale: number;
  /** R as a unit quaternion [qx, qy, qz, qw]. */
  readonly rotation: readonly number[];
  readonly translation: readonly number[];
}

export interface AlignedPair extends TrajectoryPair {
  readonly inputs: { readonly reference: TrajectoryInput; readonly estimate: TrajectoryInput };
  /** One after the other. */
  readonly alignment: readonly AlignmentStep[];
}

/** Reads two trajectories, pairs their poses and aligns the estimate, in evo's order: by all poses, then by the first. */
export async function readAlignedPair(reference: string, estimate: string, options: PairOptions): Promise<AlignedPair> {
  const read = [await readTrajectoryFile(reference), await readTrajectoryFile(estimate)] as const;
  const pair = pairPoses([reference, estimate], read, options.t_max_diff);
  const alignment: AlignmentStep[] = [];
  let moved = pair.estimate;
  for (const method of alignmentsOf(options)) {
    const motion = alignPoses(pair.reference, moved, method);
    moved = transformPoses(motion, moved);
    alignment.push({ method, scale: motion.scale, rotation: [...motion.rotation], translation: [...motion.translation] });
  }
  const inputs = { reference: inputOf(reference, read[0]), estimate: inputOf(estimate, read[1]) };
  return { ...pair, estimate: moved, inputs, alignment };
}

function alignmentsOf({ align, correct_scale, align_origin }: PairOptions): Alignment[] {
  const all: Alignment[] = align && correct_scale ? ["sim3"] : align ? ["se3"] : correct_scale ? ["scale"] : [];
  return align_origin ? [...all, "origin"] : all;
}

/** By time where both trajectories have times, otherwise row by row. */
function pairPoses(
  files: readonly [string, string],
  [reference, estimate]: readonly [FileTrajectory, FileTrajectory],
  maxDifference: number,
): TrajectoryPair {
  const [ofReference, ofEstimate] = [reference.timestamps, estimate.timestamps];
  if (ofReference === undefined || ofEstimate === undefined) {
    const [m, n] = [reference.poses.length / 7, estimate.poses.length / 7];
    if (m === n) return { reference: reference.poses, estimate: estimate.poses, timestamps: undefined };
    throw new InputError(`${files[1]}: has ${n} poses, and ${files[0]} ${m}; without times in both, row goes with row`);
  }
  const pairs = associate(ofReference, ofEstimate, maxDifference);
  if (pairs.reference.length === 0) {
    throw new InputError(`${files[1]}: no pose is within ${maxDifference} s of one of ${files[0]}; --t_max_diff allows more`);
  }
  const of = selectPoses({ timestamps: ofEstimate, poses: estimate.poses }, pairs.estimate);
  const { poses } = selectPoses({ timestamps: ofReference, poses: reference.poses }, pairs.reference);
  return { reference: poses, estimate: of.poses, timestamps: of.timestamps };
}

function inputOf(file: string, { format, poses }: FileTrajectory): TrajectoryInput {
  return { file, format, poses: poses.length / 7 };
}
