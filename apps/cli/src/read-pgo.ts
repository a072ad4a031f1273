import type { ArenaPool } from "@slam/wasm";
import { readGraphFile, readRepairedGraphFile } from "./graph-file.ts";
import { readBytes } from "./read-bytes.ts";
import type { FileGraph, GraphRequest } from "./solve-job.ts";

/**
 * Reads a pose graph's file.
 *
 * @param warn hears what is wrong with it and stops nothing.
 * @param arenas where the file, and what its lines hold, lie meanwhile: a solve takes over their memory when the next `recycle` frees it.
 */
export async function readPgo({ file, repair }: GraphRequest, warn: (warning: string) => void, arenas: ArenaPool): Promise<FileGraph> {
  const began = performance.now();
  // Of large files a solve's largest arenas take about twice as much: what is as large as the file itself would be too small for them.
  const room = (bytes: number): Uint8Array => arenas.take(Math.max(bytes, Math.min(2 * bytes, 2 ** 31))).view(Uint8Array, bytes);
  const found = repair
    ? await readRepairedGraphFile(file, warn)
    : { read: await readGraphFile(file, (name) => readBytes(name, room), arenas) };
  return { ...found, seconds: (performance.now() - began) / 1000 };
}
