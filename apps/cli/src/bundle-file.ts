import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type Bundle,
  COLMAP_NAMES,
  type ColmapFiles,
  readBal,
  readColmap,
  readStereo,
  type StereoFiles,
  type StereoProblem,
  stereoFiles,
  writeBal,
  writeColmap,
  writePly,
  writeStereo,
} from "@slam/ba";
import { InputError, UsageError } from "./failure.ts";
import type { Output } from "./outputs.ts";
import { type ReadBytes, readBytes } from "./read-bytes.ts";

export type BundleFormat = "BAL" | "stereo" | "COLMAP";

/** A bundle as files have it. */
export interface BundleFile {
  readonly format: BundleFormat;
  readonly bundle: Bundle;
  /** What the files call each camera. */
  readonly cameraIds: readonly number[];
  /** What they call each point. Default: points are counted from 0. */
  readonly pointIds?: readonly number[];
  /** Whether the calibration is given, not to be refined: a pair is rectified with it. */
  readonly isCalibrated: boolean;
  /** Red, green and blue of each point, where the files have them. */
  readonly colors?: Uint8Array;
  /** The bundle with other numbers, as files of this format. */
  outputs(target: string, solved: Bundle): readonly Output[];
}

/** What the name says: a folder is a model of COLMAP, `VO_stereo_factorsNN.txt` a stereo problem, all else BAL. */
export function bundleFormatOf(file: string): BundleFormat {
  if (stereoFiles(file) !== undefined) return "stereo";
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ? "COLMAP" : "BAL";
}

/** Whether a file holds a bundle and no pose graph: BAL begins with a number, graphs with a tag. */
export async function isBundleFile(file: string, read: ReadBytes): Promise<boolean> {
  if (bundleFormatOf(file) !== "BAL") return true;
  if (/\.(g2o|graph|toro)(\.(gz|bz2))?$/i.test(file)) return false;
  const bytes = await read(file);
  const first = bytes.find((byte) => byte > 32);
  return first !== undefined && first >= 48 && first <= 57;
}

export async function readBundleFile(file: string, read: ReadBytes = readBytes): Promise<BundleFile> {
  const format = bundleFormatOf(file);
  if (format === "stereo") return readStereoFiles(stereoFiles(file)!);
  return format === "COLMAP" ? readColmapFolder(file) : readBalFile(file, read);
}

async function readBalFile(file: string, read: ReadBytes): Promise<BundleFile> {
  const bundle = readBal(await read(file), file);
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
    pointIds: landmarkIds,
    isCalibrated: true,
    outputs: (target, solved) => stereoOutputs(target, { bundle: solved, cameraIds, landmarkIds }),
  };
}

/** The three files of a stereo problem, named by its factors. */
export function stereoOutputs(target: string, problem: StereoProblem): readonly Output[] {
  const targets = stereoFiles(target)!;
  const text = writeStereo(problem);
  return (["factors", "poses", "calibration"] as const).map((kind) => ({ target: targets[kind], chunks: text[kind] }));
}

async function readColmapFolder(folder: string): Promise<BundleFile> {
  const names = colmapFiles(folder);
  if (!existsSync(names.cameras) && existsSync(join(folder, "cameras.bin")))
    throw new InputError(`${folder}: is a binary model; \`colmap model_converter --output_type TXT\` makes text of it`);
  const [cameras, images, points] = await Promise.all([readBytes(names.cameras), readBytes(names.images), readBytes(names.points)]);
  const model = readColmap({ cameras, images, points }, names);
  return {
    format: "COLMAP",
    bundle: model.bundle,
    cameraIds: model.images.map(({ id }) => id),
    pointIds: model.pointIds,
    isCalibrated: false,
    colors: model.colors,
    outputs(target, solved) {
      const targets = colmapFiles(target);
      const text = writeColmap({ ...model, bundle: solved });
      return (["cameras", "images", "points"] as const).map((kind) => ({ target: targets[kind], chunks: text[kind] }));
    },
  };
}

function colmapFiles(folder: string): ColmapFiles<string> {
  return {
    cameras: join(folder, COLMAP_NAMES.cameras),
    images: join(folder, COLMAP_NAMES.images),
    points: join(folder, COLMAP_NAMES.points),
  };
}

/** @returns the files that a result of this name consists of. @throws UsageError for a name that the input's format does not have. */
export function bundleTargets(input: string, target: string): readonly string[] {
  return targetsOf(input, bundleFormatOf(input), target);
}

/** @param what has the format, in messages. @returns the files that a bundle of this name consists of. @throws UsageError for a name that the format does not have. */
export function targetsOf(what: string, format: BundleFormat, target: string): readonly string[] {
  const refuse = (expected: string): never => {
    throw new UsageError(`${target}: ${what} is ${format}, and ${expected}`);
  };
  const stereoNames = stereoFiles(target);
  if (format === "stereo") {
    const { factors, poses, calibration } =
      stereoNames ?? refuse("the name of a stereo problem is VO_stereo_factors....txt, its other files beside it");
    return [factors, poses, calibration];
  }
  if (format === "COLMAP") {
    if (!statSync(target, { throwIfNoEntry: false })?.isDirectory()) refuse("is written into a folder that is there");
    const { cameras, images, points } = colmapFiles(target);
    return [cameras, images, points];
  }
  if (stereoNames !== undefined) refuse("that name says stereo");
  return isBalName(target) ? [target] : refuse("the name of a BAL problem ends in .txt or .txt.gz");
}

export function isBalName(target: string): boolean {
  return /\.txt(\.gz)?$/i.test(target);
}

/** @throws UsageError for a name that does not say PLY. */
export function checkPlyTarget(target: string): void {
  if (!isPly(target)) throw new UsageError(`${target}: the name of points and cameras ends in .ply or .ply.gz`);
}

export function isPly(target: string): boolean {
  return /\.ply(\.gz)?$/i.test(target);
}

/** Points and cameras for a viewer. */
export function plyOutput(target: string, bundle: Bundle, colors: Uint8Array | undefined): Output {
  return { target, chunks: writePly(bundle, colors) };
}
