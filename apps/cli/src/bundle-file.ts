import { basename } from "node:path";
import { type Bundle, readBal, writeBal } from "@slam/ba";
import { UsageError } from "./failure.ts";
import { readBytes } from "./graph-file.ts";
import type { Output } from "./outputs.ts";

/** A bundle as a file has it. */
export interface BundleFile {
  readonly format: "BAL";
  readonly bundle: Bundle;
  /** What the file calls each camera. */
  readonly cameraIds: ArrayLike<number>;
  /** The bundle with other numbers, as files of this format. */
  outputs(target: string, solved: Bundle): readonly Output[];
}

/** Reads a problem of bundle adjustment. */
export async function readBundleFile(file: string): Promise<BundleFile> {
  const bundle = readBal(await readBytes(file), file);
  return {
    format: "BAL",
    bundle,
    cameraIds: bundle.intrinsicsOf.map((_, c) => c),
    outputs: (target, solved) => [{ target, chunks: writeBal(solved) }],
  };
}

/** @returns the files that a result of this name consists of. @throws UsageError for a name that the input's format does not have. */
export function bundleTargets(input: string, target: string): readonly string[] {
  if (!/\.txt(\.gz)?$/i.test(target)) {
    throw new UsageError(
      `${target}: is written in the format of ${basename(input)}, and the name of a BAL problem ends in .txt or .txt.gz`,
    );
  }
  return [target];
}
