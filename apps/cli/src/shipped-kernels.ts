import { recordModules } from "@slam/wasm";
import { adjustBundles, followCameras, solveGraphs } from "./first-solves.ts";
import { encodeModules } from "./kernel-file.ts";

/** The modules that first solves need, by name; in the same order each time. */
export function firstModules(): ReadonlyMap<string, Uint8Array> {
  return recordModules(() => {
    solveGraphs();
    adjustBundles();
    followCameras();
  });
}

/** What the build writes to that file. */
export function shippedKernels(): Uint8Array {
  return encodeModules(firstModules());
}

export { KERNEL_FILE } from "./kernel-file.ts";
