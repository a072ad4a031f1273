import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** SLAM_DATA, or shared/data beside the repository. */
const folder = process.env.SLAM_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

/** Whether the public data sets are here: `test.skipIf(!hasPublicData)`. */
export const hasPublicData: boolean = existsSync(folder);

/** A file of the data folder, such as "pose-graphs/intel.g2o"; undefined if it is not there. */
export function publicData(path: string): Uint8Array | undefined {
  const file = `${folder}/${path}`;
  return existsSync(file) ? new Uint8Array(readFileSync(file)) : undefined;
}
