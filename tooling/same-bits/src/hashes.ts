import { kernelHashes } from "./kernel-hashes.ts";
import { solveHashes } from "./solve-hashes.ts";

/** What must be the same in every JavaScript engine: a hash of bits by the name of what was computed. */
export function bitHashes(): Record<string, string> {
  return { ...kernelHashes(), ...solveHashes() };
}
