import { basename } from "node:path";
import { type Bundle, readBal, readStereo, type StereoFiles, stereoFiles, writeBal, writeStereo } from "@slam/ba";
import { UsageError } from "./failure.ts";
import type { Output } from "./outputs.ts";
import { readBytes } from "./read-bytes.ts";

/** A bundle as files have it. */
export interface BundleFile {
  readonly format: "BAL" | "stereo";
  readonly bundle: Bundle;
  /** What the files call each camera. */
  readonly cameraIds: readonly number[];
  /** Whether the calibration is given, not to be refined: a pair is rectified with it. */
  readonly isCalibrated: boolean;
  /** The bundle with other numbers, as files of this format. */
  outputs(target: string, solved: Bundle): readonly Output[];
}

/** Reads a problem of bundle adjustment: a stereo one where the name is one's, `VO_stereo_factorsNN.txt`, else BAL. */
export async function readBundleFile(file: string): Promise<BundleFile> {
  const names = stereoFiles(file);
  return names === undefined ? readBalFile(file) : readStereoFiles(names);
}

async function readBalFile(file: string): Promise<BundleFile> {
  const bundle = readBal(await readBytes(file), file);
  return {
    format: "BAL",
    bundle,
    cameraIds: [...bundle.intrinsicsOf],
    isCalibrated: false,
    outputs: (target, solved) => [{ target, chunks: writeBal(solved) }],
  };
}

async function readStereoFiles(names: StereoFiles<string>): Promise<BundleFile> {
  const [factors, poses, calibration] = await Promise.all([readBytes(names.factors), readBytes(names.poses), readBytes(names.calibration)]);
  const { bundle, cameraIds, landmarkIds } = readStereo({ factors, poses, calibration }, names);
  return {
    format: "stereo",
    bundle,
    cameraIds,
    isCalibrated: true,
    outputs(target, solved) {
      const targets = stereoFiles(target)!;
      const text = writeStereo({ bundle: solved, cameraIds, landmarkIds });
      return (["factors", "poses", "calibration"] as const).map((kind) => ({ target: targets[kind], chunks: text[kind] }));
    },
  };
}

/** @returns the files that a result of this name consists of. @throws UsageError for a name that the input's format does not have. */
export function bundleTargets(input: string, target: string): readonly string[] {
  const refuse = (expected: string): never => {
    throw new UsageError(`${target}: is written in the format of ${basename(input)}, and ${expected}`);
  };
  if (stereoFiles(input) !== undefined) {
    const { factors, poses, calibration } =
      stereoFiles(target) ?? refuse("the name of a stereo problem is VO_stereo_factors....txt, its other files beside it");
    return [factors, poses, calibration];
  }
  return /\.txt(\.gz)?$/i.test(target) ? [target] : refuse("the name of a BAL problem ends in .txt or .txt.gz");
}
