import { readFileSync } from "node:fs";
import { shipModules } from "@slam/wasm";

/** Beside the bundled program. */
export const KERNEL_FILE = "kernels.bin";

/** One file of modules: a line of JSON with the name and the length of each, then their bytes one after the other. */
export function encodeModules(modules: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const index = JSON.stringify(Array.from(modules, ([name, { length }]) => [name, length]));
  return Buffer.concat([Buffer.from(`${index}\n`), ...modules.values()]);
}

export function decodeModules(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const end = bytes.indexOf(0x0a);
  const index = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as readonly (readonly [string, number])[];
  const modules = new Map<string, Uint8Array>();
  let at = end + 1;
  for (const [name, length] of index) {
    modules.set(name, bytes.subarray(at, at + length));
    at += length;
  }
  return modules;
}

/** Kernels come from the file that the build has made, in the thread that calls this: the emitter's own first run takes a fifth of a small graph's first solve. Sources that run unbundled have none. */
export function shipKernels(): void {
  if (import.meta.url.endsWith(".ts")) return;
  shipModules(decodeModules(readFileSync(new URL(KERNEL_FILE, import.meta.url))));
}
