// read-bundle.ts OBSERVATIONS: reads generated photos as a file of "bundle adjustment in the large". Prints a line of JSON.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBal, writeBal } from "@slam/ba";
import { photosOf } from "./photos.ts";

/** Seconds on the processor, and bytes: of the process at its peak, and of the file. */
export interface Read {
  readonly processor: number;
  readonly peakBytes: number;
  readonly fileBytes: number;
}

const [observations, file] = process.argv.slice(2);
if (file === undefined) {
  // The process that writes is another one: its memory is none of reading.
  const folder = mkdtempSync(join(tmpdir(), "slam-read-"));
  try {
    const path = join(folder, "photos.txt");
    const text = openSync(path, "w");
    for (const chunk of writeBal(photosOf(Number(observations)))) writeSync(text, chunk);
    closeSync(text);
    process.stdout.write(
      execFileSync(process.execPath, ["--conditions=@slam/source", import.meta.filename, observations, path], { encoding: "utf8" }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  const used = process.cpuUsage();
  const bytes = readFileSync(file);
  const bundle = readBal(bytes, file);
  const { user, system } = process.cpuUsage(used);
  if (bundle.camera.length < Number(observations)) throw new Error(`${bundle.camera.length} observations of ${observations}`);
  const read: Read = { processor: (user + system) / 1e6, peakBytes: 1024 * process.resourceUsage().maxRSS, fileBytes: bytes.length };
  console.log(JSON.stringify(read));
}
