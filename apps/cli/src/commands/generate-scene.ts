import { writeBal } from "@slam/ba";
import { SlamError } from "@slam/errors";
import { writeTum } from "@slam/eval";
import { type BundleFormat, stereoOutputs, targetsOf } from "../bundle-file.ts";
import { EXIT, UsageError } from "../failure.ts";
import { extensionOf } from "../graph-file.ts";
import { checkTargets, type Output, writeOutputs } from "../outputs.ts";
import { SCENES, type SceneBundle, type SceneSettings } from "../scenes.ts";
import { countText } from "../text.ts";
import type { GenerateOptions } from "./generate.ts";

/** Pixels. */
const SIGMA = 0.5;

/** Makes a bundle whose answer is known: a BAL file of Snavely's cameras, or a stereo problem. @returns the exit code. */
export async function generateScene(name: string, options: GenerateOptions): Promise<number> {
  const { out, truth, poses = 100, points, noise = 1, outliers = 0, seed = 0, loops, scaleDrift, quiet } = options;
  for (const [flag, value] of Object.entries({ loops, "scale-drift": scaleDrift })) {
    if (value !== undefined) throw new UsageError(`--${flag} goes with a pose graph, not with the bundle of ${name}`);
  }
  if (truth !== undefined && extensionOf(truth) !== "tum") throw new UsageError(`--truth ${truth}: the name of true poses ends in .tum`);
  const targets = targetsOf(name, SCENES[name]!.format, out);
  checkTargets(truth === undefined ? targets : [...targets, truth]);
  const bundle = makeScene(name, { poses, points, sigma: SIGMA * noise, outliers, seed });
  const outputs = outputsOf(out, SCENES[name]!.format, bundle);
  if (truth !== undefined) {
    const timestamps = Float64Array.from(numbers(poses));
    outputs.push({ target: truth, chunks: writeTum({ timestamps, poses: bundle.truth.poses }) });
  }
  await writeOutputs(outputs);
  if (!quiet) console.log(`${out}: ${summaryOf(bundle)}`);
  return EXIT.converged;
}

function makeScene(name: string, settings: SceneSettings): SceneBundle {
  try {
    return SCENES[name]!.make(settings);
  } catch (error) {
    throw error instanceof SlamError ? new UsageError(error.message) : error;
  }
}

function outputsOf(out: string, format: BundleFormat, bundle: SceneBundle): Output[] {
  if (format === "BAL") return [{ target: out, chunks: writeBal(bundle) }];
  return [
    ...stereoOutputs(out, { bundle, cameraIds: numbers(bundle.intrinsicsOf.length), landmarkIds: numbers(bundle.points.length / 3) }),
  ];
}

/** 0 ... count - 1. */
function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, k) => k);
}

function summaryOf({ intrinsicsOf, points, camera, outlier }: SceneBundle): string {
  const counts = [
    countText(intrinsicsOf.length, "camera"),
    countText(points.length / 3, "point"),
    countText(camera.length, "observation"),
  ].join(", ");
  const outliers = outlier.reduce((sum, is) => sum + is, 0);
  return outliers === 0 ? counts : `${counts}, ${outliers} of them false`;
}
